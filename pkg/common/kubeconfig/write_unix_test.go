//go:build unix

package kubeconfig

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestWriteKeepsTheOwner: root edits a user's file, with sudo.
func TestWriteKeepsTheOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	path := filepath.Join(t.TempDir(), "config")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chown(path, 12345, 23456), os.Chmod(path, 0o640)); err != nil {
		t.Fatal(err)
	}
	if err := write(path, []byte("x")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if stat := info.Sys().(*syscall.Stat_t); stat.Uid != 12345 || stat.Gid != 23456 || info.Mode().Perm() != 0o640 {
		t.Errorf("now of %d:%d with mode %v", stat.Uid, stat.Gid, info.Mode())
	}
}

// TestWriteFollowsLinks also to a file that is not there yet.
func TestWriteFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	first, second, target := filepath.Join(dir, "first"), filepath.Join(dir, "second"), filepath.Join(dir, "sub", "real")
	if err := errors.Join(os.Mkdir(filepath.Dir(target), 0o700), os.Symlink("second", first), os.Symlink(filepath.Join("sub", "real"), second)); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"new", "again"} {
		if err := write(first, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(target); err != nil || string(got) != content {
			t.Errorf("%q, %v; want %q where the links lead to", got, err, content)
		}
		for _, link := range []string{first, second} {
			if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
				t.Errorf("%s is no link any more: %v", link, err)
			}
		}
	}
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	if err := write(loop, nil); err == nil {
		t.Error("a link to itself was written")
	}
}
