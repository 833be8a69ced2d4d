package kubeconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// write replaces a file in one step. A link stays one: what it points to is
// replaced, or made. The file stays its owner's, who may be another than root,
// who runs this. A new file can be read by its owner only.
func write(path string, content []byte) error {
	target, err := resolve(path)
	if err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(target), ".kubeconfig.part-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name()) // fails after the rename, as it should
	err = likeOld(part, target)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = part.Sync()
	}
	if err := errors.Join(err, part.Close()); err != nil {
		return err
	}
	if err := os.Rename(part.Name(), target); err != nil {
		return err
	}
	return syncDir(filepath.Dir(target))
}

// likeOld gives the part the owner and the mode of the file that it is for: the
// owner first, as a change of it takes bits of the mode away.
func likeOld(part *os.File, target string) error {
	old, err := os.Stat(target)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a part has mode 0600
	}
	if err != nil {
		return err
	}
	if err := chown(part, old); err != nil {
		return err
	}
	return part.Chmod(old.Mode().Perm())
}

// maxLinks is how many links may lead to a file, as Linux has it.
const maxLinks = 40

// resolve follows links to what they lead to, which need not exist.
func resolve(path string) (string, error) {
	for range maxLinks {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			// Not Join, which would cut ".." after a folder that is a link.
			to = filepath.Dir(path) + string(filepath.Separator) + to
		}
		path = to
	}
	return "", fmt.Errorf("%s: too many links", path)
}
