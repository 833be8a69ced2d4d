package build

import (
	"bytes"
	"fmt"
	"path"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/bound"
)

// The bounds of one build. kustomize's time grows with the square of the
// objects, and it loads a folder as often as it is named.
const (
	MaxObjects = 2_000
	MaxLoads   = 10_000
	// MaxNesting is how deep folders may name one another.
	MaxNesting = 100
)

// size is what a folder or file adds to a build.
type size struct{ objects, loads int }

// measure counts what a build would load, without loading it twice.
type measure struct {
	fs   *fileSystem
	seen map[string]size
	open map[string]bool
	// schema is true where a folder brings a schema of its own.
	schema bool
}

// check returns a bound.ErrBeyond where the build of a folder would be past one.
func (m *measure) check(dir string) error {
	total, err := m.folder(dir, 0)
	switch {
	case err != nil:
		return err
	case total.objects > MaxObjects:
		return &FileError{File: dir, Err: fmt.Errorf("%w: more than %d objects in one build", bound.ErrBeyond, MaxObjects)}
	case total.loads > MaxLoads:
		return &FileError{File: dir, Err: fmt.Errorf("%w: its folders name each other more than %d times", bound.ErrBeyond, MaxLoads)}
	}
	return nil
}

// folder measures a folder with a kustomization file. What cannot be read adds
// nothing: kustomize stops there.
func (m *measure) folder(dir string, depth int) (size, error) {
	if known, ok := m.seen[dir]; ok {
		return known, nil
	}
	if m.open[dir] {
		return size{}, nil // a cycle, which kustomize refuses
	}
	if depth > MaxNesting {
		return size{}, &FileError{File: dir, Err: fmt.Errorf("%w: folders name each other more than %d deep", bound.ErrBeyond, MaxNesting)}
	}
	m.open[dir] = true
	defer delete(m.open, dir)
	total, err := m.kustomization(dir, depth)
	if err != nil {
		return size{}, err
	}
	m.seen[dir] = total
	return total, nil
}

func (m *measure) kustomization(dir string, depth int) (size, error) {
	k := m.read(dir)
	m.schema = m.schema || len(k.OpenAPI) > 0
	total := size{objects: len(k.ConfigMapGenerator) + len(k.SecretGenerator), loads: 1}
	folders, configs := referring(k)
	for _, entry := range append(folders, configs...) {
		added, err := m.entry(path.Join(dir, entry), depth)
		if err != nil {
			return total, err
		}
		// Small enough to be added up once more without an overflow.
		total.objects = min(total.objects+added.objects, 2*MaxObjects)
		total.loads = min(total.loads+added.loads, 2*MaxLoads)
	}
	return total, nil
}

func (m *measure) entry(at string, depth int) (size, error) {
	if m.fs.tree.IsDir(at) {
		return m.folder(at, depth+1)
	}
	text, err := m.fs.tree.Read(at)
	if err != nil {
		return size{}, nil //nolint:nilerr // kustomize reports it
	}
	return size{objects: documents(text), loads: 1}, nil
}

func (m *measure) read(dir string) *types.Kustomization {
	k := &types.Kustomization{}
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		at := path.Join(dir, name)
		if !m.fs.isFile(at) {
			continue
		}
		if text, err := m.fs.content(at); err == nil && bound.Check(text) == nil && k.Unmarshal(text) == nil {
			return k
		}
	}
	return &types.Kustomization{}
}

// documents counts the documents of a file, those of a list by its items at
// least.
func documents(text []byte) int {
	return 1 + bytes.Count(text, []byte("\n---")) + max(0, bytes.Count(text, []byte("kind: List"))*bytes.Count(text, []byte("apiVersion:"))-1)
}
