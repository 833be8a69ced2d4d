package vault

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// memory is a keyring with an item limit, which can fail at the n-th write.
type memory struct {
	items map[string]string
	limit int
	fail  int
}

func (m *memory) Get(name string) (string, error) {
	text, ok := m.items[name]
	if !ok {
		return "", ErrNone
	}
	return text, nil
}

func (m *memory) Set(name, text string) error {
	if m.fail--; m.fail == 0 {
		return errors.New("keyring is gone")
	}
	if m.limit > 0 && len(text) > m.limit {
		return errors.New("item too large")
	}
	m.items[name] = text
	return nil
}

func (m *memory) Delete(name string) error {
	if _, ok := m.items[name]; !ok {
		return ErrNone
	}
	delete(m.items, name)
	return nil
}

func vaults(t *testing.T) map[string]Vault {
	t.Helper()
	place := store.At(filepath.Join(t.TempDir(), "home")).Session("a")
	file, err := Open(session.Session{Storage: session.File}, place, Access{})
	if err != nil {
		t.Fatal(err)
	}
	ring, err := Open(session.Session{Storage: session.Keyring}, place, Access{Ring: &memory{items: map[string]string{}, limit: 1200}})
	if err != nil {
		t.Fatal(err)
	}
	encrypted, err := Open(session.Session{Name: "a", Storage: session.EncryptedFile}, place, Access{Passphrase: given("correct horse battery")})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Vault{"file": file, "ring": ring, "encrypted file": encrypted}
}

func TestVaults(t *testing.T) {
	for name, v := range vaults(t) {
		t.Run(name, func(t *testing.T) {
			if _, err := v.Load(); !errors.Is(err, ErrNone) {
				t.Fatalf("Load of nothing = %v, want ErrNone", err)
			}
			if err := v.Remove(); err != nil {
				t.Fatalf("Remove of nothing = %v", err)
			}
			for _, size := range []int{1, 749, 750, 751, 20000, 3, 0} {
				want := strings.Repeat("s", size)
				if err := v.Save(secret.New(want)); err != nil {
					t.Fatalf("Save of %d bytes = %v", size, err)
				}
				if got, err := v.Load(); err != nil || got.Reveal() != want {
					t.Fatalf("Load of %d bytes = %d bytes, %v", size, len(got.Reveal()), err)
				}
			}
			if err := v.Remove(); err != nil {
				t.Fatal(err)
			}
			if _, err := v.Load(); !errors.Is(err, ErrNone) {
				t.Errorf("Load after Remove = %v, want ErrNone", err)
			}
		})
	}
}

func TestRingLeavesNothingBehind(t *testing.T) {
	ring := &memory{items: map[string]string{}}
	v := ringVault{ring, "id"}
	for _, text := range []string{strings.Repeat("a", 5000), "b"} {
		if err := v.Save(secret.New(text)); err != nil {
			t.Fatal(err)
		}
	}
	if len(ring.items) != 2 {
		t.Errorf("%d items for a head and a chunk", len(ring.items))
	}
	if err := v.Remove(); err != nil || len(ring.items) != 0 {
		t.Errorf("Remove = %v and leaves %d items", err, len(ring.items))
	}
}

func TestAFailedSaveKeepsTheOldSecret(t *testing.T) {
	for n := 1; n <= 7; n++ {
		ring := &memory{items: map[string]string{}}
		v := ringVault{ring, "id"}
		if err := v.Save(secret.New("old")); err != nil {
			t.Fatal(err)
		}
		ring.fail = n
		err := v.Save(secret.New(strings.Repeat("n", 4000))) // six chunks and a head
		if err == nil {
			t.Fatalf("Save succeeds though write %d failed", n)
		}
		if len(ring.items) != 2 {
			t.Errorf("after a failure at write %d: %d items for a head and a chunk", n, len(ring.items))
		}
		if got, err := v.Load(); err != nil || got.Reveal() != "old" {
			t.Errorf("after a failure at write %d: Load = %d bytes, %v", n, len(got.Reveal()), err)
		}
	}
}

func TestADamagedRingIsAnErrorWithoutContent(t *testing.T) {
	for _, text := range []string{"", "x", `{"n":-1}`, `{"n":1000}`, `{"g":"a","n":1,"s":"x"}`} {
		ring := &memory{items: map[string]string{"id": text, "id/a/0": "cHJpdmF0ZQ"}}
		if _, err := (ringVault{ring, "id"}).Load(); err == nil || strings.Contains(err.Error(), "cHJpdmF0ZQ") {
			t.Errorf("Load of head %q = %v", text, err)
		}
	}
}

func TestProbe(t *testing.T) {
	ring := &memory{items: map[string]string{}}
	if err := Probe(ring); err != nil || len(ring.items) != 0 {
		t.Errorf("Probe = %v and leaves %d items", err, len(ring.items))
	}
	if err := Probe(&memory{items: map[string]string{}, fail: 1}); err == nil {
		t.Error("Probe finds a broken keyring working")
	}
}

func TestOpenNeedsAStorage(t *testing.T) {
	if _, err := Open(session.Session{Storage: session.None}, store.Place{}, Access{}); err == nil {
		t.Error("Open of a session without storage succeeds")
	}
}
