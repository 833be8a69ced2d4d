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

// Unverified reports whether the server's certificate is not verified
// (insecure-skip-tls-verify): whoever is on the way can take the server's place.
func Unverified(member Member) bool {
	server := serverURL(member.Config)
	return server != nil && server.Scheme == "https" && member.Config.Insecure
}
