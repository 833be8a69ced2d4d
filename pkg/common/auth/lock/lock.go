// Package lock lets one process at a time renew a session. The system gives a
// lock back when its holder is gone, however it ended, and a lock can be
// handed to a child process, which then holds it too.
package lock

import (
	"errors"
	"fmt"
	"os"
)

// ErrTaken says that another process holds the lock now.
var ErrTaken = errors.New("another process holds the lock")

// Lock is a lock that is held.
type Lock struct{ file *os.File }

// Try takes the lock of a file, which is made if need be, or fails with
// ErrTaken at once. The file stays for ever: removing it would let two
// processes hold the lock of the same name.
func Try(path string) (*Lock, error) {
	file, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := take(file); err != nil {
		_ = file.Close()
		return nil, err
	}
	l := &Lock{file}
	l.Sign()
	return l, nil
}

// Inherited returns the lock that the parent process handed over as an open
// file.
func Inherited(fd uintptr) *Lock { return &Lock{os.NewFile(fd, "inherited lock")} }

// File is the open file, to hand to a child process.
func (l *Lock) File() *os.File { return l.file }

// Release gives the lock back. A child that was handed it keeps it.
func (l *Lock) Release() { _ = l.file.Close() }
