package source

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/keyfile"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Account signs assertions with a service account's key.
type Account struct {
	// Load reads the key, which is not kept in memory longer than a renewal.
	Load   func() (keyfile.Key, error)
	Client *oauth.Client
	Notify func(string)
	// hidden is what no message may repeat.
	hidden []secret.Text
}

// skewWorthTelling is how far this machine's clock may be off before the
// server's is used instead.
const skewWorthTelling = 20 * time.Second

// Renew returns a new access token of the key's account. When the server
// refuses and its clock is far from this machine's, the assertion is made once
// more by its clock.
func (a Account) Renew(ctx context.Context) (store.Token, error) {
	key, err := a.Load()
	if err != nil {
		return store.Token{}, err
	}
	grant, err := a.request(ctx, key, 0)
	if skew := a.skew(err); skew != 0 {
		a.Notify(fmt.Sprintf("this machine's clock is off by %s; the server's is used", skew.Abs().Round(time.Second)))
		grant, err = a.request(ctx, key, skew)
	}
	if err != nil {
		return store.Token{}, explainAccount(key, err)
	}
	if err := a.ofKey(key, grant); err != nil {
		return store.Token{}, err
	}
	return WithExpiry(grant.Access, time.Time{}), nil
}

// request signs a new assertion for each attempt: servers take one only once.
func (a *Account) request(ctx context.Context, key keyfile.Key, skew time.Duration) (oauth.Grant, error) {
	return a.Client.RequestToken(ctx, key.TokenURL, func() (url.Values, error) {
		assertion, err := key.Assertion(a.Client.Now().Add(skew))
		if err != nil {
			return nil, err
		}
		a.hidden = append(a.hidden, assertion)
		return key.Form(assertion), nil
	})
}

// skew is what to add to this machine's clock to have the server's, 0 when
// that would not help.
func (a Account) skew(err error) time.Duration {
	var failed *oauth.Error
	if !errors.As(err, &failed) || failed.Date.IsZero() || failed.Retry {
		return 0
	}
	skew := failed.Date.Sub(a.Client.Now())
	if skew.Abs() < skewWorthTelling {
		return 0
	}
	return skew
}

// ofKey checks that the tokens of an answer are the key's account's, as far as
// they say: its ID token, and its access token if it is a JWT of the issuer.
func (a *Account) ofKey(key keyfile.Key, grant oauth.Grant) error {
	a.hidden = append(a.hidden, grant.Access.Access, grant.ID)
	id, readable := oauth.ReadClaims(grant.ID)
	if readable && id.Subject != key.ClientID {
		return a.otherAccount(key, id.Subject)
	}
	issuer, err := keyfile.Audience(key.TokenURL)
	if err != nil {
		return err
	}
	if subject := AccessSubject(grant.Access.Access, issuer); subject != "" && subject != key.ClientID {
		return a.otherAccount(key, subject)
	}
	return nil
}

// otherAccount is the error for tokens of another account than the key's.
func (a *Account) otherAccount(key keyfile.Key, subject string) error {
	return failure.New(failure.Refused, "make a new key for the service account, and use that",
		"service account %s: %s answered with tokens of the subject %s, and the key %s is of the subject %s; nothing of the answer is kept",
		accountName(key), hostOf(key.TokenURL), shown(subject, a.hidden...), key.KeyID, key.ClientID)
}

// accountName is what messages call the account.
func accountName(key keyfile.Key) string {
	if key.Email == "" {
		return key.ClientID
	}
	return key.Email
}

// explainAccount turns the error codes that mean the key (RFC 6749, 5.2) into
// the need for another one. Any other answer may come from something between, or
// pass.
func explainAccount(key keyfile.Key, err error) error {
	name := accountName(key)
	switch oauth.CodeOf(err) {
	case "invalid_grant", "invalid_client", "unauthorized_client":
		return failure.New(failure.LoginNeeded, "make a new key for the service account: this one is expired, removed or not known there",
			"service account %s: the key %s is not accepted: %w", name, key.KeyID, err)
	}
	return failure.New(failure.Unable, "kubectl datum-creds doctor", "service account %s: %w", name, err)
}
