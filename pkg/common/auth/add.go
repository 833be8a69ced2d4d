package auth

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
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
// one is saved, and goes on working where that fails.
func (e Environment) Add(ctx context.Context, n New) (Handle, error) {
	h, old, err := e.swap(ctx, n)
	if err != nil {
		e.abandon(ctx, n.Session, n.Secret)
		return Handle{}, fmt.Errorf("keep the session: %w", err)
	}
	e.abandon(ctx, old.session, old.secret)
	e.abandon(ctx, old.session, old.unbound)
	return h, nil
}

// swap saves the new session under the lock, and returns the old one.
func (e Environment) swap(ctx context.Context, n New) (Handle, kept, error) {
	if err := e.Home.Err(); err != nil {
		return Handle{}, kept{}, err
	}
	if !e.Home.Known() {
		return Handle{}, kept{}, problem.New(problem.BadInput, "set "+store.Variable, "%w", store.ErrNoHome)
	}
	if err := session.ValidateName(n.Session.Name); err != nil {
		return Handle{}, kept{}, problem.New(problem.BadInput, "name it with --name", "%w", err)
	}
	place := e.Home.Session(n.Session.Name)
	held, err := waitForLock(ctx, place)
	if err != nil {
		return Handle{}, kept{}, err
	}
	defer held.Release()
	old, err := e.kept(place, n.Replace)
	if err != nil {
		return Handle{}, kept{}, err
	}
	if old.there && !n.Replace {
		if err := Conflict(old.session, n.Session); err != nil {
			return Handle{}, kept{}, err
		}
		n.Session.Trust = joined(old.session.Trust, n.Session.Trust)
	}
	h := e.handle(n.Session, &place, nil)
	if err := h.write(n, old); err != nil {
		return Handle{}, kept{}, err
	}
	e.clear(place, old.session, n.Session)
	return h, old, nil
}

// kept is what a place holds of a session.
type kept struct {
	there   bool
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
	if errors.Is(err, fs.ErrNotExist) || (err != nil && replace) {
		return kept{}, nil
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
	return problem.New(problem.Refused, "choose another --name, or add --replace", "there is a session of the name already, and it cannot be read: %w", err)
}

// clear removes what the old session kept where the new one keeps nothing.
func (e Environment) clear(place store.Place, old, s session.Session) {
	if old.Storage == s.Storage {
		return
	}
	if v, err := e.handle(old, &place, nil).Vault(); err == nil {
		if err := v.Remove(); err != nil {
			e.Notify("the older session's secret could not be removed from its " + string(old.Storage) + ": " + err.Error())
		}
	}
}
