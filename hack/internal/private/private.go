// Package private makes folders and files that only their owner can reach.
package private

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Dir makes a folder of mode 0700, with its parents. A folder that is there
// must belong to this user and be closed to others: below a shared temporary
// folder somebody else may have made it first.
func Dir(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Getuid() {
		return fmt.Errorf("%s belongs to user %d, not to you", path, stat.Uid)
	}
	return os.Chmod(path, 0o700)
}

// WriteFile puts a file of mode 0600 in place in one step: a reader sees the
// old content or the new one, never a part.
func WriteFile(path string, content []byte) error {
	part, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part.Name()) }()
	if _, err := part.Write(content); err != nil {
		return errors.Join(err, part.Close())
	}
	if err := part.Close(); err != nil {
		return err
	}
	return os.Rename(part.Name(), path)
}
