package cmd

import "github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"

// identity is how well it is known whose tokens a session gives.
type identity string

// The identities.
const (
	// confirmed by the login, by the last renewal, or by a key.
	confirmed identity = "confirmed"
	// asOfLogin: the last renewal did not say.
	asOfLogin identity = "as-of-login"
	// unknown: somebody else decides, and does not say.
	unknown identity = "unknown"
)

func identityOf(s session.Session) identity {
	switch {
	case s.Type == session.Ambient || s.Type == session.Datumctl:
		return unknown
	case s.AsOfLogin:
		return asOfLogin
	}
	return confirmed
}

// doubt says in words what is not known of the identity, empty if it is
// confirmed.
func doubt(s session.Session) string {
	switch {
	case s.Type == session.Ambient:
		return "not known: the token service decides whose tokens it gives, and does not say"
	case s.Type == session.Datumctl:
		return "not known: datumctl decides whose tokens it gives, and does not say"
	case s.AsOfLogin:
		return "as of the login: the auth host did not say whose token it gave at the last renewal"
	}
	return ""
}
