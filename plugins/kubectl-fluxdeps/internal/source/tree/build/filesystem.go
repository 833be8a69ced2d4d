package build

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"runtime"
	"slices"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/bound"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/generate"
)

// fileSystem is a tree of files as kustomize wants one: read-only, with one
// kustomization file laid over it, and with each file checked as it is read.
type fileSystem struct {
	tree *files.Tree
	over generate.Generated
	// fault is the first reason for which a file was refused. kustomize hides
	// the error of reading a kustomization file.
	fault error
	// reads are the files that were read.
	reads map[string]bool
}

var _ filesys.FileSystem = &fileSystem{}

// base is the folder in which the tree stands for kustomize, deep enough for
// every path out of it to be seen.
func base() string {
	if runtime.GOOS == "windows" {
		return `C:\tree\of\the\source\artifact`
	}
	return "/tree/of/the/source/artifact"
}

// absolute returns the path by which kustomize knows one of the tree.
func absolute(name string) string { return filepath.Join(base(), filepath.FromSlash(name)) }

// local returns the path in the tree; false for one outside of it.
func local(name string) (string, bool) {
	if !filepath.IsAbs(name) {
		name = absolute(name)
	}
	rel, err := filepath.Rel(base(), name)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// ReadFile reads a file, unless it is past a bound or names something remote.
func (f *fileSystem) ReadFile(name string) ([]byte, error) {
	at, ok := local(name)
	if !ok {
		return nil, f.refuse(fmt.Errorf("%w: %s", ErrOutside, name))
	}
	text, err := f.content(at)
	if err != nil {
		return nil, err
	}
	f.reads[at] = true
	if err := bound.Check(text); err != nil {
		return nil, f.refuse(&FileError{File: at, Err: err})
	}
	if slices.Contains(konfig.RecognizedKustomizationFileNames(), path.Base(at)) {
		if err := checkReferences(f.tree, at, text, f.written(at, text)); err != nil {
			return nil, f.refuse(err)
		}
	}
	return text, nil
}

// written is the text of a file as it is in the tree: lines are those of that.
func (f *fileSystem) written(at string, text []byte) []byte {
	if own, err := f.tree.Read(at); err == nil {
		return own
	}
	return text
}

func (f *fileSystem) content(at string) ([]byte, error) {
	if at == f.over.Path {
		return f.over.Content, nil
	}
	text, err := f.tree.Read(at)
	if f.tree.IsLink(at) {
		return nil, f.refuse(&FileError{File: at, Err: ErrLink})
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) && f.tree.IsFile(at) {
		return nil, f.refuse(err)
	}
	return text, err
}

func (f *fileSystem) refuse(err error) error {
	if f.fault == nil {
		f.fault = err
	}
	return err
}

// IsDir reports whether a folder is there.
func (f *fileSystem) IsDir(name string) bool {
	at, ok := local(name)
	return ok && f.tree.IsDir(at)
}

func (f *fileSystem) isFile(at string) bool { return at == f.over.Path || f.tree.IsFile(at) }

// Exists reports whether a file or folder is there.
func (f *fileSystem) Exists(name string) bool {
	at, ok := local(name)
	return ok && (f.isFile(at) || f.tree.IsDir(at))
}

// CleanedAbs parts a path into its folder and the name of a file.
func (f *fileSystem) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	at, ok := local(name)
	switch {
	case !ok:
		return "", "", f.refuse(fmt.Errorf("%w: %s", ErrOutside, name))
	case f.tree.IsDir(at):
		return filesys.ConfirmedDir(absolute(at)), "", nil
	case f.isFile(at):
		return filesys.ConfirmedDir(absolute(path.Dir(at))), path.Base(at), nil
	case f.tree.IsLink(at):
		return "", "", f.refuse(&FileError{File: at, Err: ErrLink})
	default:
		return "", "", fmt.Errorf("%s: %w", at, fs.ErrNotExist)
	}
}

// ReadDir lists a folder.
func (f *fileSystem) ReadDir(name string) ([]string, error) {
	at, ok := local(name)
	if !ok || !f.tree.IsDir(at) {
		return nil, fs.ErrNotExist
	}
	return f.tree.Names(at), nil
}

// Glob returns nothing: kustomize v0.21 asks for no pattern in a build.
func (f *fileSystem) Glob(string) ([]string, error) { return nil, errReadOnly }

// Walk is not used in a build.
func (f *fileSystem) Walk(string, filepath.WalkFunc) error { return errReadOnly }

// Open is not used in a build.
func (f *fileSystem) Open(string) (filesys.File, error) { return nil, errReadOnly }

// Create would write.
func (f *fileSystem) Create(string) (filesys.File, error) { return nil, errReadOnly }

// Mkdir would write.
func (f *fileSystem) Mkdir(string) error { return errReadOnly }

// MkdirAll would write.
func (f *fileSystem) MkdirAll(string) error { return errReadOnly }

// RemoveAll would write.
func (f *fileSystem) RemoveAll(string) error { return errReadOnly }

// WriteFile would write.
func (f *fileSystem) WriteFile(string, []byte) error { return errReadOnly }

var errReadOnly = errors.New("the tree is read-only")
