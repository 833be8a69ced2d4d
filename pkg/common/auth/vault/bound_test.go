package vault

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// jane is a session that keeps a refresh token.
func jane(storage session.Storage) session.Session {
	return session.Session{
		Name: "s", Type: session.User, Storage: storage, Issuer: "https://auth.test/", TokenURL: "https://auth.test:443/oauth/v2/token",
		ClientID: "client-1", Subject: "user-1",
	}
}

// opened opens the vault of a session below a home.
func opened(t *testing.T, home string, ring Ring, s session.Session) Vault {
	t.Helper()
	v, err := Open(s, store.At(home).Session(s.Name), Access{Ring: ring, Passphrase: given("correct horse battery")})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestASecretIsForItsServer: session.json may be written by somebody else than
// whoever signed in.
func TestASecretIsForItsServer(t *testing.T) {
	for _, storage := range []session.Storage{session.Keyring, session.File, session.EncryptedFile} {
		t.Run(string(storage), func(t *testing.T) {
			home, ring := filepath.Join(t.TempDir(), "home"), &memory{items: map[string]string{}}
			if err := opened(t, home, ring, jane(storage)).Save(secret.New("a-refresh-token")); err != nil {
				t.Fatal(err)
			}
			same := jane(storage)
			same.Issuer, same.TokenURL, same.Email = "https://auth.test", "https://AUTH.test/other/path", "jane@example.com"
			if got, err := opened(t, home, ring, same).Load(); err != nil || got.Reveal() != "a-refresh-token" {
				t.Fatalf("Load = %v", err)
			}
			for what, spoil := range map[string]func(*session.Session){
				"issuer":     func(s *session.Session) { s.Issuer = "https://evil.test" },
				"token host": func(s *session.Session) { s.TokenURL = "https://evil.test/oauth/v2/token" },
				"client":     func(s *session.Session) { s.ClientID = "evil" },
				"subject":    func(s *session.Session) { s.Subject = "user-2" },
			} {
				s := jane(storage)
				spoil(&s)
				got, err := opened(t, home, ring, s).Load()
				if failure.CodeOf(err) != failure.Refused || !strings.Contains(err.Error(), "for the "+what) || !got.Empty() {
					t.Errorf("another %s: Load = %v", what, err)
				}
				if err != nil && strings.Contains(err.Error(), "a-refresh-token") {
					t.Errorf("another %s: the secret is shown", what)
				}
			}
		})
	}
}

// TestHomesShareNoKeyringItem: a home that somebody unpacked finds nothing.
func TestHomesShareNoKeyringItem(t *testing.T) {
	ring := &memory{items: map[string]string{}}
	home, moved := filepath.Join(t.TempDir(), "home"), filepath.Join(t.TempDir(), "home")
	if err := opened(t, home, ring, jane(session.Keyring)).Save(secret.New("a-refresh-token")); err != nil {
		t.Fatal(err)
	}
	if _, err := opened(t, moved, ring, jane(session.Keyring)).Load(); !errors.Is(err, ErrNone) {
		t.Errorf("from a moved home: %v", err)
	}
	if err := opened(t, moved, ring, jane(session.Keyring)).Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := opened(t, home, ring, jane(session.Keyring)).Load(); err != nil {
		t.Errorf("after a logout in the other home: %v", err)
	}
}

// TestAnOlderItemIsOnlyRevoked: its name covers no home, and it names no server.
func TestAnOlderItemIsOnlyRevoked(t *testing.T) {
	home, ring := filepath.Join(t.TempDir(), "home"), &memory{items: map[string]string{}}
	place := store.At(home).Session("s")
	if err := (ringVault{ring, place.ID()}).Save(secret.New("an-old-token")); err != nil {
		t.Fatal(err)
	}
	v := opened(t, home, ring, jane(session.Keyring))
	if got, err := v.Load(); !errors.Is(err, ErrUnbound) || failure.CodeOf(err) != failure.LoginNeeded || !got.Empty() {
		t.Errorf("Load = %v", err)
	}
	if got, err := Unbound(v); err != nil || got.Reveal() != "an-old-token" {
		t.Errorf("Unbound = %v", err)
	}
	if err := v.Save(secret.New("a-new-token")); err != nil {
		t.Fatal(err)
	}
	if _, err := Unbound(v); !errors.Is(err, ErrNone) {
		t.Errorf("after a login: %v", err)
	}
	if got, err := v.Load(); err != nil || got.Reveal() != "a-new-token" {
		t.Errorf("Load = %v", err)
	}
	if err := (ringVault{ring, place.ID()}).Save(secret.New("an-old-token")); err != nil {
		t.Fatal(err)
	}
	if err := v.Remove(); err != nil || len(ring.items) > 0 {
		t.Errorf("Remove = %v and leaves %d items", err, len(ring.items))
	}
}

// TestFilesOfAnOlderVersionGoOn, and are bound when they are next written.
func TestFilesOfAnOlderVersionGoOn(t *testing.T) {
	for _, content := range []string{"an-old-token", `{"type":"datum_service_account"}`} {
		home := filepath.Join(t.TempDir(), "home")
		if err := store.At(home).Session("s").SaveSecret(secret.New(content)); err != nil {
			t.Fatal(err)
		}
		v := opened(t, home, nil, jane(session.File))
		got, err := v.Load()
		if err != nil || got.Reveal() != content {
			t.Fatalf("Load = %v", err)
		}
		reserved, err := v.Reserve(got)
		if err != nil {
			t.Fatal(err)
		}
		if err := reserved.Save(secret.New("the next")); err != nil {
			t.Fatal(err)
		}
		evil := jane(session.File)
		evil.TokenURL = "https://evil.test/token"
		if _, err := opened(t, home, nil, evil).Load(); failure.CodeOf(err) != failure.Refused {
			t.Errorf("after the next write: %v", err)
		}
	}
}

func FuzzBoundLoad(f *testing.F) {
	for _, text := range []string{"", "token", envelopeVersion, envelopeVersion + `{"issuer":"https://auth.test","tokenHost":"auth.test","clientID":"client-1","subject":"user-1","secret":"x"}`, envelopeVersion + `{"secret":"x"}`, envelopeVersion + "[]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := bound{Vault: fixed(text), session: jane(session.Keyring)}.Load()
		if err == nil && !strings.Contains(text, "auth.test") {
			t.Errorf("%q gives %d bytes without its server", text, len(got.Reveal()))
		}
	})
}

// fixed is a vault with a content.
type fixed string

func (f fixed) Load() (secret.Text, error)             { return secret.New(string(f)), nil }
func (fixed) Save(secret.Text) error                   { return nil }
func (fixed) Reserve(secret.Text) (Reservation, error) { return nil, nil }
func (fixed) Remove() error                            { return nil }
