//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
)

// TestOpenFoldersAreNotReadFrom: in a folder that others may write to, they may
// put another session in the place of ours.
func TestOpenFoldersAreNotReadFrom(t *testing.T) {
	home := At(filepath.Join(t.TempDir(), "home"))
	place := home.Session("s")
	if err := errors.Join(place.SaveSession(session.Session{Name: "s", Type: session.User}),
		place.SaveToken(Token{Access: secret.New("t")}), home.SetCurrent("s")); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{home.Dir(), filepath.Dir(place.Dir()), place.Dir()} {
		for _, mode := range []os.FileMode{0o755, 0o777} {
			if err := os.Chmod(dir, mode); err != nil {
				t.Fatal(err)
			}
			_, noSession := place.Session()
			_, noToken := place.Token()
			for _, err := range []error{noSession, noToken} {
				if !errors.Is(err, private.ErrUnsafe) {
					t.Errorf("%s of mode %04o: %v, want a refusal", dir, mode, err)
				}
			}
		}
		if dir == home.Dir() {
			if _, err := home.Current(); !errors.Is(err, private.ErrUnsafe) {
				t.Errorf("Current in an open home: %v", err)
			}
		}
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := place.Token(); err != nil {
		t.Error(err)
	}
}
