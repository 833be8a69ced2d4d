package auth

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// damage makes a session unreadable.
func damage(t *testing.T, place store.Place) {
	t.Helper()
	if err := os.MkdirAll(place.Dir(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place.Dir(), "session.json"), []byte("{half"), 0o600); err != nil {
		t.Fatal(err)
	}
}
