package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openTerminal opens a terminal of 80 columns: what is written to the tty is read
// from the other end.
func openTerminal(t *testing.T) (other, tty *os.File) {
	t.Helper()
	other, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("this machine gives no terminal: %v", err)
	}
	t.Cleanup(func() { _ = other.Close() })
	fd := int(other.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("this machine gives no terminal: %v", err)
	}
	return other, tty
}

// TestProgress: on a terminal the counts go up while targets are read and written,
// and nothing is left of them in the end; elsewhere, and for few targets, there
// are none.
func TestProgress(t *testing.T) {
	f, binary := newFleet(t, 12), program(t)
	f.slow(150*time.Millisecond, 99, func() {})
	watch := func(args ...string) string {
		t.Helper()
		other, tty := openTerminal(t)
		cmd, stdout, _ := f.command(t, binary, args...)
		cmd.Stderr = tty
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_ = tty.Close()
		shown := make(chan string)
		go func() {
			var all bytes.Buffer
			// It ends with EIO once nobody has the terminal open.
			_, _ = all.ReadFrom(other)
			shown <- all.String()
		}()
		err := cmd.Wait()
		said := <-shown
		if err != nil || strings.ContainsAny(stdout.String(), "\r\x1b") {
			t.Errorf("%v, %q\n%s", err, stdout, said)
		}
		return said
	}
	said := watch("copy", "app", "--to-context", "prod-*", "--parallel", "3")
	for _, want := range []string{"\rreading targets 1/12", "\rreading targets 12/12", "\rwriting 1/12", "\rwriting 12/12", "plan for 12 targets: 12 would create"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not show %q: %q", want, said)
		}
	}
	if !strings.HasSuffix(said, "\r\x1b[K") {
		t.Errorf("the line of progress stays: %q", said)
	}
	if said := watch("status", "app", "--to-context", "prod-00", "--to-context", "prod-01"); strings.Contains(said, "\r") && strings.Contains(said, "/2") {
		t.Errorf("progress for two targets: %q", said)
	}
	cmd, _, stderr := f.command(t, binary, "status", "app", "--to-context", "prod-*")
	if err := cmd.Run(); err != nil || strings.ContainsAny(stderr.String(), "\r\x1b") {
		t.Errorf("without a terminal: %v, %q", err, stderr)
	}
}
