// Package filelock lets one process at a time do something.
package filelock

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// pollInterval is how often a taken lock is tried again.
const pollInterval = 100 * time.Millisecond

// Request says what is locked and how long it is worth waiting for.
type Request struct {
	// Path is the lock file. It stays when the lock is given back.
	Path string
	// What is done under the lock, for messages: "building servers".
	What string
	// Patience bounds the wait.
	Patience time.Duration
	// Progress is told once when there is something to wait for.
	Progress io.Writer
}

// errTaken says that another process has the lock now.
var errTaken = errors.New("taken")

// Lock is a lock that is held. The system gives it back when the process
// ends, however that happens.
type Lock struct{ file *os.File }

// Take takes the lock, waiting if it must.
func Take(ctx context.Context, want Request) (*Lock, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, want.Patience,
		fmt.Errorf("%s is still locked by %s after %s", want.Path, holder(want.Path), want.Patience))
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for announced := false; ; announced = true {
		lock, err := try(want.Path)
		if err == nil {
			return lock, nil
		}
		if !errors.Is(err, errTaken) {
			return nil, fmt.Errorf("lock for %s: %w", want.What, err)
		}
		if !announced {
			fmt.Fprintf(want.Progress, "waiting for %s, which is %s…\n", holder(want.Path), want.What)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("lock for %s: %w", want.What, context.Cause(ctx))
		case <-ticker.C:
		}
	}
}

// Release gives the lock back. The file stays; it holds nothing that closing
// it could lose.
func (l *Lock) Release() { _ = l.file.Close() }

// Remove gives the lock back and removes its file.
func (l *Lock) Remove() error {
	return errors.Join(os.Remove(l.file.Name()), l.file.Close())
}

func try(path string) (*Lock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) || (err == nil && !stillThere(file)) {
		err = errTaken
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	sign(file)
	return &Lock{file: file}, nil
}

// stillThere says whether the locked file is the one that others would open:
// the last holder may have removed it in the meantime.
func stillThere(file *os.File) bool {
	mine, err := file.Stat()
	if err != nil {
		return false
	}
	theirs, err := os.Stat(file.Name())
	return err == nil && os.SameFile(mine, theirs)
}

// sign notes who holds the lock. It only makes messages better, so that it
// may fail.
func sign(file *os.File) {
	if file.Truncate(0) == nil {
		_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	}
}

// holder names the process that holds the lock, for a message.
func holder(path string) string {
	content, err := os.ReadFile(path)
	pid := strings.TrimSpace(string(content))
	if err != nil || pid == "" {
		return "another process"
	}
	return "process " + pid
}
