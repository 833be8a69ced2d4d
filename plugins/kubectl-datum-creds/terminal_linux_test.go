package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is one whose keyboard and screen are a test's: keys are written to
// it, and what it shows is collected.
type terminal struct {
	keyboard, line *os.File
	// heard is told what is shown too, if it is set before a command runs.
	heard io.Writer

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
	return &terminal{keyboard: master, line: line, done: make(chan struct{})}
}

func (s *terminal) collect() {
	defer close(s.done)
	buffer := make([]byte, 4096)
	for {
		n, err := s.keyboard.Read(buffer)
		s.mu.Lock()
		text := bytes.ReplaceAll(buffer[:n], []byte("\r"), nil)
		s.shown.Write(text)
		if s.heard != nil {
			_, _ = s.heard.Write(text)
		}
		s.mu.Unlock()
		if err != nil {
			return // the last one that had the terminal has gone
		}
	}
}

// typing answers one question after the other, each when it is shown and the
// terminal has stopped to show what is typed.
func (s *terminal) typing(answers []string) {
	for i, answer := range answers {
		if !s.waits(i + 1) {
			return
		}
		_, _ = s.keyboard.WriteString(answer + "\n")
	}
}

// waits waits until so many questions were asked; false: the command has gone.
func (s *terminal) waits(n int) bool {
	for !s.asks(n) {
		select {
		case <-s.done:
			return false
		case <-time.After(10 * time.Millisecond):
		}
	}
	return true
}

// asks reports whether n questions were asked, the last one without echo.
func (s *terminal) asks(n int) bool {
	s.mu.Lock()
	asked := strings.Count(s.shown.String(), ": ")
	s.mu.Unlock()
	state, err := unix.IoctlGetTermios(int(s.keyboard.Fd()), unix.TCGETS)
	return asked >= n && err == nil && state.Lflag&unix.ECHO == 0
}

// finish runs a command that prints to a pipe and has the terminal besides, and
// answers its questions.
func (s *terminal) finish(t *testing.T, cmd *exec.Cmd, answers ...string) run {
	t.Helper()
	return s.while(t, cmd, func() { s.typing(answers) })
}

// while runs a command that prints to a pipe and has the terminal besides, and
// does something meanwhile.
func (s *terminal) while(t *testing.T, cmd *exec.Cmd, do func()) run {
	t.Helper()
	if cmd.Stdin == nil {
		cmd.Stdin = s.line
	}
	if cmd.Stderr == nil {
		cmd.Stderr = s.line
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go s.collect()
	var done sync.WaitGroup
	done.Go(do)
	_ = cmd.Wait() // the exit code tells
	_ = s.line.Close()
	<-s.done
	done.Wait()
	_ = s.keyboard.Close()
	return run{out.String(), s.shown.String(), cmd.ProcessState.ExitCode()}
}

// TestAPersonIsAskedAtATerminal: with standard input and error at it, whatever
// standard output is; and never a program that wants a bare token.
func TestAPersonIsAskedAtATerminal(t *testing.T) {
	b := newBed(t)
	b.ended("s")
	b.approve()
	if r := newTerminal(t).finish(t, b.command(nil, "auth", "get-token")); r.code != 6 || r.out != "" {
		t.Errorf("auth get-token: %+v", r)
	}
	piped := b.command(nil, "get-token", "-o", "json")
	piped.Stdin = bytes.NewReader(nil)
	if r := newTerminal(t).finish(t, piped); r.code != 6 || r.out != "" {
		t.Errorf("get-token with a pipe for standard input: %+v", r)
	}
	asked := b.command([]string{question(apiHost)}, "get-token")
	if r := newTerminal(t).finish(t, asked); r.code != 6 || r.out != "" {
		t.Errorf("get-token with interactive: false: %+v", r)
	}
	if n := b.logins(); n != 0 {
		t.Errorf("%d logins without leave", n)
	}
	if r := newTerminal(t).finish(t, b.command(nil, "get-token", "-o", "json")); r.code != 0 || r.token() == "" || !contains(r.said, "ABCD-EFGH") {
		t.Errorf("get-token: %+v", r)
	}
}

// TestThePassphraseIsAskedFor: twice at a login, once for a renewal, and never
// shown.
func TestThePassphraseIsAskedFor(t *testing.T) {
	b := newBed(t)
	b.approve()
	login := append(b.loginArgs(), "--storage", "encrypted-file", "--name", "s")
	if r := newTerminal(t).finish(t, b.command(nil, login...), passphrase, "a slip of the pen"); r.code != 2 || !contains(r.said, "differ") {
		t.Errorf("login with a slip: %+v", r)
	}
	r := newTerminal(t).finish(t, b.command(nil, login...), passphrase, passphrase)
	if r.code != 0 || !contains(r.said, "New passphrase") || contains(r.said, passphrase) {
		t.Fatalf("login: %+v", r)
	}
	if err := b.home.Session("s").SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	// What a program or pipeline asks for is not asked of the user.
	if r := newTerminal(t).finish(t, b.command(nil, "auth", "get-token"), passphrase); r.code != 6 {
		t.Errorf("auth get-token: %+v", r)
	}
	if r := newTerminal(t).finish(t, b.command([]string{question(apiHost)}, "get-token"), passphrase); r.code != 6 {
		t.Errorf("get-token with interactive: false: %+v", r)
	}
	r = newTerminal(t).finish(t, b.asClient([]string{interactive()}, "get-token"), passphrase)
	if r.code != 0 || r.token() == "" || !contains(r.said, "Passphrase of session s") || contains(r.said, passphrase) {
		t.Errorf("get-token: %+v", r)
	}
	if n := b.logins(); n != 1 {
		t.Errorf("%d logins", n)
	}
}
