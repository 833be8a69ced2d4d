package files

import (
	"io"
	"io/fs"
	"os"
	"path"
)

// Open reads which files a folder holds, without .git. Their contents are read
// through the root, so that no link can lead out of it, even one that is made
// meanwhile. The root must stay open as long as the tree is used. Files are shown
// to users below the path shown.
func Open(root *os.Root, shown string) (*Tree, error) {
	t := &Tree{files: map[string]*file{}, links: map[string]bool{}}
	var folders []string
	err := fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path.Base(name) == ".git" && entry.IsDir():
			return fs.SkipDir
		case entry.IsDir():
			folders = append(folders, name)
		case entry.Type().IsRegular():
			t.files[name] = &file{from: path.Join(shown, name), read: once(name, func() ([]byte, error) { return readFile(root, name) })}
		default:
			t.links[name] = true
		}
		if len(t.files) > MaxFiles {
			return errTooManyFiles
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	t.index(folders)
	return t, nil
}

func readFile(root *os.Root, name string) ([]byte, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrInvalid // replaced by a link or pipe meanwhile
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err == nil && len(content) > MaxFile {
		err = errTooLarge
	}
	return content, err
}
