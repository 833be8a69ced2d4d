package kubeconfig

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// write replaces a file in one step. A link stays one: what it points to is
// replaced. A new file can be read by its owner only.
func write(path string, content []byte) error {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		target, err = path, nil
	}
	if err != nil {
		return err
	}
	mode := fs.FileMode(0o600)
	if info, err := os.Stat(target); err == nil {
		mode = info.Mode().Perm()
	}
	part, err := os.CreateTemp(filepath.Dir(target), ".kubeconfig.part-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name()) // fails after the rename, as it should
	_, err = part.Write(content)
	if err == nil {
		err = part.Sync()
	}
	if err := errors.Join(err, part.Chmod(mode), part.Close()); err != nil {
		return err
	}
	return os.Rename(part.Name(), target)
}
