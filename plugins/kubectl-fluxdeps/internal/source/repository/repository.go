// Package repository finds the Git repository that a folder is in.
package repository

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Folder is a folder in its repository.
type Folder struct {
	// Root is the folder of the repository, absolute; Dir is the folder in it,
	// with slashes.
	Root, Dir string
	// Shown is the root as the user would write it.
	Shown string
	// URLs are those of its remotes.
	URLs []string
}

// Around returns the repository around a folder: root if that is given, else the
// nearest folder with .git, else the folder itself.
func Around(path, root string) (Folder, error) {
	dir, err := filepath.Abs(path)
	if err != nil {
		return Folder{}, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return Folder{}, err
	}
	found, err := rootOf(dir, root)
	if err != nil {
		return Folder{}, err
	}
	below, err := filepath.Rel(found, dir)
	if err != nil || !filepath.IsLocal(below) {
		return Folder{}, fmt.Errorf("%s is not below --root %s", path, root)
	}
	up, err := filepath.Rel(dir, found)
	if err != nil {
		return Folder{}, err
	}
	return Folder{
		Root: found, Dir: filepath.ToSlash(below), Shown: filepath.ToSlash(filepath.Join(path, up)), URLs: remotes(found),
	}, nil
}

// rootOf is the folder of the repository.
func rootOf(dir, root string) (string, error) {
	if root == "" {
		return nearest(dir), nil
	}
	absolute, err := filepath.Abs(root)
	if err == nil {
		absolute, err = filepath.EvalSymlinks(absolute)
	}
	if err != nil {
		return "", fmt.Errorf("--root: %w", err)
	}
	return absolute, nil
}

// nearest is the first folder upwards that has a .git, else the folder itself.
func nearest(dir string) string {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			return dir
		}
	}
}

// remotes reads the URLs of remotes from git's configuration, without git.
func remotes(root string) []string {
	text, err := os.ReadFile(filepath.Join(gitDir(root), "config"))
	if err != nil {
		return nil
	}
	var urls []string
	remote := false
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "[") {
			remote = strings.HasPrefix(line, `[remote "`)
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if remote && ok && strings.TrimSpace(key) == "url" {
			urls = append(urls, strings.TrimSpace(value))
		}
	}
	return urls
}

// gitDir is where git keeps what is common to all work trees of a repository.
func gitDir(root string) string {
	dir := filepath.Join(root, ".git")
	text, err := os.ReadFile(dir)
	if err != nil {
		return dir
	}
	dir = beside(root, strings.TrimPrefix(strings.TrimSpace(string(text)), "gitdir: "))
	if common, err := os.ReadFile(filepath.Join(dir, "commondir")); err == nil { //nolint:gosec // only the URLs of remotes are taken from what git says
		return beside(dir, strings.TrimSpace(string(common)))
	}
	return dir
}

func beside(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
