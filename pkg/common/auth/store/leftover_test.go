package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
)

// TestALeftoverIsReadInItsRole, and no other file through it.
func TestALeftoverIsReadInItsRole(t *testing.T) {
	place := At(filepath.Join(t.TempDir(), "home")).Session("a")
	for _, err := range []error{
		place.SaveSession(newSession("a")), place.SaveSecret(secret.New("kept")), place.SaveToken(Token{Access: secret.New("token")}),
		os.WriteFile(filepath.Join(place.Dir(), ".secret.json.part-1"), []byte(`{"secret":"left"}`), 0o600),
		os.WriteFile(filepath.Join(place.Dir(), ".secret.json.next"), []byte(`{"secret":"next"}    `), 0o600),
		os.WriteFile(filepath.Join(place.Dir(), ".sealed.json.part-1"), []byte(`{`), 0o600),
		os.WriteFile(filepath.Join(place.Dir(), ".secret.json.backup"), nil, 0o600), // which is not ours
		place.SaveSealed([]byte(`{}`)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	left, err := place.Leftovers(session.File)
	if err != nil || len(left) != 4 { // the three, and sealed.json
		t.Fatalf("Leftovers = %v, %v", left, err)
	}
	for i, want := range []string{"next", "left"} {
		got, err := left[i].View.Secret()
		if err != nil || got.Reveal() != want || left[i].Storage != session.File {
			t.Errorf("%d: %q in %s, %v", i, got.Reveal(), left[i].Storage, err)
		}
	}
	if _, err := left[0].View.Token(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Token of a leftover = %v", err)
	}
	if _, err := left[2].View.Sealed(); !errors.Is(err, ErrDamaged) || left[2].Storage != session.EncryptedFile {
		t.Errorf("Sealed of one that is cut off = %v", err)
	}
	for _, l := range left {
		if err := l.Remove(); err != nil {
			t.Error(err)
		}
	}
	if got, err := place.Secret(); err != nil || got.Reveal() != "kept" {
		t.Errorf("the session's own secret: %q, %v", got.Reveal(), err)
	}
	if left, err := place.Leftovers(session.File); err != nil || len(left) > 0 || place.Littered() {
		t.Errorf("Leftovers = %v, %v", left, err)
	}
}

// TestRemoveRemovesTheSessionLast: while there is a secret, a command finds it.
func TestRemoveRemovesTheSessionLast(t *testing.T) {
	place := At(filepath.Join(t.TempDir(), "home")).Session("a")
	inTheWay := filepath.Join(place.Dir(), secretFile)
	for _, err := range []error{
		place.SaveSession(newSession("a")), place.SavePending(Pending{Session: newSession("a")}), os.MkdirAll(filepath.Join(inTheWay, "x"), 0o700),
		os.WriteFile(filepath.Join(place.Dir(), ".token.json.part-1"), nil, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := place.Remove(); err == nil {
		t.Fatal("a folder was removed")
	}
	if _, err := place.Session(); err != nil {
		t.Errorf("the session is gone before its secret: %v", err)
	}
	if err := errors.Join(os.RemoveAll(inTheWay), place.Remove()); err != nil || !place.Bare() {
		t.Errorf("Remove = %v", err)
	}
}

func TestPendingRoundTrip(t *testing.T) {
	place := At(filepath.Join(t.TempDir(), "home")).Session("a")
	if _, err := place.Pending(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Pending = %v", err)
	}
	older := newSession("a")
	older.Storage = session.Keyring
	if err := place.SavePending(Pending{newSession("a"), &older}); err != nil {
		t.Fatal(err)
	}
	got, err := place.Pending()
	if err != nil || len(got.Sessions()) != 2 || got.Sessions()[1].Storage != session.Keyring {
		t.Errorf("Pending = %+v, %v", got, err)
	}
	if !place.Unfinished() || place.Bare() {
		t.Error("a login that is pending is not seen")
	}
	if err := place.RemovePending(); err != nil || place.Unfinished() {
		t.Errorf("RemovePending = %v", err)
	}
}

// TestPlacesOfAHomeThatIsNotThere are none.
func TestPlacesOfAHomeThatIsNotThere(t *testing.T) {
	for _, home := range []Home{{}, At(filepath.Join(t.TempDir(), "home"))} {
		all, err := home.Places()
		if err != nil || len(all) > 0 {
			t.Errorf("Places = %v, %v", all, err)
		}
	}
}
