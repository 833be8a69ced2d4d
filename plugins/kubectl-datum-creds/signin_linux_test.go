package main

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// asClient is command for what clients run.
func (b *bed) asClient(env []string, args ...string) *exec.Cmd { return b.command(env, args...) }

// ask asks as a Kubernetes client at a terminal does, whose kubeconfig allows to
// ask the user.
func (b *bed) ask(args ...string) run {
	b.t.Helper()
	return newTerminal(b.t).finish(b.t, b.asClient([]string{interactive()}, append([]string{"get-token"}, args...)...))
}

// ended is a session whose refresh token is revoked.
func (b *bed) ended(name string) store.Place {
	b.t.Helper()
	place := b.session(name, expired())
	if err := place.SaveSecret(secret.New("revoked-refresh-token")); err != nil {
		b.t.Fatal(err)
	}
	return place
}

// interactive is the question of a Kubernetes client at a terminal, whose
// kubeconfig allows to ask.
func interactive() string {
	return strings.Replace(question(apiHost), `"interactive":false`, `"interactive":true`, 1)
}

func TestGetTokenSignsIn(t *testing.T) {
	b := newBed(t)
	place := b.ended("s")
	b.approve()
	// Where it may not ask, it fails as ever.
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 6, "session s has ended")
	if n := b.logins(); n != 0 {
		t.Fatalf("%d logins without leave", n)
	}
	r := b.ask("--session", "s")
	if r.code != 0 || r.token() == "" || !contains(r.said, "session s has ended") || !contains(r.said, "ABCD-EFGH") || !contains(r.said, "Signed in: session s.") {
		t.Fatalf("get-token: %+v", r)
	}
	// The session can be renewed again, without a question.
	if err := place.SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() == "" || r.said != "" {
		t.Errorf("afterwards: %+v", r)
	}
	if n := b.logins(); n != 1 {
		t.Errorf("%d logins", n)
	}
}

// waiter hears what a process says, and counts those that wait for another.
type waiter struct {
	said    bytes.Buffer
	counted bool
	waiting *atomic.Int32
}

// Write hears some more.
func (w *waiter) Write(p []byte) (int, error) {
	w.said.Write(p)
	if text := w.said.String(); !w.counted && contains(text, "waiting for process ") && contains(text, "where the user is asked to sign in") {
		w.counted = true
		w.waiting.Add(1)
	}
	return len(p), nil
}

// TestManyProcessesSignInOnce: the user is asked in one place, and the others
// say where. He signs in when most of them wait.
func TestManyProcessesSignInOnce(t *testing.T) {
	b := newBed(t)
	b.ended("s")
	var waiting atomic.Int32
	b.server.SetFault(func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path == "/oauth/v2/token" && waiting.Load() >= 15 {
			b.server.ApproveDevices()
		}
		return false
	})
	runs := make([]run, 20)
	var all sync.WaitGroup
	for i := range runs {
		all.Go(func() {
			cmd := b.asClient([]string{interactive()}, "get-token")
			screen := newTerminal(t)
			screen.heard = &waiter{waiting: &waiting}
			runs[i] = screen.finish(t, cmd)
		})
	}
	all.Wait()
	wantOneToken(t, runs)
	if n := b.logins(); n != 1 {
		t.Errorf("%d logins", n)
	}
}

func TestGetTokenSignsInNobodyElse(t *testing.T) {
	b := newBed(t)
	place := b.ended("s")
	before, err := place.Session()
	if err != nil {
		t.Fatal(err)
	}
	b.server.Spoil = func(claims map[string]any) { claims["sub"] = "user-2" }
	b.approve()
	r := b.ask()
	if r.code != 5 || r.out != "" || !contains(r.said, "is of user-1, and not user-2") || !contains(r.said, "login --name 's' --replace") {
		t.Errorf("get-token: %+v", r)
	}
	if after, err := place.Session(); err != nil || after.Subject != before.Subject {
		t.Errorf("the session is of %s, %v", after.Subject, err)
	}
	if got := strings.Join(b.server.Revoked(), " "); got != "refresh_token" {
		t.Errorf("revoked: %q; the stranger's login is to be ended", got)
	}
}

// TestADeniedLoginIsNotAskedForAgainAtOnce: kubectl runs a helper that fails
// several times over.
func TestADeniedLoginIsNotAskedForAgainAtOnce(t *testing.T) {
	b := newBed(t)
	b.ended("s")
	b.server.SetFault(func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path != "/oauth/v2/token" || r.PostFormValue("device_code") == "" {
			return false
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"access_denied"}`))
		return true
	})
	for range 4 {
		if r := b.ask(); r.code != 6 || r.out != "" || !contains(r.said, "access_denied") {
			t.Errorf("get-token: %+v", r)
		}
	}
	if n := b.logins(); n != 1 {
		t.Errorf("the user was asked %d times", n)
	}
}

// TestGetTokenAsksOnlyWhereItMay: not in a home that the kubeconfig may have
// named, and not for other types of session.
func TestGetTokenAsksOnlyWhereItMay(t *testing.T) {
	moved := newBed(t)
	moved.ended("s")
	for _, variable := range []string{"DATUM_CREDS_HOME=" + moved.home.Dir(), "HOME=/none", "XDG_STATE_HOME=/none"} {
		elsewhere := byClient(append(moved.env, "DATUM_CREDS_HOME=", "HOME=/other", interactive()), []string{variable}, "get-token", "--session", "s")
		if r := newTerminal(t).finish(t, elsewhere); r.code == 0 || r.out != "" {
			t.Errorf("%s: %+v", variable, r)
		}
	}
	if n := moved.logins(); n != 0 {
		t.Error("a moved home was signed in to")
	}
	b := newBed(t)
	place := b.ended("robot")
	s, err := place.Session()
	if err != nil {
		t.Fatal(err)
	}
	s.Type = session.Ambient
	s.Storage, s.CISource = session.None, "env:NO_SUCH"
	if err := place.SaveSession(s); err != nil {
		t.Fatal(err)
	}
	b.ask().wantFailure(t, 6)
}

// TestAClientStartsNoProgram: the kubeconfig would choose it. The user opens the
// address.
func TestAClientStartsNoProgram(t *testing.T) {
	b := newBed(t)
	b.ended("s")
	bin, ran := t.TempDir(), filepath.Join(t.TempDir(), "ran")
	if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte("#!/bin/sh\ntouch "+ran+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.endpoint("device_authorization_endpoint", nil) // so that it is the browser
	env := []string{interactive(), "DISPLAY=:0", "BROWSER=" + filepath.Join(bin, "xdg-open"), "PATH=" + bin}
	cmd := b.asClient(env, "get-token")
	said := &answering{browse: func(address string) { follow(t, address) }}
	screen := newTerminal(t)
	screen.heard = said
	if r := screen.finish(t, cmd); r.code != 0 || !contains(r.out, execcred.V1) {
		t.Errorf("get-token: %+v", r)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a program of the kubeconfig's was run")
	}
}
