package creds_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// TestKubectlShowsNoToken at its highest verbosity, with a token that is fresh
// and one that is renewed on the way.
func TestKubectlShowsNoToken(t *testing.T) {
	d := newDesk(t)
	d.device(t, "jane")
	d.creds(t, "update-kubeconfig", "--project", "one", "--session", "jane")
	for _, renewed := range []bool{false, true} {
		secrets := []string{d.refreshToken(t)}
		if renewed {
			d.expire(t)
		}
		said, err := d.kubectl(t, "-v=10", "auth", "whoami")
		if err != nil || !strings.Contains(said, "jane@example.com") || len(said) < 2000 {
			t.Fatalf("kubectl -v=10: %v\n%s", err, said)
		}
		for _, secret := range append(secrets, d.refreshToken(t), d.accessToken(t)) {
			if strings.Contains(said, secret) {
				t.Errorf("kubectl -v=10 shows a secret of %d bytes (renewed: %v)", len(secret), renewed)
			}
		}
	}
}

// accessToken is the token that the one session keeps.
func (d *desk) accessToken(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(d.tokenFiles(t)[0])
	var kept struct{ AccessToken string }
	if err == nil {
		err = json.Unmarshal(content, &kept)
	}
	if err != nil || kept.AccessToken == "" {
		t.Fatalf("no token: %v", err)
	}
	return kept.AccessToken
}

// TestKubectlSignsInAtATerminal: a session that the provider has ended, and an
// entry that may ask.
func TestKubectlSignsInAtATerminal(t *testing.T) {
	d := newDesk(t)
	script := testbed.Tool(t, "script")
	d.device(t, "jane")
	d.creds(t, "update-kubeconfig", "--project", "one", "--session", "jane", "--exec-interactive-mode", "IfAvailable")
	stolen := d.refreshToken(t)
	for _, want := range []string{"granted", "invalid_grant"} { // which ends the session
		if said := refresh(t, stolen); !strings.Contains(said, want) {
			t.Fatalf("refresh: %s", said)
		}
	}
	d.expire(t)
	// Without a terminal it fails as ever.
	if said, err := d.kubectl(t, "auth", "whoami"); err == nil || !strings.Contains(said, "login --name 'jane'") {
		t.Fatalf("kubectl without a terminal: %v\n%s", err, said)
	}
	cmd := exec.CommandContext(t.Context(), script, "-qec", filepath.Join(d.home, "bin", "kubectl")+" auth whoami", os.DevNull)
	cmd.Env = append([]string{"SHELL=/bin/sh"}, d.env...)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		said += line + "\n"
		if strings.HasPrefix(line, "https://") && strings.Contains(line, "user_code=") {
			if page, err := issuing.provider.Approve(issuing.certificate, line, ""); err != nil || page != "approved" {
				t.Errorf("enter the code: %v\n%s", err, page)
			}
		}
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(said, "Signed in: session jane.") || !strings.Contains(said, "jane@example.com") {
		t.Fatalf("kubectl at a terminal: %v\n%s", err, said)
	}
	if got := d.whoami(t, "datum-project-one"); got != "jane@example.com" {
		t.Errorf("afterwards: %s", got)
	}
}

// TestTheEncryptedFile at the provider that rotates: two renewals need the
// passphrase, and kubectl with a fresh token does not.
func TestTheEncryptedFile(t *testing.T) {
	d := newDesk(t)
	passphrase := filepath.Join(d.home, "passphrase")
	if err := os.WriteFile(passphrase, []byte("a passphrase of tests\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	without := d.env
	d.env = append([]string{"DATUM_CREDS_PASSPHRASE_FILE=" + passphrase}, without...)
	d.storage = "encrypted-file"
	d.device(t, "jane")
	d.creds(t, "update-kubeconfig", "--project", "one", "--session", "jane")
	for range 2 {
		d.expire(t)
		if got := d.whoami(t, "datum-project-one"); got != "jane@example.com" {
			t.Errorf("kubectl is %s", got)
		}
	}
	d.env = without
	if got := d.whoami(t, "datum-project-one"); got != "jane@example.com" {
		t.Errorf("kubectl with a fresh token is %s", got)
	}
	d.expire(t)
	if said, err := d.kubectl(t, "auth", "whoami"); err == nil || !strings.Contains(said, "set DATUM_CREDS_PASSPHRASE_FILE") {
		t.Errorf("kubectl without the passphrase: %v\n%s", err, said)
	}
	if left, _ := filepath.Glob(filepath.Join(d.home, ".local/state/datum-creds/sessions/*/secret.json")); len(left) > 0 {
		t.Errorf("a secret in the clear: %v", left)
	}
}
