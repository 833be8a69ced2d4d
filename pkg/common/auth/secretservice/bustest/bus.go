//go:build linux

// Package bustest starts real message buses and keyrings for tests.
package bustest

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// config has no service that could be started, so that a test has exactly the
// keyring that it starts.
const config = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
`

// Bus starts a message bus with nothing on it, as this user, or as another one
// if as is not nil. It returns the bus's address. The test is skipped where
// dbus-daemon is not installed.
func Bus(t testing.TB, as *syscall.Credential) string {
	t.Helper()
	daemon, dir := tool(t, "dbus-daemon"), directory(t)
	file := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(config, "SOCKET", filepath.Join(dir, "bus"))), 0o600); err != nil {
		t.Fatal(err)
	}
	if as != nil {
		handOver(t, *as, dir, file)
	}
	cmd := exec.CommandContext(t.Context(), daemon, "--config-file="+file, "--nofork", "--nopidfile", "--print-address=1")
	var said strings.Builder
	cmd.Env, cmd.Stderr, cmd.SysProcAttr = []string{"HOME=" + dir}, &said, &syscall.SysProcAttr{Credential: as}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	Start(t, cmd)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("dbus-daemon printed no address: %v\n%s", err, said.String())
	}
	return strings.TrimSpace(address)
}

// Start starts a program that ends with the test, however that ends.
func Start(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// WaitUntil waits until something holds, and fails the test if it never does.
func WaitUntil(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// tool returns the path of a program.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(name + " is not installed")
	}
	return path
}

// directory returns a new directory with a path that is short enough for
// sockets.
func directory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bus") //nolint:usetesting // t.TempDir has the test's name in it: sun_path has 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func handOver(t testing.TB, to syscall.Credential, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if err := os.Chown(path, int(to.Uid), int(to.Gid)); err != nil {
			t.Fatal(err)
		}
	}
}
