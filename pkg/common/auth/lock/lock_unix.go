//go:build unix

package lock

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// Transferable reports whether a child process can be handed a lock.
const Transferable = true

func open(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0o600) //nolint:gosec // the path is the place's own
}

// take uses flock and not fcntl: an flock belongs to the open file, so that a
// child can inherit it, and closing another file of the same name in this
// process does not drop it.
func take(file *os.File) error {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return ErrTaken
		case !errors.Is(err, syscall.EINTR):
			return fmt.Errorf("lock %s: %w", file.Name(), err)
		}
	}
}
