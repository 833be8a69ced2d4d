package manifest

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// fileEdit is a patch in a file of its own, which may be read before or after
// the kustomization.yaml that names it.
type fileEdit struct {
	from  string
	patch statedPatch
}

// rename is a prefix or suffix of the names of objects.
type rename struct {
	origin flux.Origin
	field  string
	// below is the path of the Flux Kustomization that states it, beside the
	// kustomization.yaml that does.
	below, beside string
}

// resolveFileEdits looks up the effects of the patches in files.
func (r *reader) resolveFileEdits() {
	for _, e := range r.fileEdits {
		file := beside(e.from, e.patch.Path)
		for _, found := range r.lists[file] {
			made := edit{origin: found.origin, change: found.change}
			if e.patch.Target != nil {
				made.target = e.patch.Target.compile()
			}
			r.edit(made)
		}
	}
}

// listEdit is a JSON patch that stands in a file.
type listEdit struct {
	origin flux.Origin
	change
}

// beside returns the path of a file that another names.
func beside(from, path string) string {
	return filepath.Join(filepath.Dir(from), filepath.FromSlash(path))
}

// sourced reports whether a patch may give the object the source that it lacks.
func (r *reader) sourced(id flux.ID, patches []candidate) bool {
	return slices.ContainsFunc(r.edits, func(e edit) bool { return e.source && e.target.selects(id) }) ||
		slices.ContainsFunc(patches, func(p candidate) bool { return p.lacks == "" && p.mayBe(id) })
}

// mayBe reports whether both have a kind and name, and no two namespaces.
func (c candidate) mayBe(id flux.ID) bool {
	return c.Kind == id.Kind && c.Name == id.Name && (c.Namespace == id.Namespace || c.Namespace == "" || id.Namespace == "")
}

// noteEdits notes the edits of the graph's objects that are not applied here.
func (r *reader) noteEdits(objects []flux.Object) {
	const notApplied = "; patches are not applied here"
	for _, e := range r.edits {
		if e.shape == "" {
			continue
		}
		i := slices.IndexFunc(objects, func(o flux.Object) bool { return flux.HasDependsOn(o.Kind) && e.target.selects(o.ID) })
		if i >= 0 {
			r.lost(flux.RulePatch, "", e.origin.File, e.origin.Line, "a patch of "+objects[i].ID.String()+" "+e.shape+notApplied)
		}
	}
	for _, n := range r.renames {
		i := slices.IndexFunc(objects, func(o flux.Object) bool { return flux.HasDependsOn(o.Kind) && n.reaches(o.Origin.File, r.resources) })
		if i >= 0 {
			r.lost(flux.RulePatch, "", n.origin.File, n.origin.Line, n.field+" changes the name of "+objects[i].ID.String()+", and is not applied here")
		}
	}
}

// reaches reports whether objects of the file may be renamed: those that the
// kustomization.yaml names or that lie below it, and those below the path of
// the Flux Kustomization, wherever that path begins.
func (n rename) reaches(file string, resources map[string][]string) bool {
	if n.beside != "" {
		return within(filepath.Dir(n.beside), file) ||
			slices.ContainsFunc(resources[n.beside], func(path string) bool { return within(path, file) })
	}
	below := filepath.ToSlash(filepath.Clean(filepath.FromSlash(n.below)))
	if below == "." || below == "/" {
		return true
	}
	return strings.Contains("/"+filepath.ToSlash(file), "/"+strings.Trim(below, "/")+"/")
}

func within(dir, file string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && filepath.IsLocal(rel)
}
