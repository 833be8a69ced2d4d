package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/glob"
)

// allowServerFlag is the flag that limits the servers of kubeconfig Secrets.
const allowServerFlag = "allow-server"

// ServerError is a kubeconfig out of a Secret whose server no --allow-server allows.
type ServerError struct {
	name   string
	server address.Address
}

// Error returns the Secret's name and the server.
func (e *ServerError) Error() string {
	return fmt.Sprintf("%s: refused: no --%s allows the server %s", e.name, allowServerFlag, e.server)
}

// Hint names the flag that allows the server.
func (e *ServerError) Hint() string {
	return fmt.Sprintf("--%s=HOST[:PORT] allows it; whoever can write the Secret has chosen the server", allowServerFlag)
}

// vetServer refuses a target whose server no pattern allows. Patterns match the host,
// or the host and the port, as the client dials them, and never the path: a * there
// would let any host in.
func (f SecretFlags) vetServer(member Member) error {
	server := serverURL(member.Config)
	if len(f.Servers) == 0 {
		return nil
	}
	if server != nil {
		host := strings.ToLower(server.Hostname())
		port := cmp.Or(server.Port(), map[string]string{"http": "80", "https": "443"}[server.Scheme])
		if slices.ContainsFunc(f.Servers, func(pattern string) bool {
			pattern = strings.ToLower(pattern)
			return glob.Match(pattern, host) || glob.Match(pattern, net.JoinHostPort(host, port))
		}) {
			return nil
		}
	}
	return &ServerError{member.Name, member.Address()}
}

// checkServers refuses patterns where no target comes out of a Secret: they would
// limit nothing.
func (f SecretFlags) checkServers() error {
	if len(f.Servers) > 0 {
		return failure.Input(errors.New("--" + allowServerFlag + " goes with --to-kubeconfig-secret and --to-kubeconfig-secret-selector"))
	}
	return nil
}
