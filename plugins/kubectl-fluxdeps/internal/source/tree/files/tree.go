// Package files holds the files of one source artifact: what of a repository's
// tree a controller sees. It is read-only, and nothing outside of it can be
// reached through it.
package files

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

// The bounds of a tree.
const (
	// MaxFiles is the most files that a tree may hold.
	MaxFiles = 200_000
	// MaxFile is the largest file that is read, in bytes.
	MaxFile = 16 << 20
)

// Tree is a set of files. Paths are relative to its root, with slashes; the root
// itself is ".".
type Tree struct {
	files map[string]*file
	// dirs holds the names in each folder, in order.
	dirs map[string][]string
	// links are what is no regular file and so in no artifact.
	links map[string]bool
}

// file is one file. Its content is read once, when it is first asked for.
type file struct {
	// from is its path as it is shown to users.
	from string
	read func() ([]byte, error)
}

// New returns a tree of the contents, by path. Files are shown to users below the
// path shown.
func New(contents map[string][]byte, shown string) (*Tree, error) {
	t := &Tree{files: map[string]*file{}, links: map[string]bool{}}
	for name, content := range contents {
		if !fs.ValidPath(name) || name == "." {
			return nil, fmt.Errorf("%q is not the path of a file", name)
		}
		t.files[name] = &file{from: path.Join(shown, name), read: func() ([]byte, error) { return content, nil }}
	}
	t.index(nil)
	return t, nil
}

// index lists the folders of the files, and those given.
func (t *Tree) index(folders []string) {
	sets := map[string]map[string]bool{".": {}}
	add := func(name string) {
		for name != "." {
			dir := path.Dir(name)
			if sets[dir] == nil {
				sets[dir] = map[string]bool{}
			}
			if sets[dir][path.Base(name)] {
				return
			}
			sets[dir][path.Base(name)] = true
			name = dir
		}
	}
	for name := range t.files {
		add(name)
	}
	for _, folder := range folders {
		add(folder)
		if sets[folder] == nil {
			sets[folder] = map[string]bool{}
		}
	}
	t.dirs = make(map[string][]string, len(sets))
	for dir, names := range sets {
		t.dirs[dir] = slices.Sorted(maps.Keys(names))
	}
}

// IsDir reports whether the path is a folder.
func (t *Tree) IsDir(name string) bool { _, ok := t.dirs[name]; return ok }

// IsFile reports whether the path is a file.
func (t *Tree) IsFile(name string) bool { return t.files[name] != nil }

// IsLink reports whether the path is a link, which no artifact holds.
func (t *Tree) IsLink(name string) bool { return t.links[name] }

// Names returns the names in a folder, in order.
func (t *Tree) Names(dir string) []string { return t.dirs[dir] }

// Paths returns the paths of all files, in order.
func (t *Tree) Paths() []string { return slices.Sorted(maps.Keys(t.files)) }

// Below returns the paths of the files in a folder and below it, in order.
func (t *Tree) Below(dir string) []string {
	var found []string
	for _, name := range t.Paths() {
		if Within(dir, name) {
			found = append(found, name)
		}
	}
	return found
}

// Within reports whether the path is the folder, or below it.
func Within(dir, name string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}

// Read returns the content of a file.
func (t *Tree) Read(name string) ([]byte, error) {
	switch found := t.files[name]; {
	case found != nil:
		return found.read()
	case t.links[name]:
		return nil, fmt.Errorf("%s is a link, which no source artifact holds", name)
	case t.IsDir(name):
		return nil, fmt.Errorf("%s is a folder", name)
	default:
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
}

// From returns the path of a file as it is shown to users. For what is no file it
// is that of the nearest thing around it that has one.
func (t *Tree) From(name string) string {
	if found := t.files[name]; found != nil {
		return found.from
	}
	for other, f := range t.files {
		if shown, ok := strings.CutSuffix(f.from, other); ok {
			return path.Join(shown, name)
		}
	}
	return name
}

// Without returns the tree without the files that drop wants gone. Folders stay.
func (t *Tree) Without(drop func(name string) bool) *Tree {
	left := &Tree{files: make(map[string]*file, len(t.files)), dirs: map[string][]string{}, links: t.links}
	for name, f := range t.files {
		if !drop(name) {
			left.files[name] = f
		}
	}
	left.index(slices.Collect(maps.Keys(t.dirs)))
	return left
}

// Select returns a tree with the files that pick gives a path, at that path.
func (t *Tree) Select(pick func(name string) (as string, ok bool)) *Tree {
	picked := &Tree{files: map[string]*file{}, links: map[string]bool{}}
	for name, f := range t.files {
		if as, ok := pick(name); ok && fs.ValidPath(as) && as != "." {
			picked.files[as] = f
		}
	}
	picked.index(nil)
	return picked
}

// Join returns the tree with the files of another, which go before its own.
func (t *Tree) Join(other *Tree) *Tree {
	joined := &Tree{files: maps.Clone(t.files), links: t.links}
	maps.Copy(joined.files, other.files)
	joined.index(slices.Concat(slices.Collect(maps.Keys(t.dirs)), slices.Collect(maps.Keys(other.dirs))))
	return joined
}

var errTooManyFiles = fmt.Errorf("more than %d files", MaxFiles)

var errTooLarge = fmt.Errorf("larger than %d MiB", MaxFile>>20)

// once makes a read happen once.
func once(name string, read func() ([]byte, error)) func() ([]byte, error) {
	return sync.OnceValues(func() ([]byte, error) {
		content, err := read()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%s: %w", name, err)
		}
		return content, err
	})
}
