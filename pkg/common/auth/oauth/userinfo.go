package oauth

import (
	"context"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
)

// UserInfo asks the userinfo endpoint whose an access token is, with retries,
// and returns the subject (OpenID Connect Core 1.0, 5.3). It is empty if the
// answer names none.
func (c *Client) UserInfo(ctx context.Context, endpoint string, access secret.Text) (string, error) {
	if _, err := session.HTTPS(endpoint); err != nil {
		return "", err
	}
	got, err := c.fetch(ctx, endpoint, access)
	if err != nil {
		return "", err
	}
	if got.kind() == "application/jwt" { // for clients that are registered so (5.3.2)
		claims, _ := ReadClaims(secret.New(strings.TrimSpace(string(got.body))))
		return claims.Subject, nil
	}
	var who struct {
		Subject string `json:"sub"`
	}
	err = decode(got, hostOf(endpoint), &who)
	return who.Subject, err
}
