package source

import (
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// WithExpiry adds the end of life that a token tells of itself, where the
// server did not say. serverNow is the server's clock if it is known.
func WithExpiry(t store.Token, serverNow time.Time) store.Token {
	if !t.Expires.IsZero() {
		return t
	}
	expires := jwtExpiry(t.Access)
	if expires.IsZero() {
		return t
	}
	if !serverNow.IsZero() {
		expires = expires.Add(t.Issued.Sub(serverNow))
	}
	t.Expires = expires
	return t
}

// jwtExpiry reads the exp claim of a JWT, unverified: it only decides when the
// token is renewed. Zero when the token is none or does not say.
func jwtExpiry(token secret.Text) time.Time {
	var claims struct {
		Exp float64 `json:"exp"`
	}
	if !oauth.Payload(token, &claims) || claims.Exp <= 0 || claims.Exp > 1e11 {
		return time.Time{}
	}
	return time.Unix(int64(claims.Exp), 0)
}
