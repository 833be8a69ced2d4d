package vault

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// given is a passphrase that is there.
func given(text string) func(string, bool) (secret.Text, error) {
	return func(string, bool) (secret.Text, error) { return secret.New(text), nil }
}

func encrypted(t *testing.T, place store.Place, access Access) Vault {
	t.Helper()
	v, err := Open(session.Session{Name: "a", Storage: session.EncryptedFile}, place, access)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEncryptedFileNeedsItsPassphrase(t *testing.T) {
	place := store.At(filepath.Join(t.TempDir(), "home")).Session("a")
	right := Access{Passphrase: given("correct horse battery")}
	if err := encrypted(t, place, right).Save(secret.New("a-refresh-token")); err != nil {
		t.Fatal(err)
	}
	content, err := place.Sealed()
	if err != nil || bytes.Contains(content, []byte("a-refresh-token")) {
		t.Fatalf("the file shows the secret, or is not there: %v", err)
	}
	for name, c := range map[string]struct {
		access Access
		change func([]byte) []byte
		kind   failure.Code
		is     error
	}{
		"none":          {Access{}, nil, failure.LoginNeeded, ErrPassphrase},
		"wrong":         {Access{Passphrase: given("another horse")}, nil, failure.LoginNeeded, sealed.ErrWrong},
		"wrong key":     {Access{Key: secret.New("0123456789abcdef0123456789abcdef")}, nil, failure.LoginNeeded, ErrPassphrase},
		"tampered with": {right, func(b []byte) []byte { return bytes.Replace(b, []byte(`600000`), []byte(`600001`), 1) }, failure.LoginNeeded, sealed.ErrWrong},
		"hostile":       {right, func(b []byte) []byte { return bytes.Replace(b, []byte(`600000`), []byte(`99999999999`), 1) }, failure.Refused, sealed.ErrDamaged},
		"no box":        {right, func([]byte) []byte { return []byte("{}") }, failure.Refused, sealed.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			changed := content
			if c.change != nil {
				changed = c.change(content)
			}
			if err := place.SaveSealed(changed); err != nil {
				t.Fatal(err)
			}
			got, err := encrypted(t, place, c.access).Load()
			if !errors.Is(err, c.is) || failure.CodeOf(err) != c.kind || !got.Empty() {
				t.Errorf("Load = %v of kind %s, want %v of %s", err, failure.CodeOf(err), c.is, c.kind)
			}
		})
	}
}

// TestTheKeyIsEnough: the process that renews a session has the key and no
// passphrase, and what it saves opens with the passphrase.
func TestTheKeyIsEnough(t *testing.T) {
	place := store.At(filepath.Join(t.TempDir(), "home")).Session("a")
	right := encrypted(t, place, Access{Passphrase: given("correct horse battery")})
	if err := right.Save(secret.New("first")); err != nil {
		t.Fatal(err)
	}
	key, err := Unlock(right)
	if err != nil || key.Empty() {
		t.Fatal(err)
	}
	child := encrypted(t, place, Access{Key: key})
	if got, err := child.Load(); err != nil || got.Reveal() != "first" {
		t.Fatalf("Load = %v", err)
	}
	if err := child.Save(secret.New("second")); err != nil {
		t.Fatal(err)
	}
	if got, err := right.Load(); err != nil || got.Reveal() != "second" {
		t.Errorf("Load = %v", err)
	}
	plain, err := Open(session.Session{Name: "a", Storage: session.File}, place, Access{})
	if err != nil {
		t.Fatal(err)
	}
	if key, err := Unlock(plain); err != nil || !key.Empty() {
		t.Errorf("Unlock of a plain file = %v", err)
	}
}
