package auth

import (
	"errors"
	"fmt"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// step is one part of writing a session, and how to take it back.
type step struct{ do, undo func() error }

// write saves a session, its secret first: a session never exists without it. A
// pending login, written before the secret, says whose that is until there is a
// session. Where a step fails, those before it are taken back, so that the old
// session is what it was. before are the sessions whose secrets may be there.
func (h Handle) write(n New, old kept, before []session.Session) error {
	steps := []step{
		{func() error { return h.Place.SavePending(h.pending(before)) }, func() error { return h.restorePending(before) }},
		{func() error { return h.saveSecret(n) }, func() error { return h.restoreSecret(n, old) }},
		// No moment has the old token beside the new session.
		{func() error { return h.dropToken(old) }, func() error { return h.restoreToken(old) }},
		{func() error { return h.Place.SaveSession(h.Session) }, func() error { return h.restoreSession(old) }},
		{func() error { return h.saveToken(n.Token) }, nil},
	}
	for i, s := range steps {
		if err := s.do(); err != nil {
			return errors.Join(err, takeBack(steps[:i]))
		}
	}
	return nil
}

func takeBack(done []step) error {
	for _, s := range slices.Backward(done) {
		if err := s.undo(); err != nil {
			return fmt.Errorf("and the older session could not be put back: %w", err)
		}
	}
	return nil
}

// pending is the login that is being saved. Of the sessions before, it names the
// one in the keyring: secrets in files are found without it.
func (h Handle) pending(before []session.Session) store.Pending {
	p := store.Pending{Session: h.Session}
	if older, there := inRing(before); there && h.Session.Storage != session.Keyring {
		p.Older = &older
	} else if last := before[len(before)-1]; last.Storage.Keeps() && last.Storage != h.Session.Storage {
		p.Older = &last
	}
	return p
}

// restorePending puts back what says that an item of the keyring is left.
func (h Handle) restorePending(before []session.Session) error {
	if left, there := inRing(before[:len(before)-1]); there {
		return h.Place.SavePending(store.Pending{Session: left})
	}
	return h.Place.RemovePending()
}

func (h Handle) saveSecret(n New) error {
	if n.Secret.Empty() {
		return nil
	}
	v, err := h.Vault()
	if err != nil {
		return err
	}
	return v.Save(n.Secret)
}

// restoreSecret puts the old secret back if it was in the same place.
func (h Handle) restoreSecret(n New, old kept) error {
	if n.Secret.Empty() {
		return nil
	}
	if h.Session.Storage == session.EncryptedFile && len(old.sealed) > 0 {
		return h.Place.SaveSealed(old.sealed) // under the passphrase that it was under
	}
	if old.session.Storage == h.Session.Storage && !old.secret.Empty() {
		return h.env.handle(old.session, h.Place, nil).saveSecret(New{Secret: old.secret})
	}
	v, err := h.Vault()
	if err != nil {
		return err
	}
	return v.Remove()
}

func (h Handle) restoreSession(old kept) error {
	if !old.there {
		return h.Place.Remove()
	}
	return h.Place.SaveSession(old.session)
}

func (h Handle) dropToken(old kept) error {
	if !old.there {
		return nil
	}
	return h.Place.SaveToken(store.Token{})
}

func (h Handle) restoreToken(old kept) error {
	if !old.there {
		return nil
	}
	return h.Place.SaveToken(old.token)
}

func (h Handle) saveToken(token store.Token) error {
	if token.Access.Empty() {
		return nil
	}
	return h.Place.SaveToken(token)
}
