package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func TestDoctorFindsNothingWrong(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	bin := filepath.Join(t.TempDir(), "bin")
	self, err := filepath.Abs(plugin)
	if err = errors.Join(err, os.Mkdir(bin, 0o700), os.Symlink(self, filepath.Join(bin, "kubectl-datum_creds"))); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "config")
	env := []string{"PATH=" + bin, "KUBECONFIG=" + config}
	if r := b.run(env, "update-kubeconfig", "--project", "p"); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	r := b.run(env, "doctor")
	if r.code != 0 || contains(r.out, "warning") || contains(r.out, "bad") {
		t.Errorf("%+v", r)
	}
	for _, part := range []string{"yours alone", "its secret is in the file", "its lock works", "certificate is trusted", "agrees with", "is session s", "every credential plugin"} {
		if !contains(r.out, part) {
			t.Errorf("no finding with %q:\n%s", part, r.out)
		}
	}
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	b := newBed(t)
	place := b.session("s", fresh())
	b.server.SetFault(func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		return false
	})
	dir := t.TempDir()
	config, kuberc := filepath.Join(dir, "config"), filepath.Join(dir, "kuberc")
	entry := "- name: %s\n  user: {exec: {apiVersion: v1, command: %c, args: [%a], provideClusterInfo: false}}\n"
	user := func(name, command, args string) string {
		return strings.NewReplacer("%s", name, "%c", command, "%a", args).Replace(entry)
	}
	users := "kind: Config\nusers:\n" + user("a", "kubectl-datum_creds", "get-token, --session, none") +
		user("b", "kubectl-datum_creds", "get-token, --session, s") + user("datum-user", "/x/datumctl", "auth, get-token")
	for _, err := range []error{
		os.WriteFile(config, []byte(users), 0o600), os.WriteFile(kuberc, []byte("credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: other}]\n"), 0o600),
		place.RemoveSecret(), place.SaveFailure(store.Failure{Time: time.Now(), Code: failure.Unable, Message: "it rained", Hint: "take an umbrella"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r := b.run([]string{"KUBECONFIG=" + config, "KUBERC=" + kuberc, "SSL_CERT_FILE=/x", "DATUM_CREDENTIALS=private-words"}, "doctor", "-o", "json")
	if r.code != 1 || !json.Valid([]byte(r.out)) || contains(r.out+r.said, "private-words") {
		t.Fatalf("%+v", r)
	}
	for _, part := range []string{
		"is not on PATH", "its secret is gone", "it rained", "take an umbrella", "clock is off by", "is not on the list",
		"user a: there is no session none", "user b does not tell its server", "user datum-user calls datumctl", "SSL_CERT_FILE", "no service account key",
	} {
		if !contains(r.out, part) {
			t.Errorf("no finding with %q:\n%s", part, r.out)
		}
	}
}

// TestDoctorFindsAnOpenHome: what is in it may be anybody's, and is not read.
func TestDoctorFindsAnOpenHome(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	if err := os.Chmod(b.home.Dir(), 0o755); err != nil {
		t.Fatal(err)
	}
	r := b.run(nil, "doctor")
	if r.code != 1 || !contains(r.out, "lets others in") || contains(r.out, "not signed in") {
		t.Errorf("%+v", r)
	}
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 5, "lets others in")
}
