// Package source comes by access tokens: one way for each type of session.
package source

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
)

// User uses a refresh token, which the server may replace each time.
type User struct {
	Session session.Session
	Vault   vault.Vault
	Client  *oauth.Client
	// SaveSession keeps endpoints that have moved.
	SaveSession func(session.Session) error
	// Notify tells the user something, in one line.
	Notify func(string)
}

// Renew comes by a new access token, if the refresh token that comes with it can
// be kept: the server may use the old one up. A new refresh token is saved before the
// access token is answered; where that fails, the token is answered all the
// same, for it is all that is left, and the user is told.
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
		return store.Token{}, problem.New(problem.Unable, "make room, and what keeps the session writable; then try again",
			"session %s is not renewed, because its next refresh token could not be saved: %w", u.Session.Name, err)
	}
	defer room.Release()
	grant, err := u.exchange(ctx, refresh)
	if err != nil {
		return store.Token{}, u.explain(err)
	}
	if !grant.Refresh.Empty() && grant.Refresh.Digest() != refresh.Digest() {
		u.keep(room, grant.Refresh)
	}
	return WithExpiry(grant.Access, time.Time{}), nil
}

func (u User) keep(room vault.Reservation, refresh secret.Text) {
	if err := room.Save(refresh); err != nil {
		u.Notify("the new refresh token could not be saved (" + err.Error() + "): the session ends with this access token; then run: " + session.LoginCommand(u.Session.Name))
	}
}

// exchange makes the token request. Where the endpoint is gone, the issuer is
// asked for the new one.
func (u User) exchange(ctx context.Context, refresh secret.Text) (oauth.Grant, error) {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh.Reveal()}, "client_id": {u.Session.ClientID}}
	grant, err := u.Client.RequestRotating(ctx, u.Session.TokenURL, form)
	if !moved(err) {
		return grant, err
	}
	found, lost := u.Client.Discover(ctx, u.Session.Issuer)
	if lost != nil || found.Token == u.Session.TokenURL {
		return grant, err
	}
	s := u.Session
	s.TokenURL, s.RevocationURL = found.Token, found.Revocation
	if err := u.SaveSession(s); err != nil {
		u.Notify("the issuer's new endpoints could not be saved: " + err.Error())
	}
	return u.Client.RequestRotating(ctx, s.TokenURL, form)
}

func moved(err error) bool {
	var failed *oauth.Error
	if !errors.As(err, &failed) || failed.Code != "" {
		return false
	}
	switch failed.Status {
	case http.StatusNotFound, http.StatusGone, http.StatusMethodNotAllowed:
		return true
	}
	return false
}

// explain turns a refused refresh into a need for a login. Some servers refuse
// with an empty body.
func (u User) explain(err error) error {
	var failed *oauth.Error
	if !errors.As(err, &failed) {
		return err
	}
	unexplained := failed.Code == "" && (failed.Status == http.StatusBadRequest || failed.Status == http.StatusUnauthorized)
	if failed.Code == "invalid_grant" || unexplained {
		return LoginNeeded(u.Session.Name, err)
	}
	return problem.New(problem.Unable, "kubectl datum-creds doctor", "session %s: renew: %w", u.Session.Name, err)
}

// LoginNeeded says that only a login brings a session back.
func LoginNeeded(name string, why error) error {
	return problem.New(problem.LoginNeeded, session.LoginCommand(name), "session %s has ended: %w", name, why)
}
