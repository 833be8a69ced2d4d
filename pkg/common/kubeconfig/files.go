package kubeconfig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Paths says which files kubectl reads: one that is named, else those of
// $KUBECONFIG, else ~/.kube/config.
func Paths(explicit string, getenv func(string) string, home string) []string {
	if explicit != "" {
		return []string{explicit}
	}
	var paths []string
	for _, path := range filepath.SplitList(getenv("KUBECONFIG")) {
		if path != "" && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	if len(paths) > 0 {
		return paths
	}
	return []string{filepath.Join(home, ".kube", "config")}
}

// Set is the files of Paths, read.
type Set struct {
	paths []string
	files []File
}

// Read reads the files; those that do not exist are empty.
func Read(paths []string) (Set, error) {
	s := Set{paths: paths}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Set{}, err
		}
		file, err := Parse(text)
		if err != nil {
			return Set{}, fmt.Errorf("%s: %w", path, err)
		}
		s.files = append(s.files, file)
	}
	return s, nil
}

// Decode reads an entry, from the first file that has it.
func (s Set) Decode(section Section, name string, into any) (bool, error) {
	for _, file := range s.files {
		if found, err := file.Decode(section, name, into); found || err != nil {
			return found, err
		}
	}
	return false, nil
}

// Names returns the names of all entries of a section.
func (s Set) Names(section Section) []string {
	var names []string
	for _, file := range s.files {
		for _, name := range file.Names(section) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// Current is the current context: that of the first file that names one.
func (s Set) Current() string {
	for _, file := range s.files {
		if current := file.Current(); current != "" {
			return current
		}
	}
	return ""
}

// home is the file that new entries go to: the first that exists, else the
// last, as kubectl has it.
func (s Set) home() int {
	for i, path := range s.paths {
		if _, err := os.Stat(path); err == nil {
			return i
		}
	}
	return len(s.paths) - 1
}

// split says which file each part of a change goes to: an entry that is there
// is changed where it is.
func (s Set) split(change Change) []Change {
	parts := make([]Change, len(s.files))
	for _, e := range change.Entries {
		at := s.home()
		for i, file := range s.files {
			if file.Has(e.Section, e.Name) {
				at = i
				break
			}
		}
		parts[at].Entries = append(parts[at].Entries, e)
	}
	if change.Current != nil && *change.Current != s.Current() {
		parts[s.home()].Current = change.Current
	}
	return parts
}

// Edited is a file before and after a change.
type Edited struct {
	Path          string
	Before, After []byte
}

// Plan returns the files that a change changes, without changing them.
func (s Set) Plan(change Change) ([]Edited, error) {
	var all []Edited
	for i, part := range s.split(change) {
		if len(part.Entries) == 0 && part.Current == nil {
			continue
		}
		after, err := s.files[i].Apply(part)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.paths[i], err)
		}
		if !bytes.Equal(after.text, s.files[i].text) {
			all = append(all, Edited{s.paths[i], s.files[i].text, after.text})
		}
	}
	return all, nil
}

// Update reads the files under clientcmd's lock, asks for the change and makes
// it. Each file is replaced in one step.
func Update(ctx context.Context, paths []string, change func(Set) (Change, error)) ([]Edited, error) {
	unlock, err := lockAll(ctx, paths)
	if err != nil {
		return nil, err
	}
	defer unlock()
	s, err := Read(paths)
	if err != nil {
		return nil, err
	}
	want, err := change(s)
	if err != nil {
		return nil, err
	}
	all, err := s.Plan(want)
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		if err := write(e.Path, e.After); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// lockPatience is how long another kubectl may take to write. Its locks are
// files that a crash leaves behind.
const lockPatience = 5 * time.Second

// lockAll takes clientcmd's locks, in the order that it takes them in.
func lockAll(ctx context.Context, paths []string) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	var held []string
	unlock = func() {
		for _, path := range held {
			_ = os.Remove(path) // somebody else removed it: then it is no lock any more
		}
	}
	for _, path := range slices.Sorted(slices.Values(paths)) {
		if err := lockOne(ctx, path+".lock"); err != nil {
			unlock()
			return nil, err
		}
		held = append(held, path+".lock")
	}
	return unlock, nil
}

func lockOne(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // kubectl's own mode for ~/.kube
		return err
	}
	for {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0)
		if err == nil {
			return file.Close()
		}
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: another program writes the kubeconfig; if none does, it is left over from a crash: remove it", path)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
