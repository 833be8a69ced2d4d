package creds_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/oidc"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// device signs jane in with a code, which is entered as the plugin says.
func (d *desk) device(t *testing.T, name string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), d.plugin.Path, append(d.loginFlags(), "--device", "--name", name)...)
	cmd.Env = d.env
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		address := strings.TrimSpace(lines.Text())
		if !strings.HasPrefix(address, "https://") || !strings.Contains(address, "user_code=") {
			continue
		}
		if page, err := issuing.provider.Approve(issuing.certificate, address, ""); err != nil || page != "approved" {
			t.Errorf("enter the code: %v\n%s", err, page)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("login: %v", err)
	}
}

// robot signs the service account in.
func (d *desk) robot(t *testing.T, name string) {
	t.Helper()
	key := filepath.Join(d.home, "robot.json")
	if err := issuing.robot.WriteKeyFile(key, issuing.provider.Issuer, d.planes.URL); err != nil {
		t.Fatal(err)
	}
	d.creds(t, "login", "--credentials", key, "--ca-file", issuing.certificate.CertFile, "--name", name)
}

// TestTwoSessionsSideBySide is a day's work: two sessions, three control
// planes, and kubectl.
func TestTwoSessionsSideBySide(t *testing.T) {
	d := newDesk(t)
	d.device(t, "jane")
	d.robot(t, "robot")
	d.creds(t, "update-kubeconfig", "--project", "one", "--session", "jane")
	d.creds(t, "update-kubeconfig", "--project", "two", "--session", "robot", "--no-switch")
	d.creds(t, "update-kubeconfig", "--organization", "org", "--session", "jane", "--no-switch")
	for context, want := range map[string]string{
		"datum-project-one": "jane@example.com", "datum-project-two": "4711", "datum-organization-org": "jane@example.com",
	} {
		if got := d.whoami(t, context); got != want {
			t.Errorf("context %s is %s, want %s", context, got, want)
		}
	}
	// Another session in use, and a renewal, change nobody.
	d.creds(t, "use", "robot")
	d.expire(t)
	if got := d.whoami(t, "datum-project-one"); got != "jane@example.com" {
		t.Errorf("after use: %s", got)
	}
	d.atOnce(t, map[string]string{"datum-project-one": "jane@example.com", "datum-project-two": "4711"})
	for _, plane := range []string{projectOne, projectTwo, organization} {
		if d.planes.Seen(plane) == 0 {
			t.Errorf("nothing was asked of %s", plane)
		}
	}
	if said, err := d.kubectl(t, "get", "namespaces"); err == nil || !strings.Contains(said, `User "jane@example.com" cannot list`) {
		t.Errorf("kubectl get: %v\n%s", err, said)
	}
}

// atOnce lets kubectl use contexts of several sessions at the same time, while
// their tokens are renewed.
func (d *desk) atOnce(t *testing.T, contexts map[string]string) {
	t.Helper()
	d.expire(t)
	var all sync.WaitGroup
	for context, want := range contexts {
		for range 4 {
			all.Go(func() {
				said, err := d.kubectl(t, "--context", context, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}")
				if err != nil || !strings.HasSuffix(said, want) {
					t.Errorf("context %s, with the other at once: %v, %s", context, err, said)
				}
			})
		}
	}
	all.Wait()
}

// tokenFiles are the files with access tokens of a desk.
func (d *desk) tokenFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(d.home, ".local/state/datum-creds/sessions/*/token.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no token files: %v", err)
	}
	return files
}

// expire makes all kept tokens look expired.
func (d *desk) expire(t *testing.T) {
	t.Helper()
	for _, path := range d.tokenFiles(t) {
		var kept map[string]any
		content, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(content, &kept)
		}
		if err != nil {
			t.Fatal(err)
		}
		kept["expires"] = time.Now().Add(-time.Hour)
		if content, err = json.Marshal(kept); err == nil {
			err = os.WriteFile(path, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// refreshToken is the refresh token that a session keeps.
func (d *desk) refreshToken(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(d.home, ".local/state/datum-creds/sessions/*/secret.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("secrets: %v, %v", files, err)
	}
	var kept struct{ Secret string }
	content, err := os.ReadFile(files[0])
	if err == nil {
		err = json.Unmarshal(content, &kept)
	}
	if err != nil {
		t.Fatal(err)
	}
	// The token is stored with the server that it is for.
	_, envelope, _ := strings.Cut(kept.Secret, " ")
	if err := json.Unmarshal([]byte(envelope), &kept); err != nil {
		t.Fatal(err)
	}
	return kept.Secret
}

func TestLogoutRevokes(t *testing.T) {
	d := newDesk(t)
	d.device(t, "jane")
	token := d.refreshToken(t)
	d.creds(t, "logout")
	if said := refresh(t, token); !strings.Contains(said, "invalid_grant") {
		t.Errorf("the refresh token still works: %s", said)
	}
	if left, _ := filepath.Glob(filepath.Join(d.home, ".local/state/datum-creds/sessions/*/*.json")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	got := d.plugin.Run(t, testbed.Call{Args: []string{"get-token", "--session", "jane"}, Env: d.env})
	if got.Code != 6 {
		t.Errorf("get-token after logout: %s", got)
	}
}

// refresh uses a refresh token as a thief would.
func refresh(t *testing.T, token string) string {
	t.Helper()
	client, err := oidc.Browser(issuing.certificate)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.PostForm(issuing.provider.Issuer+"/oauth/v2/token", url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {oidc.ClientID},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode == http.StatusOK {
		return "granted"
	}
	return string(body)
}
