package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// unclear are answers to a refresh token that do not say that it has ended.
func unclear() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"empty 400":           says(400, "", ""),
		"empty 401":           says(401, "", ""),
		"web page, 400":       says(400, "text/html", "<html>sign in to the proxy</html>"),
		"web page, 401":       says(401, "text/html", "<html>sign in to the proxy</html>"),
		"unknown JSON":        says(400, "application/json", `{"message":"invalid_grant"}`),
		"JSON of other shape": says(401, "application/json", `{"error":{"code":"invalid_grant"}}`),
		"another code":        says(400, "application/json", `{"error":"invalid_request"}`),
	}
}

// TestAnUnclearAnswerEndsNoSession: it is a failure to ask, and forgotten after
// five seconds, when the session works again.
func TestAnUnclearAnswerEndsNoSession(t *testing.T) {
	for name, answer := range unclear() {
		t.Run(name, func(t *testing.T) {
			b := newBed(t)
			place := b.session("s", expired())
			b.on("/oauth/v2/token", answer)
			b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 4, "session s: renew", "hint: kubectl datum-creds doctor")
			b.server.SetFault(nil)
			// As six seconds later.
			f := place.Failure()
			f.Time = f.Time.Add(-6 * time.Second)
			if err := place.SaveFailure(f); err != nil {
				t.Fatal(err)
			}
			if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() == "" {
				t.Errorf("afterwards: %+v", r)
			}
		})
	}
}

// TestAClearAnswerEndsASession, whatever its status, and is remembered.
func TestAClearAnswerEndsASession(t *testing.T) {
	for _, code := range []string{"invalid_grant", "login_required", "interaction_required", "consent_required", "account_selection_required"} {
		t.Run(code, func(t *testing.T) {
			b := newBed(t)
			place := b.session("s", expired())
			b.on("/oauth/v2/token", says(400, "application/json", `{"error":"`+code+`"}`))
			b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 6, "session s has ended", code, "hint: kubectl datum-creds login --name 's'")
			f := place.Failure()
			f.Time = f.Time.Add(-30 * time.Second)
			if err := place.SaveFailure(f); err != nil {
				t.Fatal(err)
			}
			b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 6, "session s has ended")
			if n := b.server.Requests("/oauth/v2/token"); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// TestAnUnclearAnswerRejectsNoKey: the key may be good.
func TestAnUnclearAnswerRejectsNoKey(t *testing.T) {
	b := newBed(t)
	key := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(key, []byte(b.server.KeyFile(t, apiHost)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, answer := range unclear() {
		t.Run(name, func(t *testing.T) {
			b.on("/oauth/v2/token", answer)
			r := b.run(nil, "login", "--credentials", key, "--ca-file", b.server.CAFile)
			r.wantFailure(t, 4, "robot@default.p1.iam.datum.test", "hint: kubectl datum-creds doctor")
		})
	}
}

// TestDoctorExplainsAnEmptyRefusal: some servers answer a used or ended refresh
// token so.
func TestDoctorExplainsAnEmptyRefusal(t *testing.T) {
	b := newBed(t)
	place := b.session("s", expired())
	b.on("/oauth/v2/token", says(400, "", ""))
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 4, "the answer is empty")
	if f := place.Failure(); f.Code != failure.Unable || !f.Unexplained {
		t.Errorf("remembered: %+v", f)
	}
	const words = "The server gives no reason. Some servers answer so when the refresh token was used before or has ended"
	if r := b.run(nil, "doctor"); !contains(r.out, words) || !contains(r.out, "sign in again: kubectl datum-creds login --name 's'") {
		t.Errorf("doctor: %+v", r)
	}
	// A web page is something else.
	if err := place.SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	b.on("/oauth/v2/token", says(400, "text/html", "<html>"))
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 4, "a web page")
	if r := b.run(nil, "doctor"); contains(r.out, words) || !contains(r.out, "the last renewal failed") {
		t.Errorf("doctor: %+v", r)
	}
}

// TestATokenEndpointThatMoved is followed on its own host only: no refresh token
// is sent to another one, and the user is told what to do.
func TestATokenEndpointThatMoved(t *testing.T) {
	b, other := newBed(t), authtest.New(t)
	old := func(s *session.Session) { s.TokenURL = b.server.URL + "/oauth/v1/token" }
	place := b.session("s", expired())
	b.edit(place, old)
	if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() == "" {
		t.Fatalf("on its host: %+v", r)
	}
	place = b.session("s", expired())
	b.edit(place, old)
	b.server.Endpoints = func(all map[string]any) { all["token_endpoint"] = other.URL + "/oauth/v2/token" }
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 6, "session s: the auth host ", "moved its token endpoint", "login --name 's'")
	if n := other.Connections(); n > 0 {
		t.Errorf("%d connections to the other host", n)
	}
	if r := b.run(nil, "doctor"); !contains(r.out, "its token endpoint is now "+other.URL) || !contains(r.out, "fix: kubectl datum-creds login --name 's'") {
		t.Errorf("doctor: %+v", r)
	}
}
