package source

import (
	"context"
	"net/url"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Ambient exchanges the identity token that a CI system gives its jobs at a
// token service (RFC 8693). The identity is read anew each time.
type Ambient struct {
	Session session.Session
	// Identity reads the identity token for an audience.
	Identity func(ctx context.Context, audience string) (secret.Text, error)
	Client   *oauth.Client
}

// Renew returns a new access token. Whose it is, the token service decides: the
// session knows no subject to compare with.
func (a Ambient) Renew(ctx context.Context) (store.Token, error) {
	identity, err := a.Identity(ctx, a.Session.Audience)
	if err != nil {
		return store.Token{}, err
	}
	grant, err := a.Client.RequestToken(ctx, a.Session.TokenURL, oauth.Fixed(a.form(identity)))
	if err != nil {
		return store.Token{}, failure.New(failure.Unable, "check that the token service trusts this CI system and the audience "+a.Session.Audience,
			"session %s: exchange the CI identity: %w", a.Session.Name, err)
	}
	return WithExpiry(grant.Access, grant.Access.Issued), nil
}

func (a Ambient) form(identity secret.Text) url.Values {
	form := url.Values{
		"grant_type":           {"urn:ietf:params:oauth:grant-type:token-exchange"},
		"subject_token":        {identity.Reveal()},
		"subject_token_type":   {"urn:ietf:params:oauth:token-type:jwt"},
		"requested_token_type": {"urn:ietf:params:oauth:token-type:access_token"},
		"audience":             {a.Session.API},
	}
	for name, value := range map[string]string{"client_id": a.Session.ClientID, "scope": a.Session.Scope} {
		if value != "" {
			form.Set(name, value)
		}
	}
	return form
}
