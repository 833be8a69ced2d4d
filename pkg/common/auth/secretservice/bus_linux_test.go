package secretservice

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// busConfig has no service that could be started, so that a test has exactly
// the keyring that it starts.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
  </policy>
</busconfig>
`

// tool returns the path of a program that a test needs, or skips the test.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(name + " is not installed")
	}
	return path
}

// started starts a program in a directory of its own, and kills it afterwards.
func started(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	cmd.SysProcAttr = withDeathSignal(cmd.SysProcAttr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// withDeathSignal has a program killed if the test's process is.
func withDeathSignal(attributes *syscall.SysProcAttr) *syscall.SysProcAttr {
	if attributes == nil {
		attributes = &syscall.SysProcAttr{}
	}
	attributes.Pdeathsig = syscall.SIGKILL
	return attributes
}

// newBus starts a message bus, as this user or as another, and returns its
// address.
func newBus(t testing.TB, attributes *syscall.SysProcAttr) string {
	t.Helper()
	daemon, dir := tool(t, "dbus-daemon"), openDir(t)
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, []byte(fmt.Sprintf(busConfig, "unix:path="+filepath.Join(dir, "bus"))), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(daemon, "--config-file="+config, "--nofork", "--nopidfile", "--print-address=1")
	var said strings.Builder
	cmd.Env, cmd.Stderr, cmd.SysProcAttr = []string{"HOME=" + dir}, &said, attributes
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	started(t, cmd)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("dbus-daemon printed no address: %v\n%s", err, said.String())
	}
	return strings.TrimSpace(address)
}

// openDir returns a new directory that every user may use.
func openDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// newKeyring starts a bus and, on it, a gnome-keyring with an unlocked
// collection login. It returns the bus's address.
func newKeyring(t testing.TB) string {
	t.Helper()
	daemon := tool(t, "gnome-keyring-daemon")
	address, home := newBus(t, nil), t.TempDir()
	cmd := exec.Command(daemon, "--foreground", "--unlock", "--components=secrets", "--control-directory="+home)
	cmd.Env = []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "DBUS_SESSION_BUS_ADDRESS=" + address}
	cmd.Stdin = strings.NewReader("test")
	started(t, cmd)
	conn := connect(t, address)
	waitUntil(t, "gnome-keyring-daemon answers", func() bool {
		paths, err := conn.Object(busName, root).GetProperty(interfaces + "Service.Collections")
		return err == nil && strings.Contains(paths.String(), string(login))
	})
	return address
}

// connect connects to a bus, as any program does.
func connect(t testing.TB, address string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func waitUntil(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after half a minute it does not hold that %s", what)
		}
	}
}

// client returns a client of the bus at an address.
func client(t testing.TB, address string) Client {
	t.Helper()
	parsed, err := ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	return Client{Bus: parsed}
}

// soon returns a context that ends before a test that hangs would be killed.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
