// Package datum knows what is particular to Datum Cloud: its hosts, the client
// that its auth host allows, and where control planes are.
package datum

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// AuthHost is the production auth host.
const AuthHost = "auth.datum.net"

// The public clients that the auth hosts know for command line programs. They
// are datumctl's: the callback path that goes with them is too.
const (
	productionClient = "328728232771788043"
	stagingClient    = "325848904128073754"
)

// ClientID returns the client of an auth host, empty for hosts that are not
// Datum's.
func ClientID(authHost string) string {
	name := strings.ToLower(strings.SplitN(authHost, ":", 2)[0])
	switch {
	case strings.HasSuffix(name, ".staging.env.datum.net"):
		return stagingClient
	case strings.HasSuffix(name, ".datum.net"):
		return productionClient
	}
	return ""
}

// Origin makes an https origin of a host name or URL that a user gave.
func Origin(host string) (string, error) {
	if !strings.Contains(host, "://") {
		host = "https://" + host
	}
	u, err := session.HTTPS(host)
	if err != nil {
		return "", failure.New(failure.BadInput, "", "%s: %w", address.Parse(host), err)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return "", failure.New(failure.BadInput, "", "%s: want a host and no path", address.Parse(host))
	}
	return (&url.URL{Scheme: "https", Host: session.Host(u)}).String(), nil
}

// API returns the API server that goes with an auth host: api.X for auth.X.
func API(authOrigin string) (string, error) {
	host, found := strings.CutPrefix(authOrigin, "https://auth.")
	if !found {
		return "", failure.New(failure.BadInput, "name it with --api-hostname", "the API host of %s is not known", authOrigin)
	}
	return "https://api." + host, nil
}

// Scope is which control plane is meant.
type Scope string

// The scopes.
const (
	Project      Scope = "project"
	Organization Scope = "organization"
	// User is the signed-in user's own control plane.
	User Scope = "user"
	// Platform is the API server's root, which is for Datum's staff.
	Platform Scope = "platform"
)

// ControlPlane is one control plane: its scope, and the id of the project,
// organization or user.
type ControlPlane struct {
	Scope Scope
	ID    string
}

// URL returns the control plane's address at an API server.
func (c ControlPlane) URL(api string) string {
	switch c.Scope {
	case Project:
		return api + "/apis/resourcemanager.miloapis.com/v1alpha1/projects/" + c.ID + "/control-plane"
	case Organization:
		return api + "/apis/resourcemanager.miloapis.com/v1alpha1/organizations/" + c.ID + "/control-plane"
	case User:
		return api + "/apis/iam.miloapis.com/v1alpha1/users/" + c.ID + "/control-plane"
	default:
		return api
	}
}

// Name returns the name of the control plane's cluster and context: that of
// datumctl for projects and organizations.
func (c ControlPlane) Name() string {
	if c.ID == "" {
		return "datum-" + string(c.Scope)
	}
	return "datum-" + string(c.Scope) + "-" + c.ID
}

// Validate tells why there cannot be such a control plane. An id becomes part
// of a URL and must not leave its place there.
func (c ControlPlane) Validate() error {
	if c.Scope == Platform {
		return nil
	}
	bad := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
	}
	if c.ID == "" || len(c.ID) > 253 || strings.ContainsFunc(c.ID, bad) || strings.Trim(c.ID, ".") == "" {
		return failure.New(failure.BadInput, "", "%s %q: want letters, digits, - _ and .", c.Scope, fmt.Sprintf("%.80s", c.ID))
	}
	return nil
}

// Parse returns the control plane that a server's URL is of, at that API.
func Parse(api, server string) (ControlPlane, bool) {
	for _, scope := range []Scope{Project, Organization, User} {
		prefix, suffix, _ := strings.Cut(ControlPlane{scope, "\x00"}.URL(strings.TrimSuffix(api, "/")), "\x00")
		rest, found := strings.CutPrefix(strings.TrimSuffix(server, "/"), prefix)
		id, ends := strings.CutSuffix(rest, suffix)
		if c := (ControlPlane{scope, id}); found && ends && c.Validate() == nil {
			return c, true
		}
	}
	return ControlPlane{Scope: Platform}, strings.TrimSuffix(server, "/") == strings.TrimSuffix(api, "/")
}
