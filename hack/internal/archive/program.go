package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// Content is what an archive of ours holds.
type Content struct {
	// Program is the one program, at the root.
	Program File
	// Notices is the text of THIRD_PARTY_NOTICES.
	Notices string
	// ManPages are the names of the man pages in man/man1.
	ManPages []string
}

// manDir is where man pages lie in archives.
const manDir = "man/man1"

// ReadContent returns what is in an archive of ours: one program, LICENSE and
// THIRD_PARTY_NOTICES at its root, and man pages. Anything else is an error.
func ReadContent(archivePath string) (Content, error) {
	files, err := Read(archivePath)
	if err != nil {
		return Content{}, err
	}
	content, err := sortOut(files)
	if err != nil {
		return Content{}, fmt.Errorf("%s: %w", filepath.Base(archivePath), err)
	}
	return content, nil
}

func sortOut(files []File) (c Content, err error) {
	var programs []File
	license := false
	for _, f := range files {
		switch {
		case f.Name == "LICENSE":
			license = true
		case f.Name == "THIRD_PARTY_NOTICES":
			c.Notices = string(f.Data)
		case path.Dir(f.Name) == manDir && strings.HasSuffix(f.Name, ".1"):
			c.ManPages = append(c.ManPages, path.Base(f.Name))
		default:
			programs = append(programs, f)
		}
	}
	if !license {
		return c, errors.New("no LICENSE at its root")
	}
	if c.Notices == "" {
		return c, errors.New("no THIRD_PARTY_NOTICES at its root")
	}
	if len(programs) != 1 {
		return c, fmt.Errorf("%d files besides licenses and man pages, want one program", len(programs))
	}
	c.Program = programs[0]
	return c, isProgram(c.Program)
}

// Program returns the one program of an archive of ours.
func Program(archivePath string) (File, error) {
	content, err := ReadContent(archivePath)
	return content.Program, err
}

func isProgram(f File) error {
	if strings.Contains(f.Name, "/") {
		return fmt.Errorf("%s is not at its root", f.Name)
	}
	if f.Mode != fs.FileMode(0o755) {
		return fmt.Errorf("%s has mode %o, want 755", f.Name, f.Mode)
	}
	return nil
}
