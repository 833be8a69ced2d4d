package cluster

import "net"

// Clear reports whether others can read what is sent to the cluster: requests go
// over plain HTTP, and not to this machine.
func Clear(member Member) bool {
	server := serverURL(member.Config)
	if server == nil || server.Scheme != "http" {
		return false
	}
	ip := net.ParseIP(server.Hostname())
	return server.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}
