package creds_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// inKeyring unlocks a keyring of its own on a message bus of its own, keeps a
// service account's key there, and uses it when there is no token.
const inKeyring = `
printf test | gnome-keyring-daemon --unlock --components=secrets >keyring.log 2>&1
until ` + hasKeyring + `; do sleep 0.1; done
kubectl-datum_creds login --credentials robot.json --ca-file "$CA" --name robot --keep-key &&
rm robot.json .local/state/datum-creds/sessions/*/token.json &&
kubectl-datum_creds doctor | grep 'secret is in the keyring' >&2 &&
kubectl-datum_creds auth get-token --session robot &&
kubectl-datum_creds logout &&
! kubectl-datum_creds whoami --session robot 2>/dev/null
`

// TestSecretServiceKeyring keeps a key in a real keyring, in several items.
func TestSecretServiceKeyring(t *testing.T) {
	d := newDesk(t)
	testbed.Tool(t, "gnome-keyring-daemon")
	bus := testbed.Tool(t, "dbus-run-session")
	if err := issuing.robot.WriteKeyFile(filepath.Join(d.home, "robot.json"), issuing.provider.Issuer, d.planes.URL); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), bus, "--", "sh", "-c", inKeyring)
	cmd.Dir = d.home
	cmd.Env = append([]string{"CA=" + issuing.certificate.CertFile}, d.env...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	// The message bus starts the keyring anew, which prints lines of its own.
	lines := strings.Split(string(out), "\n")
	token := lines[len(lines)-1]
	if err != nil || strings.Count(token, ".") != 2 {
		t.Fatalf("%v, and a token of %d bytes\n%s", err, len(token), said.String())
	}
	if strings.Contains(said.String(), "file below") {
		t.Errorf("the key went into a file:\n%s", said.String())
	}
	if left, _ := filepath.Glob(filepath.Join(d.home, ".local/state/datum-creds/sessions/*/*.json")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
