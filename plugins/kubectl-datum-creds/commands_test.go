package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// fresh is a token of one more hour.
func fresh() store.Token {
	return store.Token{Access: secret.New("a-fresh-token"), Issued: time.Now(), Expires: time.Now().Add(time.Hour)}
}

// login signs a user in with a device code that is approved at once.
func (b *bed) login(args ...string) run {
	b.t.Helper()
	b.server.SetFault(func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path == "/oauth/v2/token" {
			b.server.ApproveDevices()
		}
		return false
	})
	return b.run(nil, append(b.loginArgs(), args...)...)
}

func (b *bed) loginArgs() []string {
	return []string{"login", "--device", "--hostname", b.server.URL, "--api-hostname", apiHost, "--client-id", authtest.ClientID, "--ca-file", b.server.CAFile}
}

func TestLoginToLogout(t *testing.T) {
	b := newBed(t)
	if r := b.login("--storage", "file"); r.code != 0 || r.out != "" || !contains(r.said, "ABCD-EFGH") {
		t.Fatalf("login: %+v", r)
	}
	const name = "jane@example.com@api.datum.test"
	if r := b.run(nil, "sessions", "-o", "name"); r.out != name+"\n" {
		t.Errorf("sessions: %+v", r)
	}
	if r := b.run(nil, "whoami"); r.out != "jane@example.com\n" {
		t.Errorf("whoami: %+v", r)
	}
	if r := b.run(nil, "status"); r.code != 0 || !contains(r.out, "fresh, for 59m") && !contains(r.out, "fresh, for 1h") {
		t.Errorf("status: %+v", r)
	}
	if r := b.run(nil, "auth", "get-token", "--session", name); r.code != 0 || strings.Count(r.out, ".") != 2 || strings.HasSuffix(r.out, "\n") {
		t.Errorf("auth get-token: %+v", r)
	}
	if r := b.run(nil, "logout"); r.code != 0 {
		t.Errorf("logout: %+v", r)
	}
	if got := strings.Join(b.server.Revoked(), " "); got != "refresh_token access_token" {
		t.Errorf("revoked: %s", got)
	}
	b.run(nil, "get-token").wantFailure(t, 6, "not signed in", "kubectl datum-creds login")
	b.run([]string{question(apiHost)}, "get-token", "--session", name).wantFailure(t, 6, "there is no session", "--name '"+name+"'")
}

func TestLoginWithoutAKeyringKeepsNothing(t *testing.T) {
	b := newBed(t)
	r := b.login()
	r.wantFailure(t, 5, "no keyring that works", "--storage file")
	if b.server.Requests("/oauth/v2/device_authorization") > 0 {
		t.Error("the user signed in for nothing")
	}
	if _, err := os.Stat(b.home.Dir()); err == nil {
		t.Error("something is kept")
	}
}

func TestLogoutKeepsWhatItCannotRevoke(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	b.server.SetFault(func(w http.ResponseWriter, r *http.Request, _ int) bool {
		w.WriteHeader(http.StatusForbidden)
		return true
	})
	b.run(nil, "logout").wantFailure(t, 4, "still valid", "--local")
	if r := b.run(nil, "logout", "--local", "--all"); r.code != 0 || !contains(r.said, "stay valid at the auth host") {
		t.Errorf("logout --local: %+v", r)
	}
	if r := b.run(nil, "sessions"); r.out != "" {
		t.Errorf("sessions: %+v", r)
	}
}

// A server that revokes refresh tokens only has ended the session all the same.
func TestLogoutEndsWithTheRefreshToken(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	b.server.SetFault(func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path != "/oauth/v2/revoke" || r.PostFormValue("token_type_hint") != "access_token" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error": "invalid_request", "error_description": "JWTs cannot be revoked"}`)
		return true
	})
	if r := b.run(nil, "logout"); r.code != 0 || !contains(r.said, "refresh token is revoked") {
		t.Errorf("logout: %+v", r)
	}
	if r := b.run(nil, "sessions"); r.out != "" {
		t.Errorf("sessions: %+v", r)
	}
}

func TestAnEndedSessionNeedsALogin(t *testing.T) {
	b := newBed(t)
	place := b.session("s", expired())
	if err := place.SaveSecret(secret.New("revoked-refresh-token")); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second is answered from memory
		r := b.run([]string{question(apiHost)}, "get-token")
		r.wantFailure(t, 6, "session s has ended", "hint: kubectl datum-creds login --name 's'")
		if contains(r.said, "revoked-refresh-token") {
			t.Error("the refresh token is shown")
		}
	}
	if n := b.server.Requests("/oauth/v2/token"); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestATokenIsNotGivenToOtherServers(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	b.run([]string{question("https://evil.test")}, "get-token").wantFailure(t, 5, "evil.test is not of this session", "kubectl datum-creds trust")
	noInfo := execcred.Variable + `={"kind":"ExecCredential","apiVersion":"` + execcred.V1 + `","spec":{"interactive":false}}`
	b.run([]string{noInfo}, "get-token").wantFailure(t, 5, "does not tell which server", "--without-cluster-info")
	b.run([]string{noInfo}, "get-token", "-o", "token").wantFailure(t, 5)
	if r := b.run(nil, "trust", "--without-cluster-info"); r.code != 0 {
		t.Fatalf("trust: %+v", r)
	}
	if r := b.run(nil, "trust", "https://evil.test"); r.code != 0 {
		t.Fatalf("trust: %+v", r)
	}
	for _, info := range []string{noInfo, question("https://evil.test/x")} {
		if r := b.run([]string{info}, "get-token"); r.token() != "a-fresh-token" {
			t.Errorf("after trust: %+v", r)
		}
	}
	if r := b.run(nil, "trust", "https://evil.test", "--remove"); r.code != 0 {
		t.Fatalf("trust --remove: %+v", r)
	}
	b.run([]string{question("https://evil.test/y")}, "get-token").wantFailure(t, 5)
}

func TestTheSameProcessAskingAgainGetsANewToken(t *testing.T) {
	b := newBed(t)
	old := fresh()
	old.Issued = old.Issued.Add(-10 * time.Minute)
	b.session("s", old)
	r := finish(t, byClient(append(b.env, timesVariable+"=3"), []string{question(apiHost)}, "get-token"))
	answers := strings.SplitAfter(r.out, "\n")
	if r.code != 0 || len(answers) != 4 {
		t.Fatalf("%+v", r)
	}
	first, second, third := run{out: answers[0]}.token(), run{out: answers[1]}.token(), run{out: answers[2]}.token()
	if first != "a-fresh-token" || second == first || second == "" {
		t.Errorf("first %s, second %s: want a renewed token", first, second)
	}
	if third != second { // too young to be renewed again
		t.Errorf("third: %s", third)
	}
	if n := b.server.Requests("/oauth/v2/token"); n != 1 {
		t.Errorf("%d renewals", n)
	}
}

func TestServiceAccountLogin(t *testing.T) {
	b := newBed(t)
	key := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(key, []byte(b.server.KeyFile(t, apiHost)), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := b.run(nil, "login", "--credentials", key, "--ca-file", b.server.CAFile, "--name", "robot"); r.code != 0 {
		t.Fatalf("login: %+v", r)
	}
	if r := b.run([]string{question(apiHost)}, "get-token", "--session", "robot"); r.code != 0 || r.token() == "" {
		t.Errorf("get-token: %+v", r)
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	b.run(nil, "login", "--credentials", key, "--ca-file", b.server.CAFile).wantFailure(t, 5, "lets others in", "chmod 600")
	b.run(nil, "whoami", "--credentials", key).wantFailure(t, 5)
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	b.run(nil, "login", "--credentials", key, "--api-hostname", "evil.test", "--ca-file", b.server.CAFile).wantFailure(t, 5, "api_endpoint")
	// Another account's key in the file's place is not taken for it.
	other := authtest.New(t)
	if err := os.WriteFile(key, []byte(other.KeyFile(t, apiHost)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.home.Session("robot").SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	b.run([]string{question(apiHost)}, "get-token", "--session", "robot").wantFailure(t, 2, "key of another account")
}

func TestKeyFromStandardInput(t *testing.T) {
	b := newBed(t)
	content := b.server.KeyFile(t, apiHost)
	stdin := func(args ...string) run {
		cmd := b.command([]string{"SSL_CERT_FILE=" + b.server.CAFile}, args...)
		cmd.Stdin = strings.NewReader(content)
		return finish(t, cmd)
	}
	if r := stdin("get-token", "--credentials", "-", "-o", "json"); r.code != 0 || !json.Valid([]byte(r.out)) || !contains(r.out, `"server": "`+apiHost+`"`) {
		t.Errorf("get-token: %+v", r)
	}
	stdin("login", "--credentials", "-").wantFailure(t, 2, "standard input", "--keep-key")
	if r := stdin("login", "--credentials", "-", "--keep-key", "--storage", "file", "--ca-file", b.server.CAFile, "--name", "kept"); r.code != 0 {
		t.Errorf("login: %+v", r)
	}
	if err := b.home.Session("kept").SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	if r := b.run([]string{question(apiHost)}, "get-token", "--session", "kept"); r.code != 0 || r.token() == "" {
		t.Errorf("get-token of the kept key: %+v", r)
	}
}

func TestNoHomeMeansMemoryOnly(t *testing.T) {
	b := newBed(t)
	b.env = []string{"SSL_CERT_FILE=" + b.server.CAFile, "DATUM_SA_CREDENTIALS=" + b.server.KeyFile(t, apiHost)}
	if r := b.run(nil, "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("get-token: %+v", r)
	}
	b.env = []string{}
	b.run(nil, "get-token").wantFailure(t, 6, "no place to keep sessions", "HOME")
}

func TestClockOff(t *testing.T) {
	b := newBed(t)
	ahead := 10 * time.Minute
	b.server.Now = func() time.Time { return time.Now().Add(ahead) }
	b.server.SetFault(func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
		return false
	})
	r := b.run([]string{"SSL_CERT_FILE=" + b.server.CAFile, "DATUM_CREDENTIALS=" + b.server.KeyFile(t, apiHost)}, "get-token")
	if r.code != 0 || r.token() == "" || !contains(r.said, "clock is off by") {
		t.Errorf("get-token: %+v", r)
	}
}

func TestWrongUse(t *testing.T) {
	b := newBed(t)
	for _, args := range [][]string{
		{"get-token", "-o", "yaml"},
		{"get-token", "--session", "a", "--credentials", "b"},
		{"no-such"},
		{"renew-session", "--session", "s"},
		{"trust"},
		{"status", "-o", "x"},
		{"login", "--browser", "--device"},
		{"login", "--hostname", "http://a.test"},
	} {
		b.session("s", fresh())
		if r := b.run(nil, args...); r.code != 2 || r.out != "" {
			t.Errorf("%v: exit code %d, want 2\n%s%s", args, r.code, r.out, r.said)
		}
	}
	b.run([]string{execcred.Variable + "=private-words"}, "get-token").wantFailure(t, 2, "holds no ExecCredential")
}

// A kubeconfig can set variables for its helper: it must not say whose
// certificates are trusted, or it could listen to what the auth host is told.
func TestAKubeconfigDoesNotChooseCertificates(t *testing.T) {
	b := newBed(t)
	certificates := "SSL_CERT_FILE=" + b.server.CAFile
	added := func() []string {
		return []string{question(apiHost), "DATUM_CREDENTIALS=" + b.server.KeyFile(t, apiHost)}
	}
	finish(t, byClient(b.env, append(added(), certificates), "get-token")).wantFailure(t, 4, "certificate")
	if r := finish(t, byClient(append(b.env, certificates), added(), "get-token")); r.code != 0 {
		t.Errorf("certificates of the client: %+v", r)
	}
}
