package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
)

// says answers with a status, a type of content and a text.
func says(status int, kind, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}
}

// on makes the provider answer so at a path.
func (b *bed) on(path string, answer http.HandlerFunc) {
	b.server.SetFault(func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path != path {
			b.server.ApproveDevices()
			return false
		}
		answer(w, r)
		return true
	})
}

// TestFaultsOfARenewal: each has its exit code and its own words, which are not
// those of the deadline.
func TestFaultsOfARenewal(t *testing.T) {
	evil := authtest.New(t)
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		code   int
		says   string
	}{
		"busy":            {says(503, "text/plain", "busy"), 4, "answered 503"},
		"broken":          {says(500, "application/json", `{"error":"server_error"}`), 4, "server_error"},
		"reset":           {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 4, "EOF"},
		"empty refusal":   {says(400, "", ""), 4, "the answer is empty"},
		"ended":           {says(400, "application/json", `{"error":"invalid_grant"}`), 6, "session s has ended"},
		"a web page":      {says(403, "text/html", "<html>"), 4, "a web page"},
		"a web page, 200": {says(200, "text/html", "<html>"), 4, "a web page"},
		"no token":        {says(200, "application/json", `{}`), 4, "no usable access_token"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, evil.URL+"/oauth/v2/token", http.StatusTemporaryRedirect)
		}, 4, "a redirect to"},
		"client is unknown": {says(401, "application/json", `{"error":"invalid_client"}`), 4, "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t)
			b.session("s", expired())
			b.on("/oauth/v2/token", c.answer)
			r := b.run([]string{question(apiHost)}, "get-token")
			r.wantFailure(t, c.code, c.says, "session s")
			if contains(r.said, "no answer within") {
				t.Errorf("it ended by the deadline: %s", r.said)
			}
		})
	}
	if n := evil.Requests("/oauth/v2/token"); n > 0 {
		t.Errorf("%d requests followed a redirect", n)
	}
}

// TestAnAuthHostThatIsGone: neither the endpoint of the login nor the issuer's
// discovery is there.
func TestAnAuthHostThatIsGone(t *testing.T) {
	b := newBed(t)
	b.session("s", expired())
	b.server.SetFault(func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.WriteHeader(http.StatusNotFound)
		return true
	})
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 4, "session s", "404")
}

func TestASlowBodyEndsWithTheDeadline(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for the deadline, 25 s")
	}
	t.Parallel()
	b := newBed(t)
	b.session("s", expired())
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	b.on("/oauth/v2/token", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"access_token":`))
		_ = http.NewResponseController(w).Flush()
		<-over
	})
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 4, "session s: renew", "no answer within")
}

const discovery = "/.well-known/openid-configuration"

// TestFaultsOfALogin are those that a login meets.
func TestFaultsOfALogin(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*bed)
		code  int
		says  string
	}{
		"discovery is a web page":       {func(b *bed) { b.on(discovery, says(200, "text/html", "<html>")) }, 4, "a web page"},
		"discovery is gone":             {func(b *bed) { b.on(discovery, says(404, "", "")) }, 4, "answered 404"},
		"another issuer":                {func(b *bed) { b.endpoint("issuer", "https://evil.test") }, 5, "calls itself"},
		"plain http":                    {func(b *bed) { b.endpoint("token_endpoint", "http://auth.test/token") }, 5, "token_endpoint"},
		"an ID token of another issuer": {func(b *bed) { b.claim("iss", "https://evil.test") }, 5, "ID token"},
		"an ID token of long ago":       {func(b *bed) { b.claim("exp", time.Now().Add(-time.Hour).Unix()) }, 5, "ID token"},
		"an ID token of to-morrow":      {func(b *bed) { b.claim("iat", time.Now().Add(24*time.Hour).Unix()) }, 5, "ID token"},
		"an ID token of another client": {func(b *bed) { b.claim("aud", "other") }, 5, "ID token"},
		"no keys":                       {func(b *bed) { b.on("/oauth/v2/keys", says(500, "", "")) }, 4, "500"},
		"the code has expired":          {func(b *bed) { b.on("/oauth/v2/token", says(400, "application/json", `{"error":"expired_token"}`)) }, 4, "expired_token"},
		"the user says no":              {func(b *bed) { b.on("/oauth/v2/token", says(400, "application/json", `{"error":"access_denied"}`)) }, 6, "access_denied"},
		"the client may not": {func(b *bed) {
			b.on("/oauth/v2/device_authorization", says(401, "application/json", `{"error":"unauthorized_client"}`))
		}, 4, "--client-id"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t)
			c.spoil(b)
			r := b.run(nil, append(b.loginArgs(), "--storage", "file")...)
			if r.code != c.code || r.out != "" || !contains(r.said, c.says) {
				t.Errorf("login: %+v, want code %d and %q", r, c.code, c.says)
			}
			if all, err := b.home.Sessions(); err != nil || len(all) > 0 {
				t.Errorf("kept: %v, %v", all, err)
			}
		})
	}
}

// claim makes ID tokens say so; devices are approved.
func (b *bed) claim(name string, value any) {
	b.server.Spoil = func(claims map[string]any) { claims[name] = value }
	b.approve()
}

// endpoint makes discovery say so, or with nil not say so.
func (b *bed) endpoint(name string, value any) {
	b.server.Endpoints = func(all map[string]any) {
		all[name] = value
		if value == nil {
			delete(all, name)
		}
	}
	b.approve()
}

// TestAWrongNonce is that of another login, which only a browser's has.
func TestAWrongNonce(t *testing.T) {
	b := newBed(t)
	b.claim("nonce", "of another login")
	args := b.loginArgs()
	args[1] = "--browser"
	cmd := b.command([]string{"PATH=/none"}, append(args, "--storage", "file")...)
	said := &answering{browse: func(address string) { follow(t, address) }}
	cmd.Stderr = said
	if out, err := cmd.Output(); err == nil || cmd.ProcessState.ExitCode() != 5 || len(out) > 0 || !contains(said.text(), "nonce") {
		t.Errorf("login: %v\n%s", err, said.text())
	}
}
