package main

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// watch collects secrets as they cross the wire, and looks for them where they
// must not be.
type watch struct {
	mu      sync.Mutex
	secrets map[string]bool
}

// learn takes down what is secret in a text of JSON or a form.
func (w *watch) learn(values ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, v := range values {
		if len(v) >= 8 {
			w.secrets[v] = true
		}
	}
}

// in returns a secret that the text holds, shortened; empty without one.
func (w *watch) in(text string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for s := range w.secrets {
		if strings.Contains(text, s) {
			return s[:6] + "…"
		}
	}
	return ""
}

// listen makes the provider tell the watch all that it is sent and answers. It
// returns the fault that does so, for others to call.
func (b *bed) listen(w *watch) authtest.Fault {
	fault := func(rw http.ResponseWriter, r *http.Request, _ int) bool {
		if r.Method == http.MethodPost && r.ParseForm() == nil {
			for _, name := range []string{"refresh_token", "assertion", "code", "device_code", "code_verifier", "token"} {
				w.learn(r.PostForm.Get(name))
			}
			b.server.ApproveDevices()
			b.lookAtProcesses(w)
		}
		return false
	}
	b.server.SetFault(fault)
	return fault
}

// lookAtProcesses looks through the command lines of all processes, at a moment
// when a login or renewal is under way.
func (b *bed) lookAtProcesses(w *watch) {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range lines {
		if line, err := os.ReadFile(path); err == nil {
			if found := w.in(string(line)); found != "" {
				b.t.Errorf("a secret (%s) is in a command line", found)
			}
		}
	}
}

// learnStore takes down what the store keeps, and checks that it is closed.
func (b *bed) learnStore(w *watch) {
	b.t.Helper()
	err := filepath.WalkDir(b.home.Dir(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			b.t.Errorf("%s has mode %v", path, info.Mode())
		}
		if entry.Name() == "sealed.json" {
			if content, err := os.ReadFile(path); err != nil || w.in(string(content)) != "" {
				b.t.Errorf("the encrypted file shows a secret, or cannot be read: %v", err)
			}
		}
		var kept map[string]any
		if content, err := os.ReadFile(path); err == nil && json.Unmarshal(content, &kept) == nil {
			for _, name := range []string{"accessToken", "secret"} {
				if text, is := kept[name].(string); is {
					w.learn(text)
				}
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// TestNothingLeaks goes through a life of sessions, and looks for every secret
// of it in all that is printed, in command lines, and in files that others
// could read.
func TestNothingLeaks(t *testing.T) {
	b := newBed(t)
	w := &watch{secrets: map[string]bool{}}
	fault := b.listen(w)
	account := b.server.KeyFile(t, apiHost)
	var key struct {
		PrivateKey string `json:"private_key"`
	}
	if err := json.Unmarshal([]byte(account), &key); err != nil {
		t.Fatal(err)
	}
	w.learn(strings.Split(key.PrivateKey, "\n")[1:3]...)
	keyFile := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(keyFile, []byte(account), 0o600); err != nil {
		t.Fatal(err)
	}
	check := func(r run, args ...string) {
		t.Helper()
		b.learnStore(w)
		said := r.said
		if args[0] != "get-token" {
			said += r.out
		}
		if found := w.in(said); found != "" {
			t.Errorf("%v prints a secret (%s)", args, found)
		}
	}
	do := func(args ...string) {
		t.Helper()
		env := []string{"KUBECONFIG=" + filepath.Join(b.home.Dir(), "..", "config"), sealed.Variable + "=" + passphrase}
		if args[0] == "get-token" { // first as a Kubernetes client, which may run nothing else
			check(b.run(append(env, question(apiHost)), args...), args...)
		}
		check(b.run(env, args...), args...)
	}
	do(append(b.loginArgs(), "--storage", "file", "--name", "jane")...)
	do("login", "--credentials", keyFile, "--ca-file", b.server.CAFile, "--name", "robot", "--keep-key", "--storage", "file")
	w.learn(passphrase)
	do(append(b.loginArgs(), "--storage", "encrypted-file", "--name", "sealed")...)
	for _, name := range []string{"jane", "robot", "sealed"} {
		if err := b.home.Session(name).SaveToken(expired()); err != nil {
			t.Fatal(err)
		}
		do("get-token", "--session", name)
		do("status", "--session", name)
		do("update-kubeconfig", "--project", "p-"+name, "--session", name)
	}
	for _, args := range [][]string{
		{"sessions", "-o", "json"},
		{"whoami"},
		{"doctor"},
		{"doctor", "-o", "json"},
		{"kubeconfig", "--project", "p", "--stdout"},
		{"kubeconfig", "--project", "p", "--credentials", keyFile},
		{"convert-kubeconfig"},
		{"version", "-o", "json"},
	} {
		do(args...)
	}
	// An auth host that sends back what it was sent.
	b.server.SetFault(func(rw http.ResponseWriter, r *http.Request, n int) bool {
		fault(rw, r, n)
		rw.WriteHeader(http.StatusBadRequest)
		text, _ := json.Marshal(map[string]string{"error": "invalid_request", "error_description": r.PostForm.Encode() + " " + strings.Join(r.PostForm["refresh_token"], "") + strings.Join(r.PostForm["assertion"], "")})
		_, _ = rw.Write(text)
		return true
	})
	for _, name := range []string{"jane", "robot", "sealed"} {
		if err := b.home.Session(name).SaveToken(expired()); err != nil {
			t.Fatal(err)
		}
		do("get-token", "--session", name)
		do("status", "--session", name)
	}
	do("doctor")
	do("logout", "--session", "jane")
	do("logout", "--all", "--local")
	if len(w.secrets) < 8 {
		t.Errorf("only %d secrets were watched", len(w.secrets))
	}
	for s := range w.secrets {
		if s == expired().Access.Reveal() {
			delete(w.secrets, s)
		}
	}
	if text, err := os.ReadFile(filepath.Join(b.home.Dir(), "..", "config")); err != nil || w.in(string(text)) != "" {
		t.Errorf("the kubeconfig holds a secret, or is not there: %v", err)
	}
}

// TestTheWatchSees makes sure that the test above can fail.
func TestTheWatchSees(t *testing.T) {
	w := &watch{secrets: map[string]bool{}}
	w.learn("a-secret-text", "short")
	if w.in("with a-secret-text in it") == "" || w.in("short") != "" {
		t.Error("the watch is blind, or sees what is not there")
	}
	b := newBed(t)
	b.session("s", fresh())
	b.learnStore(w)
	if w.in("x"+secret.New("a-fresh-token").Reveal()) == "" {
		t.Error("the watch does not know what the store keeps")
	}
}
