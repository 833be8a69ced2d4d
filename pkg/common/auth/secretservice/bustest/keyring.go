//go:build linux

package bustest

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	secrets = "org.freedesktop.secrets"
	root    = dbus.ObjectPath("/org/freedesktop/secrets")
	login   = root + "/collection/login"
)

// Keyring starts a bus and, on it, a gnome-keyring whose collection login is
// unlocked. It returns the bus's address. The test is skipped where a program is
// not installed.
func Keyring(t testing.TB) string {
	t.Helper()
	daemon := tool(t, "gnome-keyring-daemon")
	address, home := Bus(t, nil), directory(t)
	cmd := exec.CommandContext(t.Context(), daemon, "--foreground", "--unlock", "--components=secrets", "--control-directory="+home)
	cmd.Env = []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "DBUS_SESSION_BUS_ADDRESS=" + address}
	cmd.Stdin = strings.NewReader("test")
	Start(t, cmd)
	conn := Connect(t, address)
	WaitUntil(t, "gnome-keyring-daemon answers", func() bool {
		paths, err := conn.Object(secrets, root).GetProperty("org.freedesktop.Secret.Service.Collections")
		return err == nil && strings.Contains(paths.String(), string(login))
	})
	return address
}

// Lock locks the collection login. Nothing here can show a prompt: gnome-keyring
// reports each as dismissed.
func Lock(t testing.TB, address string) {
	t.Helper()
	var locked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	err := Connect(t, address).Object(secrets, root).
		Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{login}).Store(&locked, &prompt)
	if err != nil || len(locked) != 1 {
		t.Fatalf("lock the keyring: %v, %v", locked, err)
	}
}

// Connect connects to a bus, as any program does.
func Connect(t testing.TB, address string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}
