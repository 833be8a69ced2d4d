// Package source comes by access tokens: one way for each type of session.
package source

import (
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// User uses a refresh token, which the server may replace each time.
type User struct {
	// Session is whose tokens are accepted.
	Session session.Session
	Vault   vault.Vault
	Client  *oauth.Client
	// SaveSession keeps what a renewal learned of the issuer's endpoints, and of
	// the identity.
	SaveSession func(session.Session) error
	// Notify tells the user something, in one line.
	Notify func(string)
	// hidden is what no message may repeat.
	hidden []secret.Text
}

// Renew returns a new access token, if it is the session's user's, and if the
// refresh token that comes with it can be kept: the server may use the old one
// up. A new refresh token is saved before the access token is returned. Where
// that fails, the access token is returned all the same, for it is all that is
// left, and the user is told.
func (u User) Renew(ctx context.Context) (store.Token, error) {
	refresh, err := u.Vault.Load()
	if errors.Is(err, vault.ErrNone) {
		return store.Token{}, LoginNeeded(u.Session.Name, err)
	}
	if err != nil {
		return store.Token{}, err
	}
	room, err := u.Vault.Reserve(refresh)
	if err != nil {
		return store.Token{}, failure.New(failure.Unable, "make room, and what keeps the session writable; then try again",
			"session %s is not renewed, because its next refresh token could not be saved: %w", u.Session.Name, err)
	}
	defer room.Release()
	before := u.Session
	defer func() { u.saveLearned(before) }()
	grant, err := u.exchange(ctx, refresh)
	if err != nil {
		return store.Token{}, u.explain(err)
	}
	u.hidden = append(u.hidden, refresh)
	err = u.identify(ctx, grant)
	if err != nil && failure.CodeOf(err) != failure.Unable {
		return store.Token{}, err
	}
	// The server has used up the old one, also where it could not be asked whose
	// the new one is: the next renewal asks again.
	if !grant.Refresh.Empty() && grant.Refresh.Digest() != refresh.Digest() {
		u.keep(room, grant.Refresh)
	}
	if err != nil {
		return store.Token{}, err
	}
	return WithExpiry(grant.Access, time.Time{}), nil
}

func (u User) keep(room vault.Reservation, refresh secret.Text) {
	if err := room.Save(refresh); err != nil {
		u.Notify("the new refresh token could not be saved (" + err.Error() + "): the session ends with this access token; then run: " + session.LoginCommand(u.Session.Name))
	}
}

// saveLearned keeps what the renewal learned. It comes after the refresh token,
// which cannot be had again.
func (u User) saveLearned(before session.Session) {
	if reflect.DeepEqual(before, u.Session) {
		return
	}
	if err := u.SaveSession(u.Session); err != nil {
		u.Notify("what the renewal learned of the issuer could not be saved: " + err.Error())
	}
}

// LoginNeeded says that only a login brings a session back.
func LoginNeeded(name string, why error) error {
	return failure.New(failure.LoginNeeded, session.LoginCommand(name), "session %s has ended: %w", name, why)
}
