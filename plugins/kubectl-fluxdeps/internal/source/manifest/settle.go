package manifest

import (
	"fmt"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// candidate is a Flux document of which it is not yet known whether it is an
// object, a patch or a duplicate: that takes all files.
type candidate struct {
	flux.Object
	// patch says why it looks like a patch; empty for an object.
	patch string
}

// result decides on the candidates.
func (r *reader) result() Result {
	var objects []flux.Object
	var patches []candidate
	first := map[flux.ID]*flux.Origin{}
	for _, c := range r.found {
		c.patch = r.whyPatch(c)
		switch before := first[c.ID]; {
		case c.patch != "":
			patches = append(patches, c)
		case before != nil:
			r.duplicate(c, before)
		default:
			first[c.ID] = c.Origin
			objects = append(objects, c.Object)
		}
	}
	r.counts.Objects, r.counts.Patches = len(objects), len(patches)
	dropRaw(objects)
	r.warnPatches(patches, len(objects))
	return Result{Objects: objects, Warnings: r.warnings.all(), Counts: r.counts}
}

// dropRaw frees the documents that no readyExpr needs.
func dropRaw(objects []flux.Object) {
	needed := flux.ReadyExprObjects(objects)
	for i := range objects {
		if !needed[objects[i].ID] {
			objects[i].Raw = nil
		}
	}
}

// whyPatch says why a document is a patch; empty for an object. What a
// kustomization.yaml says of its file goes before what the document looks
// like: there are trees whose objects all get their sourceRef by a patch.
func (r *reader) whyPatch(c candidate) string {
	switch is := r.roles[c.Origin.File]; {
	case is.resource:
		return ""
	case is.patch:
		return "a kustomization.yaml names it as one"
	default:
		return c.patch
	}
}

func (r *reader) duplicate(c candidate, before *flux.Origin) {
	r.counts.Duplicates++
	r.warnings.add(duplicates(), c.Origin.File, c.Origin.Line,
		fmt.Sprintf("%s was read before at %s: the first stays", c.ID, before))
}

// warnPatches speaks up where patches would have been missed.
func (r *reader) warnPatches(found []candidate, objects int) {
	for _, p := range found {
		if len(p.DependsOn) == 0 && objects > 0 {
			continue
		}
		text := fmt.Sprintf("%s is taken for a patch, not an object: %s", p.ID, p.patch)
		if len(p.DependsOn) > 0 {
			text += "; its dependsOn is not shown"
		}
		r.warnings.add(patches(), p.Origin.File, p.Origin.Line, text)
	}
}
