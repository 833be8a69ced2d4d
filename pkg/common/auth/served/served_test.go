package served

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

func TestHad(t *testing.T) {
	home := store.At(filepath.Join(t.TempDir(), "home"))
	if err := os.Mkdir(home.Dir(), 0o700); err != nil {
		t.Fatal(err)
	}
	token := secret.New("token")
	me := By(os.Getpid(), "cluster", "args")
	if me.Had(home, token) {
		t.Fatal("had a token before it was given")
	}
	me.Note(home, token)
	me.Note(home, token)
	if !me.Had(home, token) {
		t.Fatal("the note is lost")
	}
	for name, other := range map[string]Asker{
		"other process":  By(os.Getppid(), "cluster", "args"),
		"other cluster":  By(os.Getpid(), "other", "args"),
		"parts shifted":  By(os.Getpid(), "clustera", "rgs"),
		"fewer of parts": By(os.Getpid(), "cluster"),
	} {
		if other.Had(home, token) {
			t.Errorf("%s had the token", name)
		}
	}
	if me.Had(home, secret.New("other")) {
		t.Error("had another token")
	}
}

func TestNoPlaceIsNoHarm(t *testing.T) {
	home := store.At("/proc/no-such-place")
	me := By(1)
	me.Note(home, secret.New("t"))
	if me.Had(home, secret.New("t")) {
		t.Error("remembered without a place")
	}
}
