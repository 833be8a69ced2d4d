package auth

import (
	"context"
	"errors"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Wipe removes what is kept here of a session that cannot be read, or of a login
// that never finished. Nothing of it can be revoked, for nobody knows where.
// Where its secret was is not known either, so that the keyring is asked too.
func (e Environment) Wipe(ctx context.Context, place store.Place) error {
	all := e.handle(session.Session{Storage: session.Keyring}, &place, nil)
	err := all.Locked(ctx, func() error {
		if s, err := place.Session(); err == nil { // of a login meanwhile
			return failure.New(failure.Refused, "try again", "session %s is there now, and can be read", s.Name)
		}
		if err := all.wipeRing(); err != nil {
			return err
		}
		return place.Remove()
	})
	if errors.Is(err, private.ErrUnsafe) {
		return failure.New(failure.Refused, "make the folder yours alone, and try again", "wipe: %w", err)
	}
	return err
}

// wipeRing removes the keyring's item of the place. If the keyring does not do it,
// the files stay, and with them the way to the item; unless they hold the secret,
// which then is not in the keyring.
func (h Handle) wipeRing() error {
	left, err := h.env.leftovers(*h.Place, session.Session{})
	if err != nil {
		return err
	}
	kept, err := h.Vault()
	if err == nil {
		err = kept.Remove()
	}
	switch {
	case err == nil:
		return nil
	case holdsSecret(left):
		h.env.Notify("if its secret was in the keyring, it is still there: " + err.Error())
		return nil
	}
	return failure.New(failure.Unable, "unlock the keyring and try again; if it is gone for good, remove the folder", "%s is kept, because its secret may be in the keyring: %w", h.Place.Dir(), err)
}

// holdsSecret reports whether a file holds a refresh token or a key.
func holdsSecret(left []leftover) bool {
	for _, l := range left {
		if l.file != nil && l.file.Storage != session.None {
			return true
		}
	}
	return false
}
