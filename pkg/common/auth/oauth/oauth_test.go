package oauth

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// client returns one that does not sleep.
func client(t *testing.T, server *authtest.Server) *Client {
	t.Helper()
	c, err := NewClient(server.CAFile, "test")
	if err != nil {
		t.Fatal(err)
	}
	c.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return c
}

func discovered(t *testing.T, c *Client, server *authtest.Server) Endpoints {
	t.Helper()
	found, err := c.Discover(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestDiscover(t *testing.T) {
	server := authtest.New(t)
	c := client(t, server)
	if found := discovered(t, c, server); found.Token != server.URL+"/oauth/v2/token" {
		t.Errorf("Discover = %+v", found)
	}
	for name, c2 := range map[string]struct {
		spoil func(map[string]any)
		want  failure.Code
		text  string
	}{
		"other issuer":   {func(m map[string]any) { m["issuer"] = "https://evil.test" }, failure.Refused, "calls itself"},
		"plain endpoint": {func(m map[string]any) { m["token_endpoint"] = "http://auth.test/token" }, failure.Refused, "token_endpoint"},
		"none":           {func(m map[string]any) { delete(m, "token_endpoint") }, failure.Refused, "token_endpoint"},
		"plain keys":     {func(m map[string]any) { m["jwks_uri"] = "file:///etc/passwd" }, failure.Refused, "jwks_uri"},
	} {
		t.Run(name, func(t *testing.T) {
			server.Endpoints = c2.spoil
			_, err := c.Discover(t.Context(), server.URL)
			if failure.CodeOf(err) != c2.want || err == nil || !strings.Contains(err.Error(), c2.text) {
				t.Errorf("Discover = %v, want %s with %q", err, c2.want, c2.text)
			}
		})
	}
	if _, err := c.Discover(t.Context(), "http://auth.test"); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("Discover of http = %v", err)
	}
}

const sentSecret = "refresh-token-that-was-sent"

func refresh(ctx context.Context, c *Client, endpoint string) (Grant, error) {
	return c.RequestToken(ctx, endpoint, Fixed(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {sentSecret}}))
}

func TestTokenFaults(t *testing.T) {
	write := func(status int, kind, body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	reset := func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }
	for name, c := range map[string]struct {
		answer   func(http.ResponseWriter, *http.Request)
		requests int
		text     string
	}{
		"5xx":               {write(503, "text/plain", "busy"), attempts, "answered 503: the answer is of type text/plain"},
		"5xx with code":     {write(500, "application/json", `{"error":"server_error","error_description":"x"}`), attempts, "server_error"},
		"reset":             {reset, attempts, "EOF"},
		"429":               {write(429, "", ""), attempts, "answered 429"},
		"invalid_grant":     {write(400, "application/json", `{"error":"invalid_grant"}`), 1, "invalid_grant"},
		"invalid_grant 500": {write(500, "application/json", `{"error":"invalid_grant"}`), 1, "invalid_grant"},
		"empty":             {write(400, "", ""), 1, "the answer is empty"},
		"HTML":              {write(403, "text/html; charset=utf-8", "<html>"+sentSecret), 1, "a web page"},
		"HTML with 200":     {write(200, "text/html", "<html>"), 1, "a web page"},
		"redirect":          {write(302, "", ""), 1, "a redirect, which is not followed"},
		"no token":          {write(200, "application/json", `{"token_type":"Bearer"}`), 1, "no usable access_token"},
		"token with spaces": {write(200, "application/json", `{"access_token":"a b"}`), 1, "no usable access_token"},
		"line in a token":   {write(200, "application/json", `{"access_token":"a\nb"}`), 1, "no usable access_token"},
		"not a bearer":      {write(200, "application/json", `{"access_token":"a","token_type":"mac"}`), 1, "not a bearer token"},
		"too large":         {write(200, "application/json", strings.Repeat(" ", maxAnswer+1)), 1, "larger than 1 MiB"},
		"echo":              {write(400, "application/json", `{"error":"invalid_request","error_description":"bad `+sentSecret+`"}`), 1, "bad [redacted]"},
		"long words":        {write(400, "application/json", `{"error":"x","error_description":"`+strings.Repeat("é", 500)+`"}`), 1, "…"},
	} {
		t.Run(name, func(t *testing.T) {
			server := authtest.New(t)
			server.SetFault(func(w http.ResponseWriter, r *http.Request, _ int) bool { c.answer(w, r); return true })
			_, err := refresh(t.Context(), client(t, server), server.URL+"/oauth/v2/token")
			if err == nil || !strings.Contains(err.Error(), c.text) {
				t.Fatalf("error = %v, want %q", err, c.text)
			}
			if strings.Contains(err.Error(), sentSecret) || len(err.Error()) > 500 {
				t.Errorf("error shows what was sent, or is long: %v", err)
			}
			if got := server.Requests("/oauth/v2/token"); got != c.requests {
				t.Errorf("%d requests, want %d", got, c.requests)
			}
		})
	}
}

func TestRecoversFromAFault(t *testing.T) {
	server := authtest.New(t)
	token := server.NewRefreshToken()
	server.SetFault(func(w http.ResponseWriter, _ *http.Request, n int) bool {
		if n < 3 {
			w.WriteHeader(http.StatusBadGateway)
		}
		return n < 3
	})
	grant, err := client(t, server).RequestToken(t.Context(), server.URL+"/oauth/v2/token", Fixed(url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {authtest.ClientID},
	}))
	if err != nil || grant.Access.Access.Empty() || grant.Refresh.Empty() {
		t.Fatalf("RequestToken = %+v, %v", grant, err)
	}
	if life := grant.Access.Expires.Sub(grant.Access.Issued); life != time.Hour {
		t.Errorf("life = %v, want 1h", life)
	}
}

func TestNoCredentialFollowsARedirect(t *testing.T) {
	evil := authtest.New(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := authtest.New(t)
		server.SetFault(func(w http.ResponseWriter, r *http.Request, _ int) bool {
			http.Redirect(w, r, evil.URL+"/oauth/v2/token", status)
			return true
		})
		_, err := refresh(t.Context(), client(t, server), server.URL+"/oauth/v2/token")
		if err == nil || !strings.Contains(err.Error(), "a redirect to 127.0.0.1") {
			t.Errorf("%d: error = %v", status, err)
		}
	}
	if n := evil.Requests("/oauth/v2/token"); n > 0 {
		t.Errorf("%d requests followed the redirect", n)
	}
}

func TestDeadlineEndsSlowAnswers(t *testing.T) {
	server := authtest.New(t)
	server.SetFault(func(w http.ResponseWriter, r *http.Request, _ int) bool {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		return true
	})
	because := errors.New("gave up")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, because)
	defer cancel()
	if _, err := refresh(ctx, client(t, server), server.URL+"/oauth/v2/token"); !errors.Is(err, because) {
		t.Errorf("error = %v, want %v", err, because)
	}
}

func TestUntrustedCertificateIsNotRetried(t *testing.T) {
	server := authtest.New(t)
	c, err := NewClient("", "test")
	if err != nil {
		t.Fatal(err)
	}
	slept := 0
	c.Sleep = func(context.Context, time.Duration) error { slept++; return nil }
	if _, err := refresh(t.Context(), c, server.URL+"/oauth/v2/token"); err == nil || !strings.Contains(err.Error(), "certificate") || slept > 0 {
		t.Errorf("error = %v after %d pauses, want a certificate's at once", err, slept)
	}
}

func TestPlainHTTPIsNeverAsked(t *testing.T) {
	server := authtest.New(t)
	plain := strings.Replace(server.URL, "https://", "http://", 1) + "/oauth/v2/token"
	if _, err := refresh(t.Context(), client(t, server), plain); err == nil || server.Requests("/oauth/v2/token") > 0 {
		t.Errorf("plain http: %v", err)
	}
}

// login returns the ID token of a login with a nonce.
func login(t *testing.T, c *Client, server *authtest.Server) secret.Text {
	t.Helper()
	grant, err := deviceGrant(t, c, server)
	if err != nil {
		t.Fatal(err)
	}
	return grant.ID
}

func TestIdentify(t *testing.T) {
	server := authtest.New(t)
	c := client(t, server)
	e := discovered(t, c, server)
	who, err := c.Identify(t.Context(), e, authtest.ClientID, "", login(t, c, server))
	if err != nil || who.Subject != "user-1" || who.Email != "jane@example.com" {
		t.Fatalf("Identify = %+v, %v", who, err)
	}
	// A project beside the client, as Zitadel has it.
	server.Spoil = func(m map[string]any) { m["aud"] = []string{authtest.ClientID, "project"} }
	if _, err := c.Identify(t.Context(), e, authtest.ClientID, "", login(t, c, server)); err != nil {
		t.Errorf("Identify of two audiences = %v", err)
	}
	for name, spoil := range map[string]func(map[string]any){
		"issuer":         func(m map[string]any) { m["iss"] = "https://evil.test" },
		"audience":       func(m map[string]any) { m["aud"] = "other" },
		"no audience":    func(m map[string]any) { delete(m, "aud") },
		"two audiences":  func(m map[string]any) { m["aud"], m["azp"] = []string{authtest.ClientID, "other"}, "other" },
		"azp":            func(m map[string]any) { m["azp"] = "other" },
		"expired":        func(m map[string]any) { m["exp"] = time.Now().Add(-time.Hour).Unix() },
		"from to-morrow": func(m map[string]any) { m["iat"] = time.Now().Add(24 * time.Hour).Unix() },
		"no expiry":      func(m map[string]any) { delete(m, "exp") },
		"no subject":     func(m map[string]any) { delete(m, "sub") },
		"nonce":          func(m map[string]any) { m["nonce"] = "of another login" },
	} {
		t.Run(name, func(t *testing.T) {
			server.Spoil = spoil
			if _, err := c.Identify(t.Context(), e, authtest.ClientID, "", login(t, c, server)); failure.CodeOf(err) != failure.Refused {
				t.Errorf("Identify = %v, want a refusal", err)
			}
		})
	}
	server.Spoil = nil
	other := authtest.New(t)
	for name, token := range map[string]string{
		"none":      "",
		"no JWT":    "x.y.z",
		"unsigned":  "eyJhbGciOiJub25lIn0.e30.",
		"symmetric": "eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
		"stranger":  login(t, client(t, other), other).Reveal(),
		"altered":   login(t, c, server).Reveal() + "x",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.Identify(t.Context(), e, authtest.ClientID, "", secret.New(token)); failure.CodeOf(err) != failure.Refused {
				t.Errorf("Identify = %v, want a refusal", err)
			}
		})
	}
}
