package tree

import (
	"cmp"
	"path"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
)

// entry is what a cluster is pointed at, before it is rendered.
type entry struct {
	name string
	// source is the entry's own source: the tree.
	source flux.ID
	// root is the document that points at the tree: a Kustomization of
	// gotk-sync.yaml or a FluxInstance; nil for a folder.
	root *written
	// build is the folder to begin with, where that has a kustomization file;
	// named are the files to begin with where it has none.
	build string
	named []string
}

// finder finds the entries of a tree.
type finder struct {
	tree *files.Tree
	urls []string
	// documents are the Flux documents of the folder looked at.
	documents []written
	closures  map[string]map[string]bool
}

// entries returns what clusters are pointed at in a folder: each gotk-sync.yaml
// and FluxInstance; where there is none, the Kustomizations that nothing else in
// the tree applies, by folder.
func (f *finder) entries() []entry {
	found := f.pointed()
	if len(found) == 0 {
		found = f.folders()
	}
	slices.SortStableFunc(found, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	return slices.CompactFunc(found, func(a, b entry) bool { return a.name == b.name })
}

// renders reports whether a Kustomization names a folder of the tree. Where its
// source is of another kind than git, the path is one of that.
func (f *finder) renders(d written) bool {
	at, kind := scalar(d.node, "spec", "path"), scalar(d.node, "spec", "sourceRef", "kind")
	return d.is(flux.Kustomization) && at != "" && (kind == "" || kind == flux.GitRepository) && f.tree.IsDir(treePath(at))
}

// isCopied reports whether a Kustomization's files are copied from this tree.
func (f *finder) isCopied(d written) bool {
	return d.is(flux.Kustomization) && scalar(d.node, "spec", "sourceRef", "kind") == flux.ExternalArtifact &&
		slices.ContainsFunc(f.documents, func(other written) bool { return other.kind == generatorKind })
}

// generatorKind is source-watcher's object that makes ExternalArtifacts.
const generatorKind = "ArtifactGenerator"

// pointed returns the entries that the tree itself names.
func (f *finder) pointed() []entry {
	var found []entry
	for i := range f.documents {
		d := &f.documents[i]
		at := scalar(d.node, "spec", "path")
		if d.kind == "FluxInstance" {
			at = scalar(d.node, "spec", "sync", "path")
		} else if path.Base(d.file) != "gotk-sync.yaml" || !d.is(flux.Kustomization) {
			continue
		}
		if at == "" || !f.tree.IsDir(treePath(at)) {
			continue
		}
		found = append(found, entry{name: treePath(at), root: d, source: sourceOf(d)})
	}
	return found
}

// sourceOf returns the source of a root.
func sourceOf(d *written) flux.ID {
	if d.kind == "FluxInstance" {
		return flux.ID{
			Kind: cmp.Or(scalar(d.node, "spec", "sync", "kind"), flux.GitRepository), Namespace: d.namespace,
			Name: cmp.Or(scalar(d.node, "spec", "sync", "name"), d.namespace),
		}
	}
	return flux.ID{
		Kind: scalar(d.node, "spec", "sourceRef", "kind"), Name: scalar(d.node, "spec", "sourceRef", "name"),
		Namespace: cmp.Or(scalar(d.node, "spec", "sourceRef", "namespace"), d.namespace),
	}
}

// folders groups the Kustomizations that nothing applies.
func (f *finder) folders() []entry {
	roots := f.roots()
	byFolder := map[string]*entry{}
	for _, d := range roots {
		for _, dir := range f.groups(d, roots) {
			e := byFolder[dir]
			if e == nil {
				e = &entry{name: dir}
				byFolder[dir] = e
			}
			if f.hasKustomization(dir) {
				e.build = dir
			} else if !slices.Contains(e.named, d.file) {
				e.named = append(e.named, d.file)
			}
		}
	}
	var found []entry
	for _, e := range byFolder {
		e.source = f.ownSource(*e, roots)
		if e.build == "" {
			e.named = f.beside(*e)
		}
		found = append(found, *e)
	}
	return found
}

// roots are the Kustomizations that no other one applies. A draft below a folder
// that is applied is none, though nothing names it.
func (f *finder) roots() []written {
	var all, roots []written
	for _, d := range f.documents {
		if d.is(flux.Kustomization) && d.name != "" && scalar(d.node, "spec", "path") != "" {
			all = append(all, d)
		}
	}
	for i, d := range all {
		applied := slices.ContainsFunc(all, func(other written) bool {
			return !sameDocument(other, all[i]) && f.renders(other) && f.reaches(treePath(scalar(other.node, "spec", "path")), d.file)
		})
		if !applied {
			roots = append(roots, d)
		}
	}
	if len(roots) == 0 {
		return all
	}
	return roots
}

func sameDocument(a, b written) bool { return a.node == b.node }

// reaches reports whether a folder applies a file, or has it below itself.
func (f *finder) reaches(dir, file string) bool {
	return files.Within(dir, file) || f.closure(dir)[file]
}

// groups are the entries that a root belongs to: the outermost folders whose
// kustomization file takes it in, else the topmost folder with a root around it.
func (f *finder) groups(d written, roots []written) []string {
	var takers []string
	for _, dir := range f.kustomizations() {
		if f.closure(dir)[d.file] && !f.isApplied(dir) {
			takers = append(takers, dir)
		}
	}
	outermost := slices.DeleteFunc(slices.Clone(takers), func(dir string) bool {
		return slices.ContainsFunc(takers, func(other string) bool { return other != dir && f.takes(other, dir) })
	})
	if len(outermost) > 0 {
		return outermost
	}
	return []string{topmost(path.Dir(d.file), roots)}
}

// topmost is the highest folder with a root that the folder is in, but not the
// root of the tree: below that are several clusters.
func topmost(dir string, roots []written) string {
	top := dir
	for _, other := range roots {
		if above := path.Dir(other.file); above != "." && files.Within(above, top) {
			top = above
		}
	}
	return top
}

// isApplied reports whether a Kustomization applies the folder.
func (f *finder) isApplied(dir string) bool {
	return slices.ContainsFunc(f.documents, func(d written) bool {
		return f.renders(d) && f.reaches(treePath(scalar(d.node, "spec", "path")), path.Join(dir, "kustomization.yaml"))
	})
}

// takes reports whether the kustomization of a folder names another.
func (f *finder) takes(dir, other string) bool {
	for name := range f.closure(dir) {
		if path.Dir(name) == other && isKustomizationFile(name) {
			return true
		}
	}
	return false
}

// ownSource is the source of an entry that is the tree: that of its roots, if it
// is one GitRepository.
func (f *finder) ownSource(e entry, roots []written) flux.ID {
	var own flux.ID
	for i := range roots {
		d := &roots[i]
		if !slices.Contains(e.named, d.file) && (e.build == "" || !f.closure(e.build)[d.file]) {
			continue
		}
		source := f.gitSource(d)
		switch {
		case source.Kind != flux.GitRepository || !f.mayBeTree(source):
		case own.Name == "" || source == own:
			own = source
		case source.Name != defaultSource:
		default:
			own = source
		}
	}
	return own
}

// gitSource is the source of a root; of one whose files are copied, the first that
// they are copied from.
func (f *finder) gitSource(d *written) flux.ID {
	if !f.isCopied(*d) {
		return sourceOf(d)
	}
	for _, other := range f.documents {
		sources := field(other.node, "spec", "sources")
		if other.kind != generatorKind || sources == nil || len(sources.Content) == 0 || path.Dir(other.file) != path.Dir(d.file) {
			continue
		}
		first := aliased(sources.Content[0])
		return flux.ID{Kind: scalar(first, "kind"), Name: scalar(first, "name"), Namespace: cmp.Or(scalar(first, "namespace"), other.namespace)}
	}
	return sourceOf(d)
}

// defaultSource is the name that flux bootstrap and flux-operator give.
const defaultSource = "flux-system"

// mayBeTree reports whether a GitRepository may be this repository: its URL is
// the one that the repository has, or one of the two is not known.
func (f *finder) mayBeTree(source flux.ID) bool {
	for _, d := range f.documents {
		if d.is(flux.GitRepository) && d.name == source.Name && (d.namespace == source.Namespace || d.namespace == "") {
			return len(f.urls) == 0 || sameURL(f.urls, scalar(d.node, "spec", "url"))
		}
	}
	return true
}
