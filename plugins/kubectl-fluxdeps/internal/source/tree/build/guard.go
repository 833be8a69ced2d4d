package build

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
)

// The reasons for which a file is refused.
var (
	// ErrOutside: a path that leads out of the tree.
	ErrOutside = errors.New("leads out of the source artifact")
	// ErrLink: a link, which source-controller leaves out of an artifact.
	ErrLink = errors.New("is a link, which no source artifact holds")
	// ErrRemote: something that only a network has.
	ErrRemote = errors.New("is remote, and nothing is fetched")
)

// FileError is what is wrong with a file of the tree.
type FileError struct {
	File string
	// Line is 0 where it is about the whole file.
	Line int
	Err  error
}

// Error says what is wrong, without the place.
func (e *FileError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *FileError) Unwrap() error { return e.Err }

// referring are the lists of a kustomization file whose entries kustomize gives
// to git where they are no local path (kustomize v5.8.1, kusttarget.go).
func referring(k *types.Kustomization) (folders, configs []string) {
	folders = append(append(append(folders, k.Resources...), k.Bases...), k.Components...) //nolint:staticcheck // trees still have bases
	configs = append(append(append(configs, k.Generators...), k.Transformers...), k.Validators...)
	return folders, configs
}

// checkReferences refuses a kustomization file that names something beyond the
// tree. It decodes as kustomize does, so that there is no spelling that only
// kustomize understands. Lines are those of the text as it was written.
func checkReferences(tree *files.Tree, file string, text, written []byte) error {
	var k types.Kustomization
	if err := k.Unmarshal(text); err != nil {
		return nil //nolint:nilerr // kustomize says what is wrong with it, and reads no further
	}
	folders, configs := referring(&k)
	for _, entry := range folders {
		if err := checkReference(tree, file, entry); err != nil {
			return &FileError{File: file, Line: lineOf(written, entry), Err: err}
		}
	}
	for _, entry := range configs {
		if isInline(entry) {
			continue
		}
		if err := checkReference(tree, file, entry); err != nil {
			return &FileError{File: file, Line: lineOf(written, entry), Err: err}
		}
	}
	return nil
}

// isInline reports whether an entry of generators, transformers or validators
// is an object, not a path: kustomize goes by whether it can read it as one.
func isInline(entry string) (inline bool) {
	defer func() {
		if recover() != nil {
			inline = false
		}
	}()
	found, err := provider.NewDefaultDepProvider().GetResourceFactory().SliceFromBytes([]byte(entry))
	return err == nil && len(found) == 1
}

// checkReference returns why an entry is not a path in the tree.
func checkReference(tree *files.Tree, file, entry string) error {
	switch {
	case entry == "":
		return nil // an error of kustomize's own
	case strings.ContainsAny(entry, ":@?\n\r") || strings.HasPrefix(strings.ToLower(entry), "github.com"):
		return fmt.Errorf("%q %w", entry, ErrRemote)
	case path.IsAbs(entry):
		return fmt.Errorf("%q %w", entry, ErrOutside)
	}
	at := path.Join(path.Dir(file), entry)
	switch {
	case at == ".." || strings.HasPrefix(at, "../"):
		return fmt.Errorf("%q %w", entry, ErrOutside)
	case tree.IsLink(at):
		return fmt.Errorf("%q %w", entry, ErrLink)
	case !tree.IsDir(at) && !tree.IsFile(at):
		return fmt.Errorf("%q: no such file or folder", entry)
	}
	return nil
}

// lineOf returns the line on which a text stands first; 0 for nowhere.
func lineOf(text []byte, word string) int {
	word, _, _ = strings.Cut(strings.TrimSpace(word), "\n")
	before, _, found := strings.Cut(string(text), word)
	if !found || word == "" {
		return 0
	}
	return strings.Count(before, "\n") + 1
}
