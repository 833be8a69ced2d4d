package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// usedKey gets a token of a key that nobody logged in with.
func (b *bed) usedKey() {
	b.t.Helper()
	key := filepath.Join(b.t.TempDir(), "key.json")
	if err := os.WriteFile(key, []byte(b.server.KeyFile(b.t, apiHost)), 0o600); err != nil {
		b.t.Fatal(err)
	}
	// No Kubernetes client asks: for one, certificates of variables do not count.
	r := b.run([]string{"SSL_CERT_FILE=" + b.server.CAFile}, "get-token", "--credentials", key, "-o", "json")
	if r.code != 0 {
		b.t.Fatalf("get-token: %+v", r)
	}
}

// listed is what sessions -o json shows of one session or key.
type listed struct {
	Name, Type, Token string
	Current           bool
	Expires           time.Time
}

func (b *bed) listed() (items, credentials []listed) {
	b.t.Helper()
	var list struct{ Items, Credentials []listed }
	r := b.run(nil, "sessions", "-o", "json")
	if err := json.Unmarshal([]byte(r.out), &list); err != nil || r.code != 0 {
		b.t.Fatalf("sessions: %v %+v", err, r)
	}
	return list.Items, list.Credentials
}

// TestTokensOfKeysAreListed beside the sessions, with their end, but not among
// the names of sessions.
func TestTokensOfKeysAreListed(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	if _, credentials := b.listed(); len(credentials) > 0 {
		t.Errorf("credentials before any is used: %+v", credentials)
	}
	b.usedKey()
	b.usedKey()
	items, credentials := b.listed()
	if len(items) != 1 || items[0].Name != "s" || !items[0].Current {
		t.Errorf("items: %+v", items)
	}
	if len(credentials) != 2 {
		t.Fatalf("credentials: %+v", credentials)
	}
	for _, c := range credentials {
		if c.Name == "" || c.Type != "key" || c.Token != "fresh" || c.Current || time.Until(c.Expires) < 30*time.Minute {
			t.Errorf("credential: %+v", c)
		}
	}
	if r := b.run(nil, "sessions"); !contains(r.out, "EXPIRES") || !contains(r.out, credentials[0].Name) || !contains(r.out, credentials[0].Expires.Format(time.RFC3339)) {
		t.Errorf("sessions:\n%s", r.out)
	}
	if r := b.run(nil, "sessions", "-o", "name"); r.out != "s\n" {
		t.Errorf("sessions -o name: %q", r.out)
	}
}

// TestLogoutOfAllRemovesTokensOfKeys, and says that they are not revoked; a logout
// of one session leaves them.
func TestLogoutOfAllRemovesTokensOfKeys(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	b.usedKey()
	if r := b.run(nil, "logout", "--session", "s"); r.code != 0 {
		t.Fatalf("logout: %+v", r)
	}
	_, credentials := b.listed()
	if len(credentials) != 1 {
		t.Fatalf("after the logout of a session: %+v", credentials)
	}
	part := filepath.Join(b.home.Dir(), "credentials")
	places, err := os.ReadDir(part)
	if err != nil || len(places) != 1 {
		t.Fatalf("%v, %v", places, err)
	}
	part = filepath.Join(part, places[0].Name(), ".token.json.part-1")
	if err := os.WriteFile(part, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := b.run(nil, "logout", "--all")
	if r.code != 0 || !contains(r.said, "the access token of the key of "+credentials[0].Name+"; it cannot be revoked, and stays valid until "+credentials[0].Expires.Format(time.RFC3339)) {
		t.Errorf("logout --all: %+v", r)
	}
	b.wantRemains()
	if r := b.run(nil, "logout", "--all"); r.code != 0 || r.said != "" {
		t.Errorf("logout --all again: %+v", r)
	}
}

// TestLogoutOfAllRemovesWhatItCannotRead of keys too.
func TestLogoutOfAllRemovesWhatItCannotRead(t *testing.T) {
	b := newBed(t)
	b.usedKey()
	files, err := filepath.Glob(filepath.Join(b.home.Dir(), "credentials", "*", "session.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	if err := os.WriteFile(files[0], nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := b.run(nil, "logout", "--all"); r.code != 0 || !contains(r.said, "the access token of the key in "+filepath.Dir(files[0])) {
		t.Errorf("logout --all: %+v", r)
	}
	b.wantRemains()
}
