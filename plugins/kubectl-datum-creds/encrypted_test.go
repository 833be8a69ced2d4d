package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// passphrase is one that a test makes up.
const passphrase = "a passphrase of tests"

func with(passphrase string) []string {
	return []string{question(apiHost), sealed.Variable + "=" + passphrase}
}

// encrypted signs a user in whose refresh token is kept under the passphrase.
func (b *bed) encrypted(name string) store.Place {
	b.t.Helper()
	b.approve()
	login := append(b.loginArgs(), "--storage", "encrypted-file", "--name", name)
	if r := b.run([]string{sealed.Variable + "=" + passphrase}, login...); r.code != 0 {
		b.t.Fatalf("login: %+v", r)
	}
	place := b.home.Session(name)
	if err := place.SaveToken(expired()); err != nil {
		b.t.Fatal(err)
	}
	return place
}

func TestAnEncryptedSession(t *testing.T) {
	b := newBed(t)
	place := b.encrypted("s")
	file := filepath.Join(place.Dir(), "sealed.json")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// Without it, or with another: at once, from each process for itself.
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 6, "session s", "set "+sealed.FileVariable+" or "+sealed.Variable)
	b.run(with("another passphrase"), "get-token").wantFailure(t, 6, "another passphrase, or the file was changed", "login --name 's'")
	renewed := b.run(with(passphrase), "get-token")
	if renewed.code != 0 || renewed.token() == "" {
		t.Fatalf("get-token: %+v", renewed)
	}
	if after, err := os.ReadFile(file); err != nil || bytes.Equal(before, after) {
		t.Errorf("the new refresh token is not kept: %v", err)
	}
	// A fresh token needs no passphrase, and the session lives.
	if r := b.run([]string{question(apiHost)}, "get-token"); r.token() != renewed.token() {
		t.Errorf("the fresh token: %+v", r)
	}
	if err := place.SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	inFile := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(inFile, []byte(passphrase+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fromFile := []string{question(apiHost), sealed.FileVariable + "=" + inFile}
	if r := b.run(fromFile, "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("with the passphrase in a file: %+v", r)
	}
	if err := os.Chmod(inFile, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := place.SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	b.run(fromFile, "get-token").wantFailure(t, 5, "lets others in", sealed.FileVariable)
	if n := b.server.Granted("refresh_token"); n != 2 {
		t.Errorf("%d refreshes", n)
	}
}

func TestAnEncryptedFileThatWasChanged(t *testing.T) {
	b := newBed(t)
	place := b.encrypted("s")
	content, err := place.Sealed()
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]struct {
		to   string
		code int
		says string
	}{
		`"iterations":600000`: {`"iterations":600001`, 6, "the file was changed"},
		`"version":1`:         {`"version":9`, 5, "not an encrypted file that login wrote"},
		`"kdf":"`:             {`"iterations":4000000000,"kdf":"x`, 5, "not an encrypted file that login wrote"},
	} {
		if err := place.SaveSealed([]byte(strings.Replace(string(content), from, want.to, 1))); err != nil {
			t.Fatal(err)
		}
		b.run(with(passphrase), "get-token").wantFailure(t, want.code, want.says)
		if err := os.RemoveAll(filepath.Join(place.Dir(), "failure.json")); err != nil {
			t.Fatal(err)
		}
	}
	// Another session's file does not open either, with the same passphrase.
	other := b.encrypted("other")
	if content, err = other.Sealed(); err == nil {
		err = place.SaveSealed(content)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.run(with(passphrase), "get-token", "--session", "s").wantFailure(t, 6, "the file was changed")
}

func TestManyProcessesRefreshAnEncryptedSessionOnce(t *testing.T) {
	b := newBed(t)
	b.encrypted("s")
	wantOneToken(t, b.together(20, with(passphrase), "get-token"))
	if n := b.server.Granted("refresh_token"); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

func TestCommandsKnowEncryptedSessions(t *testing.T) {
	b := newBed(t)
	place := b.encrypted("s")
	set := sealed.Variable + "=" + passphrase
	if r := b.run(nil, "sessions"); !contains(r.out, "encrypted-file") {
		t.Errorf("sessions: %+v", r)
	}
	if r := b.run(nil, "doctor"); !contains(r.out, "no passphrase is set here") {
		t.Errorf("doctor without it: %s", r.out)
	}
	if r := b.run([]string{set}, "doctor"); !contains(r.out, "its secret is in the encrypted-file") {
		t.Errorf("doctor: %s", r.out)
	}
	if r := b.run([]string{set + "x"}, "doctor"); r.code != 1 || !contains(r.out, "another passphrase") {
		t.Errorf("doctor with another: %s", r.out)
	}
	b.run(nil, "logout").wantFailure(t, 6, "still valid", sealed.Variable, "logout --local --session 's'")
	if r := b.run([]string{set}, "logout"); r.code != 0 || !contains(r.said, "its tokens are revoked") {
		t.Errorf("logout: %+v", r)
	}
	if left, _ := filepath.Glob(filepath.Join(place.Dir(), "*.json")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	b.encrypted("t")
	if r := b.run(nil, "logout", "--local"); r.code != 0 {
		t.Errorf("logout --local: %+v", r)
	}
}

// TestAnEncryptedLoginIsRefusedEarly: nobody signs in for nothing.
func TestAnEncryptedLoginIsRefusedEarly(t *testing.T) {
	b := newBed(t)
	login := append(b.loginArgs(), "--storage", "encrypted-file")
	b.run(nil, login...).wantFailure(t, 6, "the new session", "set "+sealed.FileVariable)
	b.run([]string{sealed.Variable + "=short"}, login...).wantFailure(t, 2, "at least 12")
	if b.logins() > 0 {
		t.Error("the user signed in for nothing")
	}
}

// TestALostPassphrase: a login replaces what cannot be opened any more.
func TestALostPassphrase(t *testing.T) {
	b := newBed(t)
	place := b.encrypted("s")
	if r := b.run([]string{sealed.Variable + "=quite another one"}, "login", "--name", "s", "--device"); r.code != 0 {
		t.Fatalf("login: %+v", r)
	}
	if err := place.SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	if r := b.run(with("quite another one"), "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("get-token: %+v", r)
	}
}

// TestAServiceAccountsKeyEncrypted keeps a key under the passphrase.
func TestAServiceAccountsKeyEncrypted(t *testing.T) {
	b := newBed(t)
	key := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(key, []byte(b.server.KeyFile(t, apiHost)), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := b.run([]string{sealed.Variable + "=" + passphrase}, "login", "--credentials", key, "--ca-file", b.server.CAFile,
		"--name", "robot", "--keep-key", "--storage", "encrypted-file"); r.code != 0 {
		t.Fatalf("login: %+v", r)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if err := b.home.Session("robot").SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 6, sealed.Variable)
	if r := b.run(with(passphrase), "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("get-token: %+v", r)
	}
}

// TestAMistakeWithAPassphraseIsOnesOwn: it does not answer for a process that
// has the right one.
func TestAMistakeWithAPassphraseIsOnesOwn(t *testing.T) {
	b := newBed(t)
	place := b.encrypted("s")
	open := filepath.Join(t.TempDir(), "open")
	if err := os.WriteFile(open, []byte(passphrase), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, code := range map[string]int{"/nope": 2, t.TempDir(): 2, open: 5} {
		mistaken := []string{question(apiHost), sealed.FileVariable + "=" + path}
		b.run(mistaken, "get-token").wantFailure(t, code, "session s", sealed.FileVariable)
		if r := b.run(mistaken[1:], "doctor"); r.code != 1 || !contains(r.out, "session s: its encrypted file needs the passphrase: ") {
			t.Errorf("doctor: %+v", r)
		}
		if r := b.run(with(passphrase), "get-token"); r.code != 0 || r.token() == "" {
			t.Errorf("with the right one, after %s: %+v", path, r)
		}
		if err := place.SaveToken(expired()); err != nil {
			t.Fatal(err)
		}
	}
}
