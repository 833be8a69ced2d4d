//go:build unix

package private

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Flags of an open that never waits for the other end of a pipe, and of one
// that follows no link.
const (
	noWait   = syscall.O_NONBLOCK
	noFollow = syscall.O_NOFOLLOW
)

// openNoFollow opens a file for reading, never through a link, and never waits
// for the other end of a pipe.
func openNoFollow(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|noFollow|noWait|syscall.O_CLOEXEC, 0)
	if errors.Is(err, syscall.ELOOP) {
		return nil, fmt.Errorf("%s is a link: %w", path, ErrUnsafe)
	}
	return file, err
}

func checkOwner(path string, info fs.FileInfo) error {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("%s belongs to user %d and not to user %d, who runs this: %w", path, stat.Uid, os.Geteuid(), ErrUnsafe)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("%s has mode %04o, which lets others in (chmod go-rwx it): %w", path, mode, ErrUnsafe)
	}
	return nil
}

// checkKeyOwner is checkOwner, but root may own the file, and may let a group
// read it: only who runs the machine or the container can arrange that.
func checkKeyOwner(path string, info fs.FileInfo) error {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if ok && stat.Uid == 0 && os.Geteuid() != 0 && info.Mode().Perm()&0o037 == 0 {
		return nil
	}
	return checkOwner(path, info)
}

// syncDir makes a rename in the folder last. Some file systems cannot sync a
// folder; there it is not needed or not to be had.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
