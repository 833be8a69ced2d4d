package archive

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// Program returns the one program of an archive of ours, which holds that and
// the licence at its root, and nothing else.
func Program(path string) (File, error) {
	files, err := Read(path)
	if err != nil {
		return File{}, err
	}
	if licence := slices.IndexFunc(files, func(f File) bool { return f.Name == "LICENSE" }); licence >= 0 {
		files = slices.Delete(files, licence, licence+1)
	} else {
		return File{}, fmt.Errorf("%s: no LICENSE at its root", filepath.Base(path))
	}
	if len(files) != 1 {
		return File{}, fmt.Errorf("%s: %d files beside LICENSE, want one program", filepath.Base(path), len(files))
	}
	return files[0], isProgram(filepath.Base(path), files[0])
}

func isProgram(archive string, f File) error {
	if strings.Contains(f.Name, "/") {
		return fmt.Errorf("%s: %s is not at its root", archive, f.Name)
	}
	if f.Mode != fs.FileMode(0o755) {
		return fmt.Errorf("%s: %s has mode %o, want 755", archive, f.Name, f.Mode)
	}
	return nil
}
