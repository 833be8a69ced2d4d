package cluster

import (
	"fmt"
	"slices"
	"strings"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// endpointOf returns what two cluster entries share if they lead to the same server in the same
// way. Another proxy or authority may be another cluster at the same address, as
// with tunnels to 127.0.0.1.
func endpointOf(entry *clientcmdapi.Cluster) string {
	if entry == nil {
		return ""
	}
	return strings.Join([]string{
		strings.TrimSuffix(entry.Server, "/"), entry.ProxyURL, entry.TLSServerName,
		entry.CertificateAuthority, string(entry.CertificateAuthorityData),
	}, "\x00")
}

// distinct leaves out contexts that a pattern has found and that lead to the cluster
// of another target: of one that was named, else of the first. Notes say which.
func distinct(members []Member) (kept []Member, notes []string) {
	taken := map[string]string{}
	for _, member := range members {
		if !member.Matched {
			taken[member.endpoint] = member.Name
		}
	}
	kept = slices.DeleteFunc(members, func(member Member) bool {
		if !member.Matched {
			return false
		}
		first, double := taken[member.endpoint]
		if double {
			notes = append(notes, fmt.Sprintf("context %q is the same cluster as context %q, and left out of the pattern; --to-context=%q names it", member.Name, first, member.Name))
		} else {
			taken[member.endpoint] = member.Name
		}
		return double
	})
	return kept, notes
}
