package store

import "github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"

// Pending is a login that is being saved. It is written before the login's
// secret, and removed when nothing but the new session is kept: if the process
// is killed in between, it says where the secret is, and where it is revoked.
type Pending struct {
	Session session.Session `json:"session"`
	// Older is the session that the login replaces, whose secret is in another
	// storage; nil: none.
	Older *session.Session `json:"older,omitempty"`
}

// Sessions returns the sessions whose secrets may be left.
func (p Pending) Sessions() []session.Session {
	if p.Older == nil {
		return []session.Session{p.Session}
	}
	return []session.Session{p.Session, *p.Older}
}

// Pending reads the login that is being saved. fs.ErrNotExist says that there is
// none.
func (p Place) Pending() (Pending, error) {
	var pending Pending
	if err := p.read(pendingFile, &pending); err != nil {
		return Pending{}, err
	}
	return pending, pending.Session.Validate()
}

// SavePending writes down a login, before its secret is saved.
func (p Place) SavePending(pending Pending) error {
	pending.Session.APIVersion, pending.Session.Kind = session.APIVersion, "Session"
	return p.write(pendingFile, pending)
}

// RemovePending says that the login is over.
func (p Place) RemovePending() error { return p.remove(pendingFile) }
