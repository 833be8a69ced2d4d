package oauth

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// Grant is what a token endpoint grants.
type Grant struct {
	Access store.Token
	// Refresh is empty when the server sent none: then an older one stays valid.
	Refresh secret.Text
	// ID is empty unless the request was a login.
	ID secret.Text
}

// Form makes the form of a token request, anew for each attempt: what may be
// used once only must not be sent twice.
type Form func() (url.Values, error)

// Fixed is a Form that is the same each time.
func Fixed(form url.Values) Form { return func() (url.Values, error) { return form, nil } }

// RequestToken makes a token request, with retries. The form names the grant.
func (c *Client) RequestToken(ctx context.Context, endpoint string, form Form) (Grant, error) {
	var asked time.Time
	got, err := c.retry(ctx, func() (answer, error) {
		values, err := form()
		if err != nil {
			return answer{}, err
		}
		asked = c.Now()
		return c.post(ctx, endpoint, values)
	})
	if err != nil {
		return Grant{}, err
	}
	return parseGrant(got, hostOf(endpoint), asked)
}

// RequestTokenOnce is RequestToken without retries, for requests that must
// not be made twice.
func (c *Client) RequestTokenOnce(ctx context.Context, endpoint string, form url.Values) (Grant, error) {
	asked := c.Now()
	got, err := c.post(ctx, endpoint, form)
	if err != nil {
		return Grant{}, err
	}
	return parseGrant(got, hostOf(endpoint), asked)
}

// post makes one attempt at a form request.
func (c *Client) post(ctx context.Context, endpoint string, form url.Values) (answer, error) {
	if _, err := session.HTTPS(endpoint); err != nil {
		return answer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.checked(ctx, req, form)
}

// maxLife bounds what a server may say of a token's life: more overflows.
const maxLife = 10 * 365 * 24 * 3600

// parseGrant reads a token response. The life counts from before the request,
// so that a slow answer makes a token seem older and not younger.
func parseGrant(got answer, host string, asked time.Time) (Grant, error) {
	var wire struct {
		Access  string `json:"access_token"`
		Type    string `json:"token_type"`
		Expires number `json:"expires_in"`
		Refresh string `json:"refresh_token"`
		ID      string `json:"id_token"`
	}
	if err := decode(got, host, &wire); err != nil {
		return Grant{}, err
	}
	switch {
	case wire.Access == "" || strings.ContainsFunc(wire.Access, func(r rune) bool { return r <= ' ' || r > '~' }):
		return Grant{}, &Error{Host: host, Status: got.status, Reason: "the answer holds no usable access_token"}
	case wire.Type != "" && !strings.EqualFold(wire.Type, "Bearer") && wire.Type != "N_A":
		return Grant{}, &Error{Host: host, Status: got.status, Reason: "the token is not a bearer token"}
	}
	grant := Grant{
		Access:  store.Token{Access: secret.New(wire.Access), Issued: asked},
		Refresh: secret.New(wire.Refresh), ID: secret.New(wire.ID),
	}
	if wire.Expires > 0 {
		grant.Access.Expires = asked.Add(time.Duration(min(wire.Expires, maxLife)) * time.Second)
	}
	return grant, nil
}

// number is a number that some servers send as a text.
type number int64

// UnmarshalJSON takes 3600, 3600.0 and "3600"; anything else counts as unknown.
func (n *number) UnmarshalJSON(text []byte) error {
	*n = parseNumber(strings.Trim(string(text), `"`))
	return nil
}
