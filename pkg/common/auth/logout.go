package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/shell"
)

// Logout revokes the session's tokens at the server, then removes them here, and
// does the same with what killed logins and renewals left in its place. With
// localOnly nothing is revoked. What could not be revoked is kept, so that it can
// be tried again. accessLives reports whether the server revokes refresh tokens
// only: the access token is good until it expires.
func (h Handle) Logout(ctx context.Context, localOnly bool) (accessLives bool, err error) {
	if !localOnly {
		if err := h.askForAll(ctx); err != nil {
			return false, err
		}
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	err = h.Locked(ctx, func() error {
		left, err := h.env.leftovers(*h.Place, h.Session)
		if err == nil && !localOnly {
			accessLives, err = h.endAll(ctx, left)
		}
		if err != nil {
			return err
		}
		return h.removeAll(left)
	})
	return accessLives, err
}

// askForAll asks for the passphrases of all encrypted files in the place, before
// the lock is taken.
func (h Handle) askForAll(ctx context.Context) error {
	left, err := h.env.leftovers(*h.Place, h.Session)
	if err != nil {
		left = nil // it is looked at again under the lock
	}
	for _, one := range append([]leftover{{Handle: h}}, left...) {
		if err := one.ask(ctx); err != nil {
			return err
		}
	}
	return nil
}

// endAll revokes the tokens of the session and of what is left beside it.
func (h Handle) endAll(ctx context.Context, left []leftover) (accessLives bool, err error) {
	accessLives, err = h.revoke(ctx)
	if err != nil {
		return false, h.stillValid("session "+h.Session.Name, err)
	}
	for _, l := range left {
		if err := l.end(ctx); err != nil {
			return false, h.stillValid("a token that a killed login left in "+h.Place.Dir(), err)
		}
	}
	return accessLives, nil
}

// stillValid says that what could not be revoked is kept.
func (h Handle) stillValid(what string, err error) error {
	local := "forget it here only: kubectl datum-creds logout --local --session " + shell.Quote(h.Session.Name)
	if errors.Is(err, vault.ErrPassphrase) {
		return failure.New(failure.LoginNeeded, hintOf(err)+"; or "+local, "%s is still valid, and kept: %w", what, err)
	}
	return failure.New(failure.Unable, "try again, or "+local, "%s is still valid, and kept: revoke: %w", what, err)
}

// removeAll removes the session and what is left beside it. Items of the keyring
// go first: without the files, no command finds them.
func (h Handle) removeAll(left []leftover) error {
	for _, l := range left {
		if l.file != nil {
			continue // Remove removes all files
		}
		if err := l.remove(); err != nil {
			return fmt.Errorf("session %s: what a killed login left: %w", h.Session.Name, err)
		}
	}
	unfinished := h.Place.Empty() // of which the caller tells
	if err := h.Remove(); err != nil {
		return fmt.Errorf("session %s: %w", h.Session.Name, err)
	}
	if len(left) > 0 && !unfinished {
		h.env.Notify("Removed too: what a killed login or renewal of session " + h.Session.Name + " left behind.")
	}
	return nil
}

// revoke revokes the refresh token, and the access token where there is one:
// some servers leave it valid otherwise.
func (h Handle) revoke(ctx context.Context) (accessLives bool, err error) {
	if h.Session.RevocationURL == "" || h.Session.Type != session.User {
		return false, nil
	}
	client, err := oauth.NewClient(h.Session.CAFile, h.env.UserAgent, h.Session.Certificates...)
	if err != nil {
		return false, err
	}
	kept, err := h.Vault()
	if err != nil {
		return false, err
	}
	refresh, err := kept.Load()
	if errors.Is(err, vault.ErrUnbound) {
		refresh, err = vault.Unbound(kept)
	}
	ended := err == nil
	if err != nil && !errors.Is(err, vault.ErrNone) {
		return false, err
	}
	if ended {
		if err := client.Revoke(ctx, h.Session.RevocationURL, h.Session.ClientID, "refresh_token", refresh); err != nil {
			return false, err
		}
	}
	access, err := h.Kept()
	if err != nil || !access.Alive(h.env.Now()) {
		return false, nil //nolint:nilerr // no access token is nothing to revoke
	}
	err = client.Revoke(ctx, h.Session.RevocationURL, h.Session.ClientID, "access_token", access.Access)
	if ended && refused(err) {
		return true, nil
	}
	return false, err
}

// refused reports whether the server understood and does not revoke such a token:
// RFC 7009 (2.2.1) leaves it that for access tokens. Servers use more codes for
// it than the one named there.
func refused(err error) bool {
	var answer *oauth.Error
	return errors.As(err, &answer) && answer.Status == http.StatusBadRequest
}
