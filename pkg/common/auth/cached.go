package auth

import (
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
)

// Cached returns handles on what is kept of service account keys that were used
// without a login: their access tokens, until Logout removes them. If it cannot
// be read whose key that was, the session has no name.
func (e Environment) Cached() ([]Handle, error) {
	places, err := e.Home.Credentials()
	var all []Handle
	for _, place := range places {
		if place.Bare() {
			continue
		}
		s, err := place.Session()
		if err != nil {
			s = session.Session{Type: session.ServiceAccount, Storage: session.None}
		}
		all = append(all, e.handle(s, &place, nil))
	}
	return all, err
}
