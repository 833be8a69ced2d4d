package main

import (
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
)

// processes is how many ask at once.
const processes = 200

// together runs the plugin many times at once.
func (b *bed) together(n int, env []string, args ...string) []run {
	runs := make([]run, n)
	var all sync.WaitGroup
	for i := range runs {
		all.Go(func() { runs[i] = b.run(env, args...) })
	}
	all.Wait()
	return runs
}

// wantOneToken checks that all runs were answered, with the same token.
func wantOneToken(t *testing.T, runs []run) {
	t.Helper()
	tokens := map[string]int{}
	for _, r := range runs {
		if r.code != 0 {
			t.Fatalf("exit code %d: %s", r.code, r.said)
		}
		tokens[r.token()]++
	}
	if len(tokens) != 1 || tokens[""] > 0 {
		t.Errorf("%d different tokens", len(tokens))
	}
}

func TestManyProcessesRefreshOnce(t *testing.T) {
	b := newBed(t)
	place := b.session("s", expired())
	b.server.SetFault(func(http.ResponseWriter, *http.Request, int) bool { time.Sleep(200 * time.Millisecond); return false })
	wantOneToken(t, b.together(processes, []string{question(apiHost)}, "get-token", "--session", "s"))
	if n := b.server.Requests("/oauth/v2/token"); n != 1 {
		t.Errorf("%d refreshes", n)
	}
	// The session is alive: it can be renewed again.
	if err := place.SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("the session is lost: %d %s", r.code, r.said)
	}
}

func TestManyProcessesOfAServiceAccountMintOnce(t *testing.T) {
	b := newBed(t)
	key := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(key, []byte(b.server.KeyFile(t, apiHost)), 0o600); err != nil {
		t.Fatal(err)
	}
	// A person's questions: for a kubeconfig's, the variable with the
	// certificates would not count.
	env := []string{"SSL_CERT_FILE=" + b.server.CAFile, "DATUM_CREDENTIALS_FILE=" + key}
	wantOneToken(t, b.together(processes, env, "get-token"))
	if n := b.server.Requests("/oauth/v2/token"); n != 1 {
		t.Errorf("%d tokens minted", n)
	}
	// Once there is a token, kubeconfigs are answered with it too.
	if r := b.run(append(env, question(apiHost)), "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("exit code %d: %s", r.code, r.said)
	}
}

func TestAFailingServerIsAskedByOneOfMany(t *testing.T) {
	b := newBed(t)
	b.session("s", expired())
	b.server.SetFault(func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.WriteHeader(http.StatusNotImplemented)
		return true
	})
	for _, r := range b.together(20, []string{question(apiHost)}, "get-token") {
		r.wantFailure(t, 4, "session s", "501")
	}
	if n := b.server.Requests("/oauth/v2/token"); n > 5 {
		t.Errorf("%d requests: more than one process tried", n)
	}
}

func TestExpiredTokenIsReadByVersion(t *testing.T) {
	b := newBed(t)
	b.session("s", expired())
	old := execcred.Variable + `={"kind":"ExecCredential","apiVersion":"` + execcred.V1beta1 + `","spec":{"interactive":false,"cluster":{"server":"` + apiHost + `"}}}`
	for range 2 { // renewed, and fresh
		if r := b.run([]string{old}, "get-token", "--session", "s"); r.code != 0 || r.token() == "" || !contains(r.out, execcred.V1beta1) {
			t.Errorf("%d %s %s", r.code, r.out, r.said)
		}
	}
}

// TestASaveThatFailsStillAnswers lets the disk fail while the provider answers:
// by then the old refresh token is used up, and the answer is all there is.
func TestASaveThatFailsStillAnswers(t *testing.T) {
	b := newBed(t)
	place := b.session("s", expired())
	file := filepath.Join(place.Dir(), "secret.json")
	b.server.SetFault(func(http.ResponseWriter, *http.Request, int) bool {
		// A folder with something in it: not even root renames a file over that.
		for _, err := range []error{os.Remove(file), os.MkdirAll(filepath.Join(file, "in-the-way"), 0o700)} {
			if err != nil {
				t.Error(err)
			}
		}
		return false
	})
	r := b.run([]string{question(apiHost)}, "get-token")
	if r.code != 0 || r.token() == "" || !contains(r.said, "could not be saved") || !contains(r.said, "login --name 's'") {
		t.Errorf("%+v", r)
	}
}

// TestEndpointsThatMoved keeps a session alive whose issuer has moved its token
// endpoint since the login.
func TestEndpointsThatMoved(t *testing.T) {
	b := newBed(t)
	place := b.session("s", expired())
	s, err := place.Session()
	if err != nil {
		t.Fatal(err)
	}
	s.TokenURL = b.server.URL + "/oauth/v1/token"
	if err := place.SaveSession(s); err != nil {
		t.Fatal(err)
	}
	if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("%+v", r)
	}
	if s, err = place.Session(); err != nil || s.TokenURL != b.server.URL+"/oauth/v2/token" {
		t.Errorf("the new endpoint is not kept: %s, %v", s.TokenURL, err)
	}
}

// TestTheDeadlineHolds asks an auth host that takes the request and never
// answers.
func TestTheDeadlineHolds(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for the deadline, 25 s")
	}
	b := newBed(t)
	b.session("s", expired())
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	b.server.SetFault(func(http.ResponseWriter, *http.Request, int) bool { <-over; return true })
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 4, "session s: renew", "no answer within")
}
