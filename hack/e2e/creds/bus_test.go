package creds_test

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// keyring starts a message bus with an unlocked keyring of their own, and
// returns the variable that names the bus.
func keyring(t *testing.T, home string) string {
	t.Helper()
	if _, err := os.Stat("/run/user/0/bus"); err == nil && os.Geteuid() == 0 {
		t.Skip("this machine has a session bus at /run/user/0/bus, whose keyring is not for tests")
	}
	daemon := testbed.Tool(t, "gnome-keyring-daemon")
	variable := "DBUS_SESSION_BUS_ADDRESS=" + messageBus(t)
	unlock := exec.CommandContext(t.Context(), daemon, "--foreground", "--unlock", "--components=secrets")
	unlock.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), variable}
	unlock.Stdin = strings.NewReader("test")
	started(t, unlock)
	// Whoever asks earlier has the bus start a second daemon, which reads what the
	// first has half written.
	for range 600 {
		ask := exec.CommandContext(t.Context(), "sh", "-c", hasKeyring)
		ask.Env = []string{"PATH=" + os.Getenv("PATH"), variable}
		if ask.Run() == nil {
			return variable
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the keyring does not come to the message bus")
	return ""
}

// hasKeyring is a shell command that succeeds once a keyring is on the bus.
const hasKeyring = "dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q 'boolean true'"

// messageBus starts a session bus and returns its address.
func messageBus(t *testing.T) string {
	t.Helper()
	testbed.Tool(t, "dbus-run-session") // which comes with it
	bus := exec.CommandContext(t.Context(), "dbus-daemon", "--session", "--nofork", "--print-address=1")
	out, err := bus.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	started(t, bus)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// started starts a program that the end of the test ends.
func started(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}
