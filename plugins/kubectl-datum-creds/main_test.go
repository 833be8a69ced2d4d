package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// asPlugin makes this test binary the plugin, main function and all, so that
// tests can start, count and kill it.
const asPlugin = "CREDS_TEST_AS_PLUGIN"

func TestMain(m *testing.M) {
	if os.Getenv(asPlugin) != "" {
		main() // which exits by itself unless all is well
		return
	}
	m.Run()
}

// bed is a home, and a provider that its sessions are of.
type bed struct {
	t      *testing.T
	home   store.Home
	server *authtest.Server
	env    []string
}

func newBed(t *testing.T) *bed {
	t.Helper()
	home := store.At(filepath.Join(t.TempDir(), "home"))
	return &bed{t: t, home: home, server: authtest.New(t), env: append(covered(t),
		asPlugin+"=1", store.Variable+"="+home.Dir(), "PATH="+os.Getenv("PATH"),
	)}
}

// covered returns the variable that names the folder for coverage data, if the
// test binary was built with -cover. Without it, a process of such a binary
// prints a warning among the plugin's own messages.
func covered(t *testing.T) []string {
	t.Helper()
	if testing.CoverMode() == "" {
		return nil
	}
	const variable = "GOCOVERDIR"
	return []string{variable + "=" + cmp.Or(os.Getenv(variable), t.TempDir())}
}

// apiHost is the API server that the sessions of the bed are for.
const apiHost = "https://api.datum.test"

// session signs a user in without a login.
func (b *bed) session(name string, token store.Token) store.Place {
	b.t.Helper()
	place := b.home.Session(name)
	s := session.Session{
		Name: name, Type: session.User, Issuer: b.server.URL, ClientID: authtest.ClientID, TokenURL: b.server.URL + "/oauth/v2/token",
		RevocationURL: b.server.URL + "/oauth/v2/revoke", CAFile: b.server.CAFile, Storage: session.File, API: apiHost,
		Trust: session.Trust{Servers: []session.Server{{Host: "api.datum.test"}}}, Email: "jane@example.com", Subject: "user-1",
	}
	for _, err := range []error{
		place.SaveSession(s), place.SaveSecret(secret.New(b.server.NewRefreshToken())), place.SaveToken(token), b.home.SetCurrent(name),
	} {
		if err != nil {
			b.t.Fatal(err)
		}
	}
	return place
}

// expired is a token that is to be renewed.
func expired() store.Token {
	return store.Token{Access: secret.New("an-old-token"), Issued: time.Now().Add(-2 * time.Hour), Expires: time.Now().Add(-time.Hour)}
}

// question is what a Kubernetes client asks with.
func question(server string) string {
	return execcred.Variable + `={"kind":"ExecCredential","apiVersion":"` + execcred.V1 + `","spec":{"interactive":false,"cluster":{"server":"` + server + `"}}}`
}

// run is one run of the plugin.
type run struct {
	out, said string
	code      int
}

// command prepares a run with the bed's environment and some more.
func (b *bed) command(env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(append([]string{}, b.env...), env...)
	return cmd
}

func (b *bed) run(env []string, args ...string) run {
	b.t.Helper()
	return finish(b.t, b.command(env, args...))
}

// watchdog kills a command that hangs: its exit code is then no code of ours.
func watchdog(cmd *exec.Cmd) *time.Timer {
	return time.AfterFunc(5*time.Minute, func() { _ = cmd.Process.Kill() })
}

func finish(t *testing.T, cmd *exec.Cmd) run {
	t.Helper()
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer watchdog(cmd).Stop()
	_ = cmd.Wait() // the exit code says it
	return run{out.String(), said.String(), cmd.ProcessState.ExitCode()}
}

// token returns the token of an ExecCredential, empty when it is none.
func (r run) token() string {
	var wire struct {
		Status struct{ Token string }
	}
	if json.Unmarshal([]byte(r.out), &wire) != nil {
		return ""
	}
	return wire.Status.Token
}

// waiting is what those are told that do not renew a session themselves.
var waiting = regexp.MustCompile(`(?m)^waiting for (another )?process.*\n`)

// wantFailure checks the exit code, that nothing is on standard output, and
// that the message holds the words and is of one line and a hint at most.
func (r run) wantFailure(t *testing.T, code int, words ...string) {
	t.Helper()
	if r.code != code || r.out != "" {
		t.Errorf("exit code %d with %d bytes of output, want %d and nothing\n%s", r.code, len(r.out), code, r.said)
	}
	for _, word := range words {
		if !strings.Contains(r.said, word) {
			t.Errorf("message lacks %q:\n%s", word, r.said)
		}
	}
	said := waiting.ReplaceAllString(r.said, "")
	if strings.Count(said, "\n") > 2 || !strings.HasPrefix(said, "error: ") {
		t.Errorf("message is not one error and one hint:\n%s", r.said)
	}
}
