package secretservice

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// runtimeDirs returns a directory in the place of /run/user, with this user's
// directory in it.
func runtimeDirs(t testing.TB) (dirs, bus string) {
	t.Helper()
	dirs = openDir(t)
	own := filepath.Join(dirs, strconv.Itoa(os.Geteuid()))
	if err := os.Mkdir(own, 0o700); err != nil {
		t.Fatal(err)
	}
	return dirs, filepath.Join(own, "bus")
}

func socketAt(t testing.TB, path string) {
	t.Helper()
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
}

func TestChoose(t *testing.T) {
	const given = "unix:path=/tmp/given,guid=1"
	makers := map[string]func(bus string){
		"a socket": func(bus string) { socketAt(t, bus) },
		"a link to a socket": func(bus string) {
			socketAt(t, bus+"-real")
			if err := os.Symlink(bus+"-real", bus); err != nil {
				t.Fatal(err)
			}
		},
		"nothing": func(string) {},
		"a file": func(bus string) {
			if err := os.WriteFile(bus, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a directory": func(bus string) {
			if err := os.Mkdir(bus, 0o700); err != nil {
				t.Fatal(err)
			}
		},
	}
	for there, put := range makers {
		dirs, bus := runtimeDirs(t)
		put(bus)
		first := strings.Contains(there, "socket")
		for _, c := range []struct{ given, want string }{
			{"", ""}, {given, "/tmp/given"}, {"unix:abstract=x", "@x"}, {"tcp:host=127.0.0.1,port=1", ""}, {"autolaunch:", ""},
		} {
			want := c.want
			if first {
				want = bus
			}
			got, err := Choose(dirs, os.Geteuid(), c.given)
			if got.socket != want || (err == nil) != (want != "") || (err != nil && !errors.Is(err, ErrNoBus)) {
				t.Errorf("with %s and %q given: Choose = %q, %v; want %q", there, c.given, got.socket, err, want)
			}
		}
	}
}

func TestChooseTakesNoSocketOfAnotherUser(t *testing.T) {
	dirs, bus := runtimeDirs(t)
	socketAt(t, bus)
	other := os.Geteuid() + 1
	if err := os.Rename(filepath.Dir(bus), filepath.Join(dirs, strconv.Itoa(other))); err != nil {
		t.Fatal(err)
	}
	if got, err := Choose(dirs, other, ""); !errors.Is(err, ErrNoBus) || !strings.Contains(err.Error(), "belongs to another user") {
		t.Errorf("Choose = %q, %v", got, err)
	}
	if got, err := Choose(dirs, other, "unix:abstract=given"); err != nil || got.socket != "@given" {
		t.Errorf("Choose with an address given = %q, %v", got, err)
	}
}

// TestErrorsOfChooseSayWhatHelps: it is what the user reads after a login that
// found no keyring.
func TestErrorsOfChooseSayWhatHelps(t *testing.T) {
	dirs, bus := runtimeDirs(t)
	for given, want := range map[string][]string{
		"":                              {"no session bus can be verified", bus, "SSH", "su, sudo"},
		"tcp:host=secret.test,port=443": {"no session bus can be verified", bus, `"tcp"`},
	} {
		_, err := Choose(dirs, os.Geteuid(), given)
		for _, part := range want {
			if err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "secret.test") {
				t.Errorf("with %q given: %v; want %q in it", given, err, part)
			}
		}
	}
}
