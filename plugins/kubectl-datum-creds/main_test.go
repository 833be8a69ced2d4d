package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// plugin is the path of the program that the tests start, count and kill.
var plugin string

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == clientRole {
		client(os.Args[2:])
	}
	os.Exit(withPlugin(m))
}

// withPlugin builds the plugin as its users get it, and runs the tests.
func withPlugin(m *testing.M) int {
	dir, err := os.MkdirTemp("", "datum-creds-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	plugin = filepath.Join(dir, "kubectl-datum_creds")
	build := exec.Command("go", "build", "-trimpath", "-o", plugin, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, said)
		return 1
	}
	return m.Run()
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
	return &bed{t: t, home: home, server: authtest.New(t), env: []string{
		store.Variable + "=" + home.Dir(), "PATH=" + os.Getenv("PATH"),
	}}
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

// command prepares a run with the bed's environment and some more. What clients
// run is run by one.
func (b *bed) command(env []string, args ...string) *exec.Cmd {
	all := slices.Concat(b.env, env)
	if forClient(args) {
		return byClient(all, nil, args...)
	}
	cmd := exec.Command(plugin, args...)
	cmd.Env = all
	return cmd
}

// run runs the plugin to its end. Without a question in env, get-token is asked
// by a client that wants a token for the API server of the bed.
func (b *bed) run(env []string, args ...string) run {
	b.t.Helper()
	asked := func(pair string) bool { return strings.HasPrefix(pair, execcred.Variable+"=") }
	if len(args) > 0 && args[0] == "get-token" && !slices.Contains(args, "-o") && !slices.ContainsFunc(env, asked) {
		env = append(slices.Clone(env), question(apiHost))
	}
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

// token returns the token of an ExecCredential or of -o json, empty if there is
// none.
func (r run) token() string {
	var wire struct {
		Token  string
		Status struct{ Token string }
	}
	if json.Unmarshal([]byte(r.out), &wire) != nil {
		return ""
	}
	return wire.Token + wire.Status.Token
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
