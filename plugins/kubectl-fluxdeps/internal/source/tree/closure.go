package tree

import (
	"path"
	"slices"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/bound"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/generate"
)

func isKustomizationFile(name string) bool {
	return slices.Contains(konfig.RecognizedKustomizationFileNames(), path.Base(name))
}

func (f *finder) hasKustomization(dir string) bool {
	return slices.ContainsFunc(konfig.RecognizedKustomizationFileNames(), func(name string) bool { return f.tree.IsFile(path.Join(dir, name)) })
}

// kustomizations are the folders with a kustomization file.
func (f *finder) kustomizations() []string {
	var dirs []string
	for _, name := range f.tree.Paths() {
		if isKustomizationFile(name) {
			dirs = append(dirs, path.Dir(name))
		}
	}
	return dirs
}

// closure returns the files that the build of a folder takes resources and
// components from, by what its kustomization files say.
func (f *finder) closure(dir string) map[string]bool {
	if known := f.closures[dir]; known != nil {
		return known
	}
	found := map[string]bool{}
	f.closures[dir] = found // a cycle finds what there is
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if file := path.Join(dir, name); f.tree.IsFile(file) {
			found[file] = true
			f.named(dir, file, found)
			return found
		}
	}
	for _, name := range f.tree.Below(dir) {
		if isManifest(name) {
			found[name] = true
		}
	}
	return found
}

func (f *finder) named(dir, file string, found map[string]bool) {
	text, err := f.tree.Read(file)
	var k types.Kustomization
	if err != nil || bound.Check(text) != nil || k.Unmarshal(text) != nil {
		return
	}
	for _, entry := range slices.Concat(k.Resources, k.Bases, k.Components) { //nolint:staticcheck // trees still have bases
		at := path.Join(dir, entry)
		switch {
		case f.tree.IsFile(at):
			found[at] = true
		case f.tree.IsDir(at):
			for name := range f.closure(at) {
				found[name] = true
			}
		}
	}
}

// beside returns the files of an entry without a kustomization file, relative to
// its folder: those of Kubernetes in it and below it, but not what a
// Kustomization applies. Of the root of the tree, only the files in it.
func (f *finder) beside(e entry) []string {
	var found []string
	for _, name := range f.tree.Below(e.name) {
		if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" || isKustomizationFile(name) {
			continue
		}
		if !slices.Contains(e.named, name) && (e.name == "." && path.Dir(name) != "." || f.isBelowKustomization(e.name, name) || f.isFileApplied(name)) {
			continue
		}
		if generate.IsKubernetes(bounded{f.tree}, name) == nil {
			found = append(found, relative(e.name, name))
		}
	}
	return found
}

// isBelowKustomization reports whether a folder between the entry and the file
// has a kustomization file, which did not take the entry's roots in.
func (f *finder) isBelowKustomization(entry, file string) bool {
	for dir := path.Dir(file); dir != entry && dir != "."; dir = path.Dir(dir) {
		if f.hasKustomization(dir) {
			return true
		}
	}
	return false
}

func (f *finder) isFileApplied(file string) bool {
	return slices.ContainsFunc(f.documents, func(d written) bool {
		return f.renders(d) && !sameFolder(d, file) && f.reaches(treePath(scalar(d.node, "spec", "path")), file)
	})
}

// sameFolder reports whether a Kustomization names the very folder that it is in.
func sameFolder(d written, file string) bool {
	return treePath(scalar(d.node, "spec", "path")) == path.Dir(d.file) && path.Dir(d.file) == path.Dir(file)
}

func relative(dir, name string) string {
	if dir == "." {
		return "./" + name
	}
	return "." + name[len(dir):]
}

// bounded is a tree of which only files within bounds are read.
type bounded struct{ *files.Tree }

// Read reads a file, unless it is past a bound.
func (b bounded) Read(name string) ([]byte, error) {
	text, err := b.Tree.Read(name)
	if err == nil {
		err = bound.Check(text)
	}
	return text, err
}
