package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func TestLocate(t *testing.T) {
	for name, c := range map[string]struct {
		goos string
		env  map[string]string
		want string // empty: ErrNoHome, or bad input for a variable that makes no sense
	}{
		"variable":      {"linux", map[string]string{Variable: "/c", "HOME": "/h"}, "/c"},
		"relative":      {"linux", map[string]string{Variable: "c", "HOME": "/h"}, ""},
		"XDG":           {"linux", map[string]string{"XDG_STATE_HOME": "/x", "HOME": "/h"}, "/x/datum-creds"},
		"relative XDG":  {"linux", map[string]string{"XDG_STATE_HOME": "x", "HOME": "/h"}, "/h/.local/state/datum-creds"},
		"home":          {"linux", map[string]string{"HOME": "/h"}, "/h/.local/state/datum-creds"},
		"mac":           {"darwin", map[string]string{"HOME": "/h"}, "/h/Library/Application Support/datum-creds"},
		"windows":       {"windows", map[string]string{"LocalAppData": "/l"}, "/l/datum-creds"},
		"nothing":       {"linux", nil, ""},
		"nothing there": {"windows", map[string]string{"HOME": "/h"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Locate(func(k string) string { return c.env[k] }, c.goos)
			if got.Dir() != c.want || (c.want == "") != (err != nil) {
				t.Fatalf("Locate = %q, %v; want %q", got.Dir(), err, c.want)
			}
			if bad := name == "relative"; err != nil && (failure.CodeOf(err) == failure.BadInput) != bad || err != nil && errors.Is(err, ErrNoHome) == bad {
				t.Errorf("Locate = %v", err)
			}
			if _, listed := got.Sessions(); name == "relative" && listed == nil {
				t.Error("a home that makes no sense is listed")
			}
		})
	}
}

func newSession(name string) session.Session {
	return session.Session{Name: name, Type: session.User, Issuer: "https://auth.test", API: "https://api.test", Storage: session.File}
}

func TestSessionsRoundTrip(t *testing.T) {
	home := At(filepath.Join(t.TempDir(), "home"))
	for _, name := range []string{"b", "../../etc/passwd", "a"} {
		if err := home.Session(name).SaveSession(newSession(name)); err != nil {
			t.Fatal(err)
		}
	}
	all, err := home.Sessions()
	if err != nil || len(all) != 3 || all[0].Name != "../../etc/passwd" || all[2].Name != "b" {
		t.Fatalf("Sessions = %+v, %v", all, err)
	}
	if err := errors.Join(home.SetCurrent("b"), home.Session("b").Remove()); err != nil {
		t.Fatal(err)
	}
	if got, err := home.Current(); got != "b" || err != nil {
		t.Errorf("Current = %q, %v", got, err)
	}
	if all, err = home.Sessions(); err != nil || len(all) != 2 {
		t.Errorf("Sessions after Remove = %+v, %v", all, err)
	}
}

func TestBrokenFilesAreErrorsWithoutContent(t *testing.T) {
	home := At(filepath.Join(t.TempDir(), "home"))
	place := home.Session("a")
	if err := place.SaveSession(newSession("a")); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"", "{", "private-words", `{"accessToken":"private-words"`, `{"issued":"private-words"}`} {
		if err := os.WriteFile(filepath.Join(place.Dir(), tokenFile), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := place.Token(); err == nil || strings.Contains(err.Error(), "private-words") {
			t.Errorf("Token of %q = %v", content, err)
		}
	}
}

func TestTokenRoundTripForgetsTheFailure(t *testing.T) {
	place := At(filepath.Join(t.TempDir(), "home")).Session("a")
	if _, err := place.Token(); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("Token = %v, want ErrNotExist", err)
	}
	now := time.Now().Round(0)
	if err := place.SaveFailure(Failure{Time: now, Code: failure.Unable, Message: "m"}); err != nil {
		t.Fatal(err)
	}
	if f := place.Failure(); !f.Time.Equal(now) || f.Message != "m" {
		t.Fatalf("Failure = %+v", f)
	}
	want := Token{secret.New("x"), now, now.Add(time.Hour)}
	if err := place.SaveToken(want); err != nil {
		t.Fatal(err)
	}
	got, err := place.Token()
	if err != nil || got.Access.Reveal() != "x" || !got.Issued.Equal(want.Issued) || !got.Expires.Equal(want.Expires) {
		t.Errorf("Token = %+v, %v", got, err)
	}
	if f := place.Failure(); !f.Time.IsZero() {
		t.Errorf("Failure after success = %+v", f)
	}
}

func TestFresh(t *testing.T) {
	issued := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	token := func(life time.Duration) Token {
		return Token{Access: secret.New("x"), Issued: issued, Expires: issued.Add(life)}
	}
	unknown := Token{Access: secret.New("x"), Issued: issued}
	for name, c := range map[string]struct {
		token Token
		after time.Duration
		want  bool
	}{
		"new":                 {token(time.Hour), 0, true},
		"before the margin":   {token(time.Hour), 59*time.Minute - time.Second, true},
		"at the margin":       {token(time.Hour), 59 * time.Minute, false},
		"short, new":          {token(20 * time.Second), 0, true},
		"short, at a fifth":   {token(20 * time.Second), 16 * time.Second, false},
		"dead on arrival":     {token(0), 0, false},
		"negative life":       {token(-time.Hour), 0, false},
		"clock a little back": {token(time.Hour), -30 * time.Second, true},
		"clock far back":      {token(time.Hour), -time.Hour, false},
		"unknown life":        {unknown, 59 * time.Second, true},
		"unknown life, old":   {unknown, time.Minute, false},
		"no token":            {Token{Issued: issued, Expires: issued.Add(time.Hour)}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.token.Fresh(issued.Add(c.after)); got != c.want {
				t.Errorf("Fresh = %v, want %v", got, c.want)
			}
		})
	}
}

func FuzzStoredFiles(f *testing.F) {
	f.Add([]byte(`{"accessToken":"a","issued":"2030-01-01T00:00:00Z","expires":"2030-01-01T01:00:00Z"}`))
	f.Add([]byte(`{"apiVersion":"creds.datum.net/v1alpha1","kind":"Session","name":"a","type":"user","trust":{"servers":null}}`))
	place := At(filepath.Join(f.TempDir(), "home")).Session("a")
	if err := place.SaveSession(newSession("a")); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, name := range []string{tokenFile, sessionFile, secretFile, sealedFile, failureFile, signInFile} {
			if err := os.WriteFile(filepath.Join(place.Dir(), name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if token, err := place.Token(); err == nil {
			_ = token.Fresh(time.Now())
		}
		if s, err := place.Session(); err == nil && s.Validate() != nil {
			t.Fatal("an invalid session was read")
		}
		_, _ = place.Secret()
		_, _ = place.Sealed()
		_ = place.Failure()
	})
}
