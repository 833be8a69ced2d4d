package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
)

// Logout revokes the session's tokens at the server, then forgets them here.
// With localOnly nothing is revoked. What could not be revoked is not
// forgotten, so that it can be tried again.
func (h Handle) Logout(ctx context.Context, localOnly bool) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	return h.Locked(ctx, func() error {
		if !localOnly {
			if err := h.revoke(ctx); err != nil {
				return problem.New(problem.Unable, "try again, or forget it here only: kubectl datum-creds logout --local",
					"session %s is still valid, and kept: revoke: %w", h.Session.Name, err)
			}
		}
		if err := h.Remove(); err != nil {
			return fmt.Errorf("session %s: %w", h.Session.Name, err)
		}
		return nil
	})
}

// revoke revokes the refresh token, and the access token where there is one:
// some servers leave it valid otherwise.
func (h Handle) revoke(ctx context.Context) error {
	if h.Session.RevocationURL == "" || h.Session.Type != session.User {
		return nil
	}
	client, err := oauth.NewClient(h.Session.CAFile, h.env.UserAgent)
	if err != nil {
		return err
	}
	kept, err := h.Vault()
	if err != nil {
		return err
	}
	refresh, err := kept.Load()
	if err != nil && !errors.Is(err, vault.ErrNone) {
		return err
	}
	if err == nil {
		if err := client.Revoke(ctx, h.Session.RevocationURL, h.Session.ClientID, "refresh_token", refresh); err != nil {
			return err
		}
	}
	access, err := h.Kept()
	if err != nil || !access.Alive(h.env.Now()) {
		return nil //nolint:nilerr // no access token is nothing to revoke
	}
	err = client.Revoke(ctx, h.Session.RevocationURL, h.Session.ClientID, "access_token", access.Access)
	if oauth.CodeOf(err) == "unsupported_token_type" {
		return nil // RFC 7009 lets a server do so; the token ends by itself
	}
	return err
}
