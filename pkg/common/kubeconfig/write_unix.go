//go:build unix

package kubeconfig

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// chown gives the part to the owner of the old file. Only root can; a group
// that cannot be kept is one that this user is not in.
func chown(part *os.File, old fs.FileInfo) error {
	stat, ok := old.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	if os.Geteuid() != 0 {
		_ = part.Chown(-1, int(stat.Gid))
		return nil
	}
	return part.Chown(int(stat.Uid), int(stat.Gid))
}

// syncDir makes a rename last. Some file systems cannot sync a folder; there it
// is not needed or not to be had.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
