package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// storages are how a secret can be kept in files, with what a login needs.
var storages = []struct {
	name, file string
	env        []string
}{
	{"file", "secret.json", nil},
	{"encrypted-file", "sealed.json", []string{sealed.Variable + "=" + passphrase}},
}

// wantRemains checks which files are below the home, by the ends of their names.
func (b *bed) wantRemains(suffixes ...string) {
	b.t.Helper()
	got := b.remains()
	if len(got) != len(suffixes) {
		b.t.Errorf("%d files remain, want %d: %q", len(got), len(suffixes), got)
		return
	}
	for i, suffix := range suffixes {
		if !contains(filepath.Base(got[i]), suffix) {
			b.t.Errorf("%s remains, want %s", got[i], suffix)
		}
	}
}

// wantEnded checks that a refresh token is of no use any more.
func (b *bed) wantEnded(refresh string) {
	b.t.Helper()
	if refresh == "" {
		b.t.Fatal("there is no token to try")
	}
	place := b.session("probe", expired())
	if err := place.SaveSecret(secret.New(refresh)); err != nil {
		b.t.Fatal(err)
	}
	if r := b.run(nil, "get-token", "--session", "probe", "-o", "json"); r.code != 6 || !contains(r.said, "has ended") {
		b.t.Errorf("the token that was left behind is still good: %+v", r)
	}
	if err := place.Remove(); err != nil {
		b.t.Fatal(err)
	}
}

// refreshIn returns the refresh token in a file of the store.
func (b *bed) refreshIn(path string) string {
	b.t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(content), "refresh-")
	token, _, _ := strings.Cut(after, `"`)
	if token == "" {
		b.t.Fatalf("%s holds no refresh token", path)
	}
	return "refresh-" + strings.TrimSuffix(token, `\`)
}

// TestAKilledFirstLogin kills logins at each moment between a write and its
// rename. doctor names the command that ends what they left, and it does.
func TestAKilledFirstLogin(t *testing.T) {
	k := newKiller(t)
	for _, storage := range storages {
		for before, end := range map[string]string{storage.file: "logout --session s", "session.json": "logout --all"} {
			t.Run(storage.name+" before "+before, func(t *testing.T) {
				b := newBed(t)
				b.killFirstLogin(k, before, storage.name, storage.env)
				left := b.remains()
				r := b.run(storage.env, "doctor")
				if r.code != 1 || !contains(r.out, "bad      session s: ") || !contains(r.out, "fix: kubectl datum-creds logout --session 's'") {
					t.Errorf("doctor: %+v", r)
				}
				if got := b.remains(); !slices.Equal(got, left) {
					t.Errorf("doctor has removed what logout can revoke: %q remains of %q", got, left)
				}
				r = b.run(storage.env, strings.Fields(end)...)
				if r.code != 0 || !contains(r.said, "never finished") || !contains(r.said, "tokens are revoked") {
					t.Errorf("%s: %+v", end, r)
				}
				b.wantRemains()
				if got := strings.Join(b.server.Revoked(), " "); got != "refresh_token" {
					t.Errorf("revoked: %q", got)
				}
			})
		}
	}
}

// TestALoginAfterAKilledOne leaves its own files, and no other.
func TestALoginAfterAKilledOne(t *testing.T) {
	k := newKiller(t)
	for _, storage := range storages {
		t.Run(storage.name, func(t *testing.T) {
			b := newBed(t)
			b.killFirstLogin(k, storage.file, storage.name, storage.env)
			b.kills(k, "session.json", storage.env, append(b.loginArgs(), "--name", "s", "--storage", storage.name)...)
			// What is left is swept before anything is kept in another way.
			if r := b.login("--name", "s", "--storage", "file"); r.code != 0 {
				t.Fatalf("login: %+v", r)
			}
			b.wantRemains("secret.json", "session.json", "token.json")
			if r := b.run(nil, "doctor"); contains(r.out, "left behind") {
				t.Errorf("doctor: %s", r.out)
			}
		})
	}
}

// killFirstLogin kills a login to a name that is new.
func (b *bed) killFirstLogin(k killer, before, storage string, env []string) {
	b.t.Helper()
	b.approve()
	b.kills(k, before, env, append(b.loginArgs(), "--name", "s", "--storage", storage)...)
	if !slices.ContainsFunc(b.remains(), func(path string) bool { return contains(path, "."+before+".part-") }) {
		b.t.Fatalf("the kill left %q", b.remains())
	}
	b.run(nil, "get-token", "--session", "s", "-o", "json").wantFailure(b.t, 6, "there is no session s")
}

// TestAKilledLoginBesideASession leaves the session as it was, and a second
// refresh token.
func TestAKilledLoginBesideASession(t *testing.T) {
	k := newKiller(t)
	killed := func(t *testing.T) (b *bed, refresh string) {
		t.Helper()
		b = newBed(t)
		b.session("s", expired())
		b.approve()
		b.kills(k, "secret.json", nil, "login", "--name", "s", "--device")
		parts, err := filepath.Glob(filepath.Join(b.home.Session("s").Dir(), ".secret.json.part-*"))
		if err != nil || len(parts) != 1 {
			t.Fatalf("parts: %q, %v", parts, err)
		}
		return b, b.refreshIn(parts[0])
	}
	t.Run("logout", func(t *testing.T) {
		b, refresh := killed(t)
		r := b.run(nil, "logout", "--session", "s")
		if r.code != 0 || !contains(r.said, "left behind") {
			t.Errorf("logout: %+v", r)
		}
		b.wantRemains()
		b.wantEnded(refresh)
	})
	t.Run("doctor", func(t *testing.T) {
		b, _ := killed(t)
		if r := b.run(nil, "doctor"); !contains(r.out, "warning  session s: removed 2 files that a killed login left behind") {
			t.Errorf("doctor: %+v", r)
		}
		b.wantRemains("secret.json", "session.json", "token.json")
		if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() == "" {
			t.Errorf("the session is lost: %+v", r)
		}
	})
	t.Run("logout that cannot revoke", func(t *testing.T) {
		b, refresh := killed(t)
		b.server.SetFault(func(w http.ResponseWriter, r *http.Request, _ int) bool {
			if r.URL.Path != "/oauth/v2/revoke" || r.PostFormValue("token") != refresh {
				return false
			}
			w.WriteHeader(http.StatusForbidden)
			return true
		})
		before := b.remains()
		b.run(nil, "logout").wantFailure(t, 4, "killed login", "still valid", "logout --local --session 's'")
		if after := b.remains(); !slices.Equal(before, after) {
			t.Errorf("%q remains, want %q", after, before)
		}
		if r := b.run(nil, "logout", "--local"); r.code != 0 || !contains(r.said, "left behind") {
			t.Errorf("logout --local: %+v", r)
		}
		b.wantRemains()
	})
}

// TestAKilledLoginToAnotherStorage leaves a secret where the session has none.
func TestAKilledLoginToAnotherStorage(t *testing.T) {
	k := newKiller(t)
	// The older token is dropped, then the session and the new token are saved.
	for _, before := range []string{"token.json", "session.json", "token.json token.json"} {
		t.Run(before, func(t *testing.T) {
			b := newBed(t)
			place := b.encrypted("s")
			b.kills(k, before, nil, "login", "--name", "s", "--device", "--storage", "file")
			refresh := b.refreshIn(filepath.Join(place.Dir(), "secret.json"))
			r := b.run([]string{sealed.Variable + "=" + passphrase}, "logout")
			if r.code != 0 || !contains(r.said, "left behind") {
				t.Errorf("logout: %+v", r)
			}
			b.wantRemains()
			// The access token too, if the login came as far as that.
			if got := strings.Join(b.server.Revoked(), " "); strings.Count(got, "refresh_token") != 2 {
				t.Errorf("revoked: %q", got)
			}
			b.wantEnded(refresh)
		})
	}
}

// TestALoginThatIsKilledLate has a session that works, without its first token.
func TestALoginThatIsKilledLate(t *testing.T) {
	b := newBed(t)
	b.approve()
	b.kills(newKiller(t), "token.json", nil, append(b.loginArgs(), "--name", "s", "--storage", "file")...)
	if r := b.run(nil, "doctor"); !contains(r.out, "warning  session s: removed 2 files that a killed login left behind") {
		t.Errorf("doctor: %+v", r)
	}
	b.wantRemains("secret.json", "session.json")
	if r := b.run([]string{question(apiHost)}, "get-token", "--session", "s"); r.code != 0 || r.token() == "" {
		t.Errorf("get-token: %+v", r)
	}
}

// TestAKilledRenewal leaves the next refresh token: the one in place is used up.
func TestAKilledRenewal(t *testing.T) {
	k := newKiller(t)
	for _, storage := range storages {
		t.Run(storage.name, func(t *testing.T) {
			b := newBed(t)
			b.approve()
			if r := b.run(storage.env, append(b.loginArgs(), "--name", "s", "--storage", storage.name)...); r.code != 0 {
				t.Fatalf("login: %+v", r)
			}
			place := b.home.Session("s")
			if err := place.SaveToken(expired()); err != nil {
				t.Fatal(err)
			}
			b.kills(k, storage.file, storage.env, "get-token", "--session", "s", "-o", "json")
			if _, err := os.Stat(filepath.Join(place.Dir(), "."+storage.file+".next")); err != nil {
				t.Fatal(err)
			}
			r := b.run(storage.env, "logout")
			if r.code != 0 || !contains(r.said, "left behind") {
				t.Errorf("logout: %+v", r)
			}
			b.wantRemains()
			// The access token too, if the login came as far as that.
			if got := strings.Join(b.server.Revoked(), " "); strings.Count(got, "refresh_token") != 2 {
				t.Errorf("revoked: %q", got)
			}
		})
	}
}

// TestLeftoversNeedThePassphrase to be revoked, as the session's own secret does.
func TestLeftoversNeedThePassphrase(t *testing.T) {
	k := newKiller(t)
	b := newBed(t)
	b.killFirstLogin(k, "sealed.json", "encrypted-file", storages[1].env)
	b.run(nil, "logout", "--session", "s").wantFailure(t, 6, "still valid", sealed.Variable, "logout --local --session 's'")
	if len(b.remains()) == 0 {
		t.Fatal("it is removed without leave")
	}
	if r := b.run(nil, "logout", "--session", "s", "--local"); r.code != 0 {
		t.Errorf("logout --local: %+v", r)
	}
	b.wantRemains()
}

// TestASecretWithoutASession, as an older version could leave it: nobody knows
// where it could be revoked.
func TestASecretWithoutASession(t *testing.T) {
	for _, args := range []string{"logout --session s", "logout --all", "logout --session s --local", "logout --all --local", "doctor"} {
		t.Run(args, func(t *testing.T) {
			b := newBed(t)
			place := b.home.Session("s")
			if err := place.SaveSecret(secret.New(b.server.NewRefreshToken())); err != nil {
				t.Fatal(err)
			}
			r := b.run(nil, strings.Fields(args)...)
			want := map[bool]int{true: 0, false: 1}[contains(args, "--local")]
			if r.code != want || !contains(r.said+r.out, "could not be revoked, because the login never finished") {
				t.Errorf("%s: %+v", args, r)
			}
			b.wantRemains()
			if r := b.run(nil, "logout", "--all"); r.code != 0 || r.said != "" {
				t.Errorf("logout --all again: %+v", r)
			}
		})
	}
}

// TestAPartThatIsCutOff cannot be read, and is removed with a note.
func TestAPartThatIsCutOff(t *testing.T) {
	b := newBed(t)
	place := b.session("s", fresh())
	for name, content := range map[string]string{".secret.json.part-1": `{"secret":"refresh-half`, ".sealed.json.next": "    ", ".token.json.part-2": ""} {
		if err := os.WriteFile(filepath.Join(place.Dir(), name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := b.run(nil, "logout")
	if r.code != 0 || !contains(r.said, "cut off") || contains(r.said, "refresh-half") {
		t.Errorf("logout: %+v", r)
	}
	b.wantRemains()
}

// TestDoctorTouchesNothingUnderALock: whoever holds it may be writing.
func TestDoctorTouchesNothingUnderALock(t *testing.T) {
	b := newBed(t)
	place := b.session("s", fresh())
	part := filepath.Join(place.Dir(), ".secret.json.part-1")
	if err := os.WriteFile(part, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	held, err := place.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	if r := b.run(nil, "doctor"); !contains(r.out, "holds its lock") || contains(r.out, "left behind: removed") {
		t.Errorf("doctor: %+v", r)
	}
	if _, err := os.Stat(part); err != nil {
		t.Error(err)
	}
	held.Release()
	if r := b.run(nil, "doctor"); !contains(r.out, "removed 1 file that a killed login left behind") {
		t.Errorf("doctor: %+v", r)
	}
	if _, err := os.Stat(part); err == nil {
		t.Error("it is still there")
	}
}

// TestLogoutOfAllAndWhatIsUnfinished counts what could not be revoked as a finding.
func TestLogoutOfAllAndWhatIsUnfinished(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	unfinished := b.home.Session("t")
	if err := unfinished.SaveSecret(secret.New("a-refresh-token")); err != nil {
		t.Fatal(err)
	}
	if r := b.run(nil, "logout", "--all"); r.code != 1 || !contains(r.said, "Signed out: session s") || !contains(r.said, "never finished") {
		t.Errorf("logout --all: %+v", r)
	}
	b.wantRemains()
}
