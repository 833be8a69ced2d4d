package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// The environment of a guardian: the folder of process records it answers for
// and, where there is one, the folder it removes at the end.
const (
	guardRecords = "DEVCLUSTER_GUARD_RECORDS"
	guardRemove  = "DEVCLUSTER_GUARD_REMOVE"
)

// Guardian is a small companion process that ends the recorded servers when
// its owner is gone, however that died.
//
// Linux could send the servers a signal by itself (PR_SET_PDEATHSIG), but it
// watches the thread that started the child and not the process, and Go ends
// threads as it likes; and other systems have nothing like it. A pipe that
// only the owner holds open works everywhere.
type Guardian struct {
	pipe io.Closer
	cmd  *exec.Cmd
}

// StartGuardian starts a guardian over a folder of process records: this very
// program once more. Its main function must call GuardIfAsked first. With
// remove not empty, the guardian removes that folder at the end.
func StartGuardian(records, remove string) (*Guardian, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start guardian: %w", err)
	}
	defer func() { _ = read.Close() }()
	self, err := OwnProgram()
	if err != nil {
		return nil, fmt.Errorf("start guardian: %w", err)
	}
	cmd := exec.Command(self)
	cmd.Args = []string{"devcluster-guardian"}
	cmd.Env = append(os.Environ(), guardRecords+"="+records, guardRemove+"="+remove)
	cmd.Stdin = read
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start guardian: %w", err), write.Close())
	}
	return &Guardian{pipe: write, cmd: cmd}, nil
}

// OwnProgram is the running binary. `go run` and `go test` delete theirs; on
// Linux the kernel keeps it reachable all the same.
func OwnProgram() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

// PID returns the guardian's process id.
func (g *Guardian) PID() int { return g.cmd.Process.Pid }

// Release lets the guardian do its work now and waits for it.
func (g *Guardian) Release() error {
	return errors.Join(g.pipe.Close(), g.cmd.Wait())
}

// GuardIfAsked turns this process into a guardian when it was started as one,
// and does not return then.
func GuardIfAsked() {
	records := os.Getenv(guardRecords)
	if records == "" {
		return
	}
	if err := guard(records, os.Getenv(guardRemove)); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

func guard(records, remove string) error {
	// A Ctrl-C is meant for the owner, and a hang-up is no reason to leave.
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP)
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := Reap(ctx, records)
	if remove != "" {
		err = errors.Join(err, os.RemoveAll(remove))
	}
	return err
}
