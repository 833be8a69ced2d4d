package manifest

import (
	"fmt"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// candidate is a Flux document of which it is not yet known whether it is an
// object, a patch or a duplicate: that takes all files.
type candidate struct {
	flux.Object
	partial bool
}

// result decides on the candidates.
func (r *reader) result() Result {
	var objects []flux.Object
	var patches []candidate
	first := map[flux.ID]*flux.Origin{}
	for _, c := range r.found {
		switch before := first[c.ID]; {
		case r.isPatch(c):
			patches = append(patches, c)
		case before != nil:
			r.duplicate(c, before)
		default:
			first[c.ID] = c.Origin
			objects = append(objects, c.Object)
		}
	}
	r.counts.Objects, r.counts.Patches = len(objects), len(patches)
	r.warnPatches(patches, len(objects))
	return Result{Objects: objects, Warnings: r.warnings.all(), Counts: r.counts}
}

// isPatch reports whether a document is a patch. What a kustomization.yaml
// says of its file goes before what the document looks like: there are trees
// whose objects all get their sourceRef by a patch.
func (r *reader) isPatch(c candidate) bool {
	switch is := r.roles[c.Origin.File]; {
	case is.resource:
		return false
	case is.patch:
		return true
	default:
		return c.partial
	}
}

func (r *reader) duplicate(c candidate, before *flux.Origin) {
	r.counts.Duplicates++
	r.warnings.add(duplicates(), c.Origin.File, c.Origin.Line,
		fmt.Sprintf("%s was read before at %s: the first stays", c.ID, before))
}

// warnPatches speaks up, once, where patches would have been missed.
func (r *reader) warnPatches(patches []candidate, objects int) {
	var at *flux.Origin
	edges := 0
	for _, p := range patches {
		if len(p.DependsOn) == 0 && objects > 0 {
			continue
		}
		if at == nil {
			at = p.Origin
		}
		if len(p.DependsOn) > 0 {
			edges++
		}
	}
	if at == nil {
		return
	}
	text := fmt.Sprintf("%d of the Flux documents are patches, not objects: they lack what their kind must have, or a kustomization.yaml names them as patches", len(patches))
	if edges > 0 {
		text += fmt.Sprintf("; %d of them have a dependsOn, which is not shown", edges)
	}
	r.warnings.list = append(r.warnings.list, Warning{File: at.File, Line: at.Line, Text: text})
}
