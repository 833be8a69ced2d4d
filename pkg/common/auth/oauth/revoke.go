package oauth

import (
	"context"
	"net/url"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// Revoke ends a token at the server (RFC 7009). kind is refresh_token or
// access_token. A token that the server does not know is revoked already.
func (c *Client) Revoke(ctx context.Context, endpoint, clientID, kind string, token secret.Text) error {
	form := url.Values{"token": {token.Reveal()}, "token_type_hint": {kind}, "client_id": {clientID}}
	_, err := c.retry(ctx, func() (answer, error) { return c.post(ctx, endpoint, form) })
	return err
}
