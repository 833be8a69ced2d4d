package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
)

// approve lets device logins through at once.
func (b *bed) approve() {
	b.server.SetFault(func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path == "/oauth/v2/token" {
			b.server.ApproveDevices()
		}
		return false
	})
}

// logins is how many device logins were begun.
func (b *bed) logins() int { return b.server.Requests("/oauth/v2/device_authorization") }

// TestTheHintSignsInAgain does what the message of an ended session says, with
// no flag more: host, client, certificates, storage and trust are the session's.
func TestTheHintSignsInAgain(t *testing.T) {
	b := newBed(t)
	place := b.session("s", fresh())
	if r := b.run(nil, "trust", "https://more.test"); r.code != 0 {
		t.Fatalf("trust: %+v", r)
	}
	before, err := place.Session()
	if err != nil {
		t.Fatal(err)
	}
	b.approve()
	if r := b.run(nil, "login", "--name", "s", "--device"); r.code != 0 || !contains(r.said, "Signing in again: session s, at "+b.server.URL) {
		t.Fatalf("login: %+v", r)
	}
	after, err := place.Session()
	if err != nil {
		t.Fatal(err)
	}
	if after.Issuer != before.Issuer || after.API != before.API || after.ClientID != before.ClientID || after.CAFile != before.CAFile || after.Storage != session.File {
		t.Errorf("the session is another: %+v", after)
	}
	if r := b.run([]string{question("https://more.test")}, "get-token"); r.token() == "" || r.token() == "a-fresh-token" {
		t.Errorf("the trust is lost: %+v", r)
	}
	// The older refresh token may count as the same grant, and is left alone.
	if got := b.server.Revoked(); len(got) > 0 {
		t.Errorf("revoked: %v", got)
	}
}

func TestALoginDoesNotMakeASessionSomebodyElses(t *testing.T) {
	b := newBed(t)
	place := b.session("s", fresh())
	helper := filepath.Join(t.TempDir(), "datumctl")
	if err := os.WriteFile(helper, []byte("#!/bin/sh\nprintf datumctl-token\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.approve()
	b.run(nil, "login", "--from-datumctl", helper, "--name", "s", "--no-use").wantFailure(t, 5, "is of type user, and not datumctl", "--replace")
	b.run(nil, "login", "--name", "s", "--device", "--api-hostname", "other.test").wantFailure(t, 5, "other.test", "--replace")
	b.run(nil, "login", "--name", "s", "--device", "--hostname", "auth.other.test").wantFailure(t, 5, "auth.other.test", "--replace")
	if n := b.server.Requests("/oauth/v2/device_authorization"); n != 0 {
		t.Error("the user signed in for nothing")
	}
	// Somebody else signs in: the grant that is not kept is revoked.
	s, err := place.Session()
	if err != nil {
		t.Fatal(err)
	}
	s.Subject = "user-2"
	if err := place.SaveSession(s); err != nil {
		t.Fatal(err)
	}
	if r := b.run(nil, "login", "--name", "s", "--device"); r.code != 5 || !contains(r.said, "is of user-2, and not user-1") {
		t.Errorf("another person: %+v", r)
	}
	if got := strings.Join(b.server.Revoked(), " "); got != "refresh_token" {
		t.Errorf("revoked: %q", got)
	}
	if r := b.run(nil, "get-token", "-o", "token"); !contains(r.out, "a-fresh-token") {
		t.Errorf("the old session: %+v", r)
	}
	if r := b.run(nil, "login", "--from-datumctl", helper, "--name", "s", "--replace", "--hostname", "auth.datum.test"); r.code != 0 {
		t.Errorf("login --replace: %+v", r)
	}
	if _, err := os.Stat(filepath.Join(place.Dir(), "secret.json")); err == nil {
		t.Error("the replaced session's refresh token is still here")
	}
}

// TestALoginThatCannotBeSavedLeavesTheOldSession: a folder in the way of the
// token, which comes after the secret, stands for a disk that fails.
func TestALoginThatCannotBeSavedLeavesTheOldSession(t *testing.T) {
	b := newBed(t)
	place := b.session("s", fresh())
	token := filepath.Join(place.Dir(), "token.json")
	inTheWay := filepath.Join(token, "in-the-way")
	for _, err := range []error{os.Remove(token), os.MkdirAll(inTheWay, 0o700)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b.approve()
	if r := b.run(nil, "login", "--name", "s", "--device"); r.code == 0 || !contains(r.said, "keep the session") {
		t.Fatalf("login: %+v", r)
	}
	for _, err := range []error{os.Remove(inTheWay), os.Remove(token)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("the old session is lost: %+v", r)
	}
}
