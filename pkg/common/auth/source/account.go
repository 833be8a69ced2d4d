package source

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/keyfile"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// Account signs assertions with a service account's key.
type Account struct {
	// Load reads the key, which is not kept in memory longer than a renewal.
	Load   func() (keyfile.Key, error)
	Client *oauth.Client
	Notify func(string)
}

// skewWorthTelling is how far this machine's clock may be off before the
// server's is used instead.
const skewWorthTelling = 20 * time.Second

// Renew comes by a new access token. When the server refuses and its clock is
// far from this machine's, the assertion is made once more by its clock.
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
	return WithExpiry(grant.Access, time.Time{}), nil
}

// request signs a new assertion for each attempt: servers take one only once.
func (a Account) request(ctx context.Context, key keyfile.Key, skew time.Duration) (oauth.Grant, error) {
	return a.Client.RequestToken(ctx, key.TokenURL, func() (url.Values, error) {
		assertion, err := key.Assertion(a.Client.Now().Add(skew))
		if err != nil {
			return nil, err
		}
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

func explainAccount(key keyfile.Key, err error) error {
	name := key.Email
	if name == "" {
		name = key.ClientID
	}
	switch oauth.CodeOf(err) {
	case "invalid_grant", "invalid_client", "unauthorized_client":
		return problem.New(problem.LoginNeeded, "make a new key for the service account: this one is expired, removed or not known there",
			"service account %s: the key %s is not accepted: %w", name, key.KeyID, err)
	}
	return problem.New(problem.Unable, "kubectl datum-creds doctor", "service account %s: %w", name, err)
}
