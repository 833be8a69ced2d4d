package cluster

import (
	"net"
	"net/url"
	"strings"
)

// Clear tells that what is sent to the cluster can be read on its way: it is
// asked without TLS, and not on this machine.
func Clear(member Member) bool {
	server, err := url.Parse(member.Config.Host)
	if err != nil || !strings.EqualFold(server.Scheme, "http") {
		return false
	}
	ip := net.ParseIP(server.Hostname())
	return server.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}
