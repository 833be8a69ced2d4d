package creds_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// The provider's endpoints that a renewal may ask besides the token endpoint.
const (
	discoveryPath = "/.well-known/openid-configuration"
	userInfoPath  = "/oidc/v1/userinfo"
)

// TestARenewalProvesWhoseItIs with a certified provider, whose answers to a
// refresh token hold an ID token: no more requests are made. A session of another
// user is refused.
func TestARenewalProvesWhoseItIs(t *testing.T) {
	d := newDesk(t)
	d.device(t, "jane")
	if s := d.session(t); s["accessSubject"] != s["subject"] || s["userInfoURL"] != issuing.provider.Issuer+userInfoPath {
		t.Errorf("the login kept %v", s)
	}
	// As of a version that kept neither, so that the ID token alone can say it.
	d.edit(t, func(s map[string]any) {
		delete(s, "accessSubject")
		delete(s, "userInfoURL")
	})
	d.expire(t)
	before := requests(t)
	if got := d.creds(t, "get-token", "-o", "json", "--session", "jane"); got.Stderr != "" {
		t.Errorf("get-token says %s", got.Stderr)
	}
	after := requests(t)
	if more := after["/oauth/v2/token"] - before["/oauth/v2/token"]; more != 1 {
		t.Errorf("%d token requests", more)
	}
	for _, path := range []string{discoveryPath, userInfoPath} {
		if after[path] != before[path] {
			t.Errorf("%d requests to %s", after[path]-before[path], path)
		}
	}
	if s := d.session(t); s["asOfLogin"] != nil {
		t.Errorf("the session says %v", s)
	}
	d.refusesAnother(t)
}

// refusesAnother makes the session another user's, and renews it.
func (d *desk) refusesAnother(t *testing.T) {
	t.Helper()
	d.edit(t, func(s map[string]any) { s["subject"] = "john" })
	// The secret says whose it is, too.
	file := filepath.Join(filepath.Dir(d.sessionFile(t)), "secret.json")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(content), `\"subject\":\"jane\"`, `\"subject\":\"john\"`, 1)
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil || changed == string(content) {
		t.Fatalf("the secret's subject is not changed: %v", err)
	}
	d.expire(t)
	kept := d.refreshToken(t)
	got := d.plugin.Run(t, testbed.Call{Args: []string{"get-token", "-o", "json", "--session", "jane"}, Env: d.env})
	if got.Code != 5 || got.Stdout != "" || !strings.Contains(got.Stderr, "of the subject jane") || !strings.Contains(got.Stderr, "of the subject john") {
		t.Errorf("get-token of another user's session: %s", got)
	}
	if d.refreshToken(t) != kept {
		t.Error("another refresh token is kept")
	}
}

// sessionFile is the file of the only session of a desk.
func (d *desk) sessionFile(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(d.home, ".local/state/datum-creds/sessions/*/session.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("sessions: %v, %v", files, err)
	}
	return files[0]
}

// session is what the file of the only session says.
func (d *desk) session(t *testing.T) map[string]any {
	t.Helper()
	var s map[string]any
	content, err := os.ReadFile(d.sessionFile(t))
	if err == nil {
		err = json.Unmarshal(content, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// edit changes the file of the only session.
func (d *desk) edit(t *testing.T, change func(map[string]any)) {
	t.Helper()
	s := d.session(t)
	change(s)
	content, err := json.Marshal(s)
	if err == nil {
		err = os.WriteFile(d.sessionFile(t), content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
