// Package build runs one build of kustomize-controller: that of the folder that
// a Flux Kustomization names, without network, commands or plugins, and within
// bounds.
package build

import (
	"fmt"
	"slices"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/generate"
)

// Builder runs builds, which may be side by side. It keeps kustomize's schema
// from one to the next.
type Builder struct {
	// schema is held for reading by builds, for writing by those that replace
	// kustomize's schema, which all builds of a process share.
	schema sync.RWMutex
	loaded sync.Once
}

// Result is what a build gives.
type Result struct {
	Objects []*Object
	// Reads are the files that were read.
	Reads []string
}

// Run builds a folder of the tree. An error of a file of the tree is a
// *FileError.
func (b *Builder) Run(tree *files.Tree, dir string, spec generate.Spec) (*Result, error) {
	if !tree.IsDir(dir) {
		return nil, fmt.Errorf("kustomization path not found: %s", dir)
	}
	made, err := generate.Kustomization(guarded{tree}, dir, spec)
	if err != nil {
		return nil, located(tree, dir, err)
	}
	return b.build(tree, dir, made)
}

// Files builds the files as if a kustomization.yaml in the folder named them.
func (b *Builder) Files(tree *files.Tree, dir string, names []string) (*Result, error) {
	made, err := generate.Named(dir, names)
	if err != nil {
		return nil, err
	}
	return b.build(tree, dir, made)
}

func (b *Builder) build(tree *files.Tree, dir string, made generate.Generated) (*Result, error) {
	fs := &fileSystem{tree: tree, over: made, reads: map[string]bool{}}
	m := measure{fs: fs, seen: map[string]size{}, open: map[string]bool{}}
	if err := m.check(dir); err != nil {
		return nil, err
	}
	objects, err := b.kustomize(fs, dir, m.schema)
	if fs.fault != nil {
		err = fs.fault
	}
	if err != nil {
		return nil, located(tree, dir, err)
	}
	result := &Result{Objects: make([]*Object, 0, len(objects)), Reads: sorted(fs.reads)}
	for _, r := range objects {
		result.Objects = append(result.Objects, newObject(tree, dir, made, r))
	}
	return result, nil
}

// kustomize runs krusty, which panics for some inputs.
func (b *Builder) kustomize(fs *fileSystem, dir string, alone bool) (objects []*resource.Resource, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("kustomize cannot build it: %v", r)
		}
	}()
	unlock := b.lock(alone)
	defer unlock()
	made, err := krusty.MakeKustomizer(&krusty.Options{
		LoadRestrictions: types.LoadRestrictionsNone, PluginConfig: types.DisabledPluginConfig(), Reorder: krusty.ReorderOptionNone,
	}).Run(fs, absolute(dir))
	if err != nil {
		return nil, err
	}
	return resources(made), nil
}

func resources(made resmap.ResMap) []*resource.Resource { return made.Resources() }

// lock lets builds run side by side, except those with a schema of their own.
func (b *Builder) lock(alone bool) (unlock func()) {
	b.loaded.Do(func() { openapi.Schema() })
	if !alone {
		b.schema.RLock()
		return b.schema.RUnlock
	}
	b.schema.Lock()
	reset()
	return func() {
		reset()
		b.schema.Unlock()
	}
}

func reset() {
	openapi.ResetOpenAPI()
	openapi.Schema()
}

func sorted(set map[string]bool) []string {
	var names []string
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
