package oauth

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// Claims are the claims of a JWT that say whose it is. They are not verified:
// they count only for a token that this process has just received over TLS from
// the token endpoint (OpenID Connect Core 1.0, 3.1.3.7 no. 6).
type Claims struct {
	Issuer   string       `json:"iss"`
	Subject  string       `json:"sub"`
	Audience jwt.Audience `json:"aud"`
}

// ReadClaims reads the claims of a JWT. It returns false for a token that is
// not a JWT that can be read: an opaque or an encrypted one, for example.
func ReadClaims(token secret.Text) (Claims, bool) {
	var claims Claims
	readable := Payload(token, &claims)
	return claims, readable
}

// Payload decodes the payload of a signed JWT without verifying it. It reports
// whether the token is one.
func Payload(token secret.Text, into any) bool {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		return false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	return err == nil && json.Unmarshal(payload, into) == nil
}

// Shown makes a server's text fit for a message: it is cut, and not shown if it
// repeats a piece of one of the secrets.
func Shown(text string, secrets ...secret.Text) string {
	sent := url.Values{}
	for _, s := range secrets {
		sent.Add("secret", s.Reveal())
	}
	return clean(text, sent)
}
