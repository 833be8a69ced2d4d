package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// damaged is a session whose file is empty, with a secret beside it.
func (b *bed) damaged(name string) store.Place {
	b.t.Helper()
	place := b.session(name, fresh())
	if err := os.WriteFile(filepath.Join(place.Dir(), "session.json"), nil, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return place
}

func left(t *testing.T, place store.Place) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(place.Dir(), "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestLogoutOfASessionThatCannotBeRead removes it only where the user says that
// he knows: it cannot be revoked.
func TestLogoutOfASessionThatCannotBeRead(t *testing.T) {
	b := newBed(t)
	place := b.damaged("broken")
	b.run(nil, "logout").wantFailure(t, 5, place.Dir(), "cannot be read", "--local")
	if len(left(t, place)) == 0 {
		t.Fatal("it is removed without leave")
	}
	r := b.run(nil, "logout", "--session", "broken", "--local")
	if r.code != 0 || !contains(r.said, "Removed: what was in "+place.Dir()) || !contains(r.said, "was not revoked") || !contains(r.said, "in the keyring, it is still there") {
		t.Errorf("logout --local: %+v", r)
	}
	if got := left(t, place); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
	b.run(nil, "get-token").wantFailure(t, 6, "not signed in")
}

func TestLogoutOfAllAndTheBroken(t *testing.T) {
	b := newBed(t)
	broken := b.damaged("broken")
	place := b.session("s", fresh())
	r := b.run(nil, "logout", "--all")
	if r.code != 3 || !contains(r.said, "Signed out: session s") || !contains(r.said, broken.Dir()) || !contains(r.said, "--local") {
		t.Errorf("logout --all: %+v", r)
	}
	if r := b.run(nil, "logout", "--all", "--local"); r.code != 0 || len(left(t, broken))+len(left(t, place)) > 0 {
		t.Errorf("logout --all --local: %+v", r)
	}
}

// TestLogoutRemovesNothingBehindALink: it would be somebody else's.
func TestLogoutRemovesNothingBehindALink(t *testing.T) {
	b := newBed(t)
	place := b.damaged("broken")
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	for _, err := range []error{os.Rename(place.Dir(), elsewhere), os.Symlink(elsewhere, place.Dir())} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b.run(nil, "logout", "--all", "--local").wantFailure(t, 5, "is a link")
	if files, err := filepath.Glob(filepath.Join(elsewhere, "*.json")); err != nil || len(files) == 0 {
		t.Error("files behind a link are removed")
	}
}

// TestWhatIsNoSessionIsInNobodysWay: file managers leave things behind.
func TestWhatIsNoSessionIsInNobodysWay(t *testing.T) {
	b := newBed(t)
	place := b.session("s", fresh())
	sessions := filepath.Dir(place.Dir())
	if err := os.WriteFile(filepath.Join(sessions, ".DS_Store"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(sessions, "@eaDir"), 0o755); err != nil {
		t.Fatal(err)
	}
	if r := b.run(nil, "sessions", "-o", "name"); r.code != 0 || r.out != "s\n" || r.said != "" {
		t.Errorf("sessions: %+v", r)
	}
	if r := b.run(nil, "logout", "--all", "--local"); r.code != 0 || contains(r.said, "DS_Store") {
		t.Errorf("logout: %+v", r)
	}
	if r := b.run(nil, "logout", "--all", "--local"); r.code != 0 || r.said != "" {
		t.Errorf("logout again: %+v", r)
	}
}
