package keyfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// The times of an assertion: backdated, for a server whose clock is a little
// behind, and short, since it is used at once.
const (
	backdate = 30 * time.Second
	life     = time.Minute
)

// Assertion signs a new assertion; each may be used once. now is the server's
// time, as well as it is known.
func (k Key) Assertion(now time.Time) (secret.Text, error) {
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", k.KeyID)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: k.signer}, options)
	if err != nil {
		return secret.Text{}, fmt.Errorf("sign an assertion: %w", err)
	}
	audience, err := Audience(k.TokenURL)
	if err != nil {
		return secret.Text{}, err
	}
	text, err := jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: k.ClientID, Subject: k.ClientID, Audience: jwt.Audience{audience},
		IssuedAt: jwt.NewNumericDate(now.Add(-backdate)), Expiry: jwt.NewNumericDate(now.Add(life)),
		ID: rand.Text(),
	}).Serialize()
	if err != nil {
		return secret.Text{}, fmt.Errorf("sign an assertion: %w", err)
	}
	return secret.New(text), nil
}

// Audience is whom assertions are for: the issuer, which at Datum is the
// origin of the token URL.
func Audience(tokenURL string) (string, error) {
	u, err := url.Parse(tokenURL)
	if err != nil {
		return "", errors.New("token_uri: not a URL")
	}
	return u.Scheme + "://" + u.Host, nil
}

// Form is the token request with an assertion.
func (k Key) Form(assertion secret.Text) url.Values {
	return url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":  {assertion.Reveal()},
		"scope":      {k.Scope},
	}
}
