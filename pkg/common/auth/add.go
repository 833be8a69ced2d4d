package auth

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// New is a session to keep.
type New struct {
	Session session.Session
	// Secret is its refresh token or key; empty: it keeps none.
	Secret secret.Text
	Token  store.Token
	// Replace lets it take the place of a session that is somebody else's, and
	// take over nothing. Without it, the servers that an older session of the
	// name trusts stay trusted.
	Replace bool
}

// Add keeps a new session. An older one of the name works until all of the new
// one is saved, and goes on working where that fails. What killed logins left in
// the place is removed. If the session is kept, and the secret of an older one
// could not be removed, Add returns both the handle and an error.
func (e Environment) Add(ctx context.Context, n New) (Handle, error) {
	s, err := e.swap(ctx, n)
	if err != nil {
		e.abandon(ctx, n.Session, n.Secret)
		err = fmt.Errorf("keep the session: %w", err)
	}
	for _, g := range s.dropped {
		e.abandon(ctx, g.session, g.secret)
	}
	return s.handle, errors.Join(err, s.remains)
}

// grant is a refresh token, and where it can be revoked.
type grant struct {
	session session.Session
	secret  secret.Text
}

// swapped is what became of a place.
type swapped struct {
	handle  Handle
	dropped []grant
	// remains says what could not be removed, though the session is kept.
	remains error
}

// swap saves the new session under the lock, and drops the old one and what
// killed processes left.
func (e Environment) swap(ctx context.Context, n New) (swapped, error) {
	if err := e.mayAdd(n); err != nil {
		return swapped{}, err
	}
	place := e.Home.Session(n.Session.Name)
	held, err := waitForLock(ctx, place)
	if err != nil {
		return swapped{}, err
	}
	defer held.Release()
	old, err := e.kept(place, n.Replace)
	if err != nil {
		return swapped{}, err
	}
	if old.there && !n.Replace {
		if err := Conflict(old.session, n.Session); err != nil {
			return swapped{}, err
		}
		n.Session.Trust = joined(old.session.Trust, n.Session.Trust)
	}
	before := append(e.pending(place), old.session)
	dropped, err := e.sweep(place, old)
	if err != nil {
		return swapped{}, err
	}
	h := e.handle(n.Session, &place, nil)
	if err := h.write(n, old, before); err != nil {
		return swapped{dropped: dropped}, err
	}
	dropped = append(dropped, grant{old.session, old.secret}, grant{old.session, old.unbound})
	return swapped{h, dropped, h.finish(old, before)}, nil
}

// mayAdd reports why the session can be kept nowhere.
func (e Environment) mayAdd(n New) error {
	if err := e.Home.Err(); err != nil {
		return err
	}
	if !e.Home.Known() {
		return failure.New(failure.BadInput, "set "+store.Variable, "%w", store.ErrNoHome)
	}
	if err := session.ValidateName(n.Session.Name); err != nil {
		return failure.New(failure.BadInput, "name it with --name", "%w", err)
	}
	return nil
}

// sweep removes the files that killed processes left beside the old session. It
// returns the secrets that were left, those in the keyring too.
func (e Environment) sweep(place store.Place, old kept) ([]grant, error) {
	left, err := e.leftovers(place, old.session)
	if err != nil {
		return nil, err
	}
	var dropped []grant
	for _, l := range left {
		dropped = append(dropped, grant{l.Session, l.secret()})
		if l.file == nil {
			continue // finish removes it, unless the new session writes over it
		}
		if err := l.remove(); err != nil {
			return dropped, fmt.Errorf("what a killed login left: %w", err)
		}
	}
	return dropped, nil
}

// kept is what a place holds of a session.
type kept struct {
	there bool
	// broken is true if there is a session that cannot be read.
	broken  bool
	session session.Session
	secret  secret.Text
	// unbound is the secret in a keyring item of an older version.
	unbound secret.Text
	// sealed is the encrypted file, which nobody may be there to open.
	sealed []byte
	token  store.Token
}

// kept reads the place. A session that cannot be read is in nobody's way only
// if it is to be replaced.
func (e Environment) kept(place store.Place, replace bool) (kept, error) {
	s, err := place.Session()
	if errors.Is(err, fs.ErrNotExist) {
		return kept{}, nil
	}
	if err != nil && replace {
		return kept{broken: true}, nil
	}
	if err != nil {
		return kept{}, Unreadable(err)
	}
	old := kept{there: true, session: s}
	h := e.handle(s, &place, nil)
	if v, err := h.Vault(); err == nil {
		// One that cannot be read cannot be used either.
		if old.secret, err = v.Load(); errors.Is(err, vault.ErrUnbound) {
			old.unbound, _ = vault.Unbound(v)
		}
	}
	if s.Storage == session.EncryptedFile {
		old.sealed, _ = place.Sealed()
	}
	old.token, _ = place.Token()
	return old, nil
}

// Unreadable says that a login is not to write over a session that nobody can
// read.
func Unreadable(err error) error {
	return failure.New(failure.Refused, "choose another --name, or add --replace", "there is a session of the name already, and it cannot be read: %w", err)
}

// finish removes the secrets of the sessions before, where they are in another
// storage than the new one's. While one cannot be removed, the login stays
// pending: the next login, logout and doctor find it.
func (h Handle) finish(old kept, before []session.Session) error {
	for _, s := range before {
		if err := h.clear(s); err != nil {
			return failure.New(failure.Unable, "mend that, then: kubectl datum-creds doctor; if the secret cannot be reached any more, remove pending.json in "+h.Place.Dir(),
				"session %s is kept, but the older one's secret could not be removed from its %s: %w", h.Session.Name, s.Storage, err)
		}
	}
	if old.broken { // whose storage is not known
		if err := h.clear(session.Session{Storage: session.Keyring}); err != nil {
			h.env.Notify("if the secret of the session that could not be read was in the keyring, it is still there: " + err.Error())
		}
	}
	return h.Place.RemovePending()
}

// clear removes the secret of an older session, unless the new one's is there.
func (h Handle) clear(old session.Session) error {
	if old.Storage == h.Session.Storage || !old.Storage.Keeps() {
		return nil
	}
	kept, err := h.env.handle(old, h.Place, nil).Vault()
	if err != nil {
		return err
	}
	return kept.Remove()
}
