package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal is one whose keyboard and screen are a test's: keys are written to
// it, and what it shows is collected.
type terminal struct {
	keyboard, line *os.File

	mu    sync.Mutex
	shown bytes.Buffer
	done  chan struct{}
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{keyboard: master, line: line, done: make(chan struct{})}
	go term.collect()
	return term
}

func (s *terminal) collect() {
	defer close(s.done)
	buffer := make([]byte, 4096)
	for {
		n, err := s.keyboard.Read(buffer)
		s.mu.Lock()
		s.shown.Write(buffer[:n])
		s.mu.Unlock()
		if err != nil {
			return // the last one that had the terminal has gone
		}
	}
}

// finish runs a command that prints to a pipe and has the terminal besides, and
// types the keys in advance.
func (s *terminal) finish(t *testing.T, cmd *exec.Cmd, keys string) run {
	t.Helper()
	if cmd.Stdin == nil {
		cmd.Stdin = s.line
	}
	cmd.Stderr = s.line
	if _, err := s.keyboard.WriteString(keys); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.Output()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	_ = s.line.Close()
	<-s.done
	_ = s.keyboard.Close()
	return run{string(out), s.shown.String(), cmd.ProcessState.ExitCode()}
}

// TestAPersonIsAskedAtATerminal: with standard input and error at it, whatever
// standard output is; and never a program that wants a bare token.
func TestAPersonIsAskedAtATerminal(t *testing.T) {
	b := newBed(t)
	b.ended("s")
	b.approve()
	if r := newTerminal(t).finish(t, b.command(nil, "auth", "get-token"), ""); r.code != 6 || r.out != "" {
		t.Errorf("auth get-token: %+v", r)
	}
	piped := b.command(nil, "get-token")
	piped.Stdin = bytes.NewReader(nil)
	if r := newTerminal(t).finish(t, piped, ""); r.code != 6 || r.out != "" {
		t.Errorf("get-token with a pipe for standard input: %+v", r)
	}
	asked := b.command([]string{question(apiHost)}, "get-token")
	if r := newTerminal(t).finish(t, asked, ""); r.code != 6 || r.out != "" {
		t.Errorf("get-token with interactive: false: %+v", r)
	}
	if n := b.logins(); n != 0 {
		t.Errorf("%d logins without leave", n)
	}
	if r := newTerminal(t).finish(t, b.command(nil, "get-token"), ""); r.code != 0 || r.token() == "" || !contains(r.said, "ABCD-EFGH") {
		t.Errorf("get-token: %+v", r)
	}
}
