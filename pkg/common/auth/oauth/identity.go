package oauth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Identity is who an ID token says signed in.
type Identity struct {
	Subject string
	// Email is empty when the issuer did not tell.
	Email string
	// Name is the preferred user name, or empty.
	Name string
}

// clockLeeway is how wrong this machine's clock may be for an ID token.
const clockLeeway = 5 * time.Minute

// signatures are the algorithms of ID tokens: those with a public key only.
func signatures() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512,
		jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
	}
}

type idClaims struct {
	jwt.Claims
	Nonce   string `json:"nonce"`
	Azp     string `json:"azp"`
	Email   string `json:"email"`
	PrefUse string `json:"preferred_username"`
}

// Identify verifies an ID token of the issuer for this client. nonce is the
// one that the login sent, empty for logins that cannot send one.
func (c *Client) Identify(ctx context.Context, e Endpoints, clientID, nonce string, idToken secret.Text) (Identity, error) {
	if idToken.Empty() {
		return Identity{}, failure.New(failure.Refused, "", "%s: the login brought no ID token", e.Issuer)
	}
	parsed, err := jwt.ParseSigned(idToken.Reveal(), signatures())
	if err != nil {
		return Identity{}, failure.New(failure.Refused, "", "%s: the ID token is not one, or of an algorithm that is not accepted", e.Issuer)
	}
	var keys jose.JSONWebKeySet
	if err := c.get(ctx, e.Keys, &keys); err != nil {
		return Identity{}, failure.New(failure.Unable, "", "keys of %s: %w", e.Issuer, err)
	}
	claims, err := verified(parsed, keys)
	if err == nil {
		err = claims.check(e.Issuer, clientID, nonce, c.Now())
	}
	if err != nil {
		return Identity{}, failure.New(failure.Refused, "kubectl datum-creds doctor", "%s: the ID token is not to be trusted: %w", e.Issuer, err)
	}
	return Identity{Subject: claims.Subject, Email: claims.Email, Name: claims.PrefUse}, nil
}

// verified returns the claims if one of the issuer's keys signed them. Tokens
// without a key id are tried with every key.
func verified(token *jwt.JSONWebToken, keys jose.JSONWebKeySet) (idClaims, error) {
	candidates := keys.Keys
	if id := token.Headers[0].KeyID; id != "" {
		candidates = keys.Key(id)
	}
	for _, key := range candidates {
		var claims idClaims
		if key.IsPublic() && token.Claims(key.Key, &claims) == nil {
			return claims, nil
		}
	}
	return idClaims{}, errors.New("none of the issuer's keys signed it")
}

func (c idClaims) check(issuer, clientID, nonce string, now time.Time) error {
	if err := c.ValidateWithLeeway(jwt.Expected{Issuer: issuer, AnyAudience: jwt.Audience{clientID}, Time: now}, clockLeeway); err != nil {
		return fmt.Errorf("%w (this machine's clock says %s)", err, now.UTC().Format(time.RFC3339))
	}
	switch {
	case c.Expiry == nil || c.IssuedAt == nil:
		return errors.New("it has no exp or iat")
	case c.Subject == "":
		return errors.New("it names no subject")
	case c.Azp != "" && c.Azp != clientID: // not all issuers with several audiences send one
		return errors.New("it is for another client")
	case subtle.ConstantTimeCompare([]byte(c.Nonce), []byte(nonce)) != 1:
		return errors.New("its nonce is not that of this login")
	}
	return nil
}
