package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
)

// Logout revokes the session's tokens at the server, then forgets them here.
// With localOnly nothing is revoked. What could not be revoked is not
// forgotten, so that it can be tried again. accessLives tells that the server
// revokes refresh tokens only: the access token is good until it expires.
func (h Handle) Logout(ctx context.Context, localOnly bool) (accessLives bool, err error) {
	if !localOnly {
		if err := h.ask(ctx); err != nil {
			return false, err
		}
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	err = h.Locked(ctx, func() error {
		if !localOnly {
			var err error
			accessLives, err = h.revoke(ctx)
			if errors.Is(err, vault.ErrPassphrase) {
				return problem.New(problem.LoginNeeded, hintOf(err)+"; or forget it here only: kubectl datum-creds logout --local --session "+problem.Quote(h.Session.Name), "it is still valid, and kept: %w", err)
			}
			if err != nil {
				return problem.New(problem.Unable, "try again, or forget it here only: kubectl datum-creds logout --local --session "+problem.Quote(h.Session.Name),
					"session %s is still valid, and kept: revoke: %w", h.Session.Name, err)
			}
		}
		if err := h.Remove(); err != nil {
			return fmt.Errorf("session %s: %w", h.Session.Name, err)
		}
		return nil
	})
	return accessLives, err
}

// revoke revokes the refresh token, and the access token where there is one:
// some servers leave it valid otherwise.
func (h Handle) revoke(ctx context.Context) (accessLives bool, err error) {
	if h.Session.RevocationURL == "" || h.Session.Type != session.User {
		return false, nil
	}
	client, err := oauth.NewClient(h.Session.CAFile, h.env.UserAgent)
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

// refused tells that the server understood and does not revoke such a token:
// RFC 7009 (2.2.1) leaves it that for access tokens. Servers use more codes for
// it than the one named there.
func refused(err error) bool {
	var answer *oauth.Error
	return errors.As(err, &answer) && answer.Status == http.StatusBadRequest
}
