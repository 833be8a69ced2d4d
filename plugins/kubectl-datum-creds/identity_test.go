package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// edit changes a session's file.
func (b *bed) edit(place store.Place, change func(*session.Session)) {
	b.t.Helper()
	s, err := place.Session()
	if err == nil {
		change(&s)
		err = place.SaveSession(s)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// secretOf is the refresh token that a session keeps.
func (b *bed) secretOf(place store.Place) secret.Text {
	b.t.Helper()
	kept, err := place.Secret()
	if err != nil {
		b.t.Fatal(err)
	}
	return kept
}

// quiet makes the provider's tokens say nothing of the user.
func (b *bed) quiet() { b.server.Opaque, b.server.NoRefreshID = true, true }

// ending is a token that is to be renewed and that servers still take.
func ending() store.Token {
	return store.Token{Access: secret.New("a-living-token"), Issued: time.Now().Add(-time.Hour), Expires: time.Now().Add(30 * time.Second)}
}

// TestTokensOfAnotherUserAreRefused: in each way that a provider can say so, the
// answer is for user-1, and the session is of somebody else. Nothing of it is
// kept or given out, and an old token that still lives does not cover it up.
func TestTokensOfAnotherUserAreRefused(t *testing.T) {
	for name, set := range map[string]func(*bed, *session.Session){
		"by ID token": func(b *bed, _ *session.Session) { b.server.Opaque = true },
		"by access token": func(b *bed, s *session.Session) {
			b.server.NoRefreshID = true
			s.AccessSubject = "somebody-else"
		},
		"by userinfo": func(b *bed, _ *session.Session) { b.quiet() },
	} {
		for state, token := range map[string]store.Token{"an expired token": expired(), "a living token": ending()} {
			t.Run(name+", with "+state, func(t *testing.T) {
				b := newBed(t)
				place := b.session("s", token)
				b.edit(place, func(s *session.Session) {
					s.Subject, s.Email = "somebody-else", "john@example.com"
					set(b, s)
				})
				before := b.secretOf(place)
				r := b.run([]string{question(apiHost)}, "get-token")
				r.wantFailure(t, 5, "of the subject user-1", "of the subject somebody-else (john@example.com)", "hint: ", "login --name 's'")
				if b.secretOf(place).Digest() != before.Digest() {
					t.Error("the refresh token of another user is kept")
				}
				if kept, err := place.Token(); err != nil || kept.Access.Digest() != token.Access.Digest() {
					t.Errorf("another access token is kept: %v", err)
				}
				if f := place.Failure(); f.Code != failure.Refused {
					t.Errorf("remembered as %q", f.Code)
				}
				// What kubectl runs again a moment later is refused in the same words.
				if again := b.run([]string{question(apiHost)}, "get-token"); again != r {
					t.Errorf("the second time: %+v", again)
				}
			})
		}
	}
}

// TestSessionsOfOlderVersionsGoOn: they know neither the access token's subject
// nor the userinfo endpoint. Each provider's renewals work, twice.
func TestSessionsOfOlderVersionsGoOn(t *testing.T) {
	for name, set := range map[string]func(*bed){
		"everything":     func(*bed) {},
		"ID tokens only": func(b *bed) { b.server.Opaque, b.server.NoUserInfo = true, true },
		"JWTs only":      func(b *bed) { b.server.NoRefreshID, b.server.NoUserInfo = true, true },
		"userinfo only":  func(b *bed) { b.quiet() },
		"nothing":        func(b *bed) { b.quiet(); b.server.NoUserInfo = true },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t)
			set(b)
			place := b.session("s", expired())
			for range 2 {
				if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() == "" || r.said != "" {
					t.Fatalf("get-token: %+v", r)
				}
				if err := place.SaveToken(expired()); err != nil {
					t.Fatal(err)
				}
			}
			if n := b.server.Requests(discovery); n > 1 {
				t.Errorf("%d discoveries", n)
			}
		})
	}
}

// TestALoginKeepsWhatRenewalsAreComparedWith, and a renewal with access tokens
// that call the user otherwise than ID tokens do is accepted.
func TestALoginKeepsWhatRenewalsAreComparedWith(t *testing.T) {
	b := newBed(t)
	b.server.SpoilAccess = func(claims map[string]any) { claims["sub"] = "pairwise-1" }
	if r := b.login("--storage", "file", "--name", "s"); r.code != 0 {
		t.Fatalf("login: %+v", r)
	}
	place := b.home.Session("s")
	s, err := place.Session()
	if err != nil || s.Subject != "user-1" || s.AccessSubject != "pairwise-1" || s.UserInfoURL != b.server.URL+authtest.UserInfoPath || s.NoUserInfo {
		t.Errorf("kept: %+v, %v", s, err)
	}
	b.server.NoRefreshID, b.server.NoUserInfo = true, true
	if err := place.SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("get-token: %+v", r)
	}
	b.server.SpoilAccess = func(claims map[string]any) { claims["sub"] = "pairwise-2" }
	if err := place.SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 5, "of the subject pairwise-2", "of the subject pairwise-1")
}

// TestUserInfoIsDown: no token of an unknown user is given out, and the session
// is not lost: the next renewal asks again.
func TestUserInfoIsDown(t *testing.T) {
	b := newBed(t)
	b.quiet()
	place := b.session("s", expired())
	before := b.secretOf(place)
	b.on(authtest.UserInfoPath, says(503, "text/plain", "busy"))
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 4, "session s", "whose the new token is could not be asked", "503")
	if b.secretOf(place).Digest() == before.Digest() {
		t.Error("the rotated refresh token is lost")
	}
	if kept, err := place.Token(); err != nil || kept.Access.Digest() != expired().Access.Digest() {
		t.Errorf("the access token is kept: %v", err)
	}
	// A token that still lives is better than none.
	if err := place.SaveToken(ending()); err != nil {
		t.Fatal(err)
	}
	if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() != "a-living-token" || !contains(r.said, "could not be renewed yet") {
		t.Errorf("with a living token: %+v", r)
	}
	b.server.SetFault(nil)
	if err := place.SaveToken(expired()); err != nil { // which forgets the failure
		t.Fatal(err)
	}
	if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("afterwards: %+v", r)
	}
}

// TestTokensOfAnotherAccountAreRefused, at a login and without one.
func TestTokensOfAnotherAccountAreRefused(t *testing.T) {
	b := newBed(t)
	key := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(key, []byte(b.server.KeyFile(t, apiHost)), 0o600); err != nil {
		t.Fatal(err)
	}
	login := []string{"login", "--credentials", key, "--name", "robot", "--ca-file", b.server.CAFile}
	b.server.AccountSubject = "user-1"
	b.run(nil, login...).wantFailure(t, 5, "of the subject user-1", "of the subject 4711", "robot@default.p1.iam.datum.test")
	if all, err := b.home.Sessions(); err != nil || len(all) > 0 {
		t.Errorf("kept: %v, %v", all, err)
	}
	b.server.AccountSubject = ""
	if r := b.run(nil, login...); r.code != 0 {
		t.Fatalf("login: %+v", r)
	}
	place := b.home.Session("robot")
	if err := place.SaveToken(ending()); err != nil {
		t.Fatal(err)
	}
	b.server.AccountSubject = "user-1"
	b.run([]string{question(apiHost)}, "get-token", "--session", "robot").wantFailure(t, 5, "of the subject user-1", "of the subject 4711")
	if kept, err := place.Token(); err != nil || kept.Access.Digest() != ending().Access.Digest() {
		t.Errorf("another access token is kept: %v", err)
	}
}

// TestWhoamiSaysWhatIsNotKnown on standard error, so that scripts read a name as
// ever.
func TestWhoamiSaysWhatIsNotKnown(t *testing.T) {
	b := newBed(t)
	place := b.session("s", expired())
	identity := func(name, state, doubt string) {
		t.Helper()
		r := b.run(nil, "whoami", "--session", name)
		if r.code != 0 || r.out == "" || contains(r.out, "not known") || contains(r.out, "as of") || !contains(r.said, doubt) || (doubt == "") != (r.said == "") {
			t.Errorf("whoami of %s: %+v, want %q", name, r, doubt)
		}
		if r := b.run(nil, "status", "--session", name); !contains(r.out, doubt) || (doubt == "") == contains(r.out, "Identity:") {
			t.Errorf("status of %s: %+v, want %q", name, r, doubt)
		}
		var got struct{ Identity string }
		if err := json.Unmarshal([]byte(b.run(nil, "status", "--session", name, "-o", "json").out), &got); err != nil || got.Identity != state {
			t.Errorf("status -o json of %s: %q, %v, want %q", name, got.Identity, err, state)
		}
	}
	renew := func() {
		t.Helper()
		if err := place.SaveToken(expired()); err != nil {
			t.Fatal(err)
		}
		if r := b.run(nil, "get-token", "--session", "s", "-o", "json"); r.code != 0 {
			t.Fatalf("get-token: %+v", r)
		}
	}
	identity("s", "confirmed", "")
	b.quiet()
	b.on(authtest.UserInfoPath, says(http.StatusForbidden, "application/json", `{"error":"insufficient_scope"}`))
	renew()
	identity("s", "as-of-login", "as of the login")
	b.server.SetFault(nil)
	renew()
	identity("s", "confirmed", "")

	helper := filepath.Join(t.TempDir(), "datumctl")
	if err := os.WriteFile(helper, []byte("#!/bin/sh\nprintf datumctl-token\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, login := range [][]string{
		{"login", "--from-datumctl", helper, "--hostname", "auth.datum.test", "--name", "dc"},
		{
			"login", "--ci-identity", "env:CI_JWT", "--hostname", b.server.URL, "--api-hostname", apiHost, "--ca-file", b.server.CAFile,
			"--sts-url", b.server.URL + "/oauth/v2/token", "--name", "ci",
		},
	} {
		if r := b.run([]string{"CI_JWT=a.b.c"}, login...); r.code != 0 {
			t.Fatalf("login: %+v", r)
		}
	}
	identity("dc", "unknown", "not known: datumctl decides")
	identity("ci", "unknown", "not known: the token service decides")
}
