package oauth

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Endpoints is what an issuer says of itself.
type Endpoints struct {
	Issuer        string `json:"issuer"`
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	Device        string `json:"device_authorization_endpoint"`
	Revocation    string `json:"revocation_endpoint"`
	Keys          string `json:"jwks_uri"`
	// UserInfo is empty where the issuer has no userinfo endpoint.
	UserInfo string `json:"userinfo_endpoint"`
	// SendsIssuer is true if callbacks carry the issuer (RFC 9207).
	SendsIssuer bool `json:"authorization_response_iss_parameter_supported"`
}

const wellKnown = "/.well-known/openid-configuration"

// Discover asks an issuer for its endpoints. The issuer it names must be the
// one that was asked, and all endpoints must be https.
func (c *Client) Discover(ctx context.Context, issuer string) (Endpoints, error) {
	base, err := session.HTTPS(issuer)
	if err != nil {
		return Endpoints{}, failure.New(failure.BadInput, "", "issuer: %w", err)
	}
	var found Endpoints
	if err := c.get(ctx, strings.TrimSuffix(base.String(), "/")+wellKnown, &found); err != nil {
		return Endpoints{}, failure.New(failure.Unable, "kubectl datum-creds doctor", "discovery of %s: %w", issuer, err)
	}
	if strings.TrimSuffix(found.Issuer, "/") != strings.TrimSuffix(issuer, "/") {
		return Endpoints{}, failure.New(failure.Refused, "name the host that the issuer calls itself", "discovery of %s: the server calls itself %q", issuer, found.Issuer)
	}
	return found, found.check()
}

func (e Endpoints) check() error {
	for name, text := range map[string]string{
		"authorization_endpoint": e.Authorization, "token_endpoint": e.Token, "jwks_uri": e.Keys,
		"device_authorization_endpoint": e.Device, "revocation_endpoint": e.Revocation,
		"userinfo_endpoint": e.UserInfo,
	} {
		if text == "" && name != "token_endpoint" {
			continue
		}
		if _, err := session.HTTPS(text); err != nil {
			return failure.New(failure.Refused, "", "discovery of %s: %s: %w", e.Issuer, name, err)
		}
	}
	return nil
}

// get fetches JSON, with retries.
func (c *Client) get(ctx context.Context, url string, into any) error {
	got, err := c.retry(ctx, func() (answer, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return answer{}, err
		}
		return c.checked(ctx, req, nil)
	})
	if err != nil {
		return err
	}
	return decode(got, hostOf(url), into)
}

func decode(got answer, host string, into any) error {
	if err := json.Unmarshal(got.body, into); err != nil {
		return &Error{Host: host, Status: got.status, Reason: "the answer is " + nature(got) + " and not the JSON that was expected"}
	}
	return nil
}

// Fetch gets JSON with a bearer token, with retries.
func (c *Client) Fetch(ctx context.Context, address string, bearer secret.Text, into any) error {
	got, err := c.fetch(ctx, address, bearer)
	if err != nil {
		return err
	}
	return decode(got, hostOf(address), into)
}

// fetch makes a GET with a bearer token, which no error repeats.
func (c *Client) fetch(ctx context.Context, address string, bearer secret.Text) (answer, error) {
	return c.retry(ctx, func() (answer, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return answer{}, err
		}
		req.Header.Set("Authorization", "Bearer "+bearer.Reveal())
		return c.checked(ctx, req, url.Values{"access_token": {bearer.Reveal()}})
	})
}
