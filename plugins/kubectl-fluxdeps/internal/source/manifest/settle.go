package manifest

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// candidate is a Flux document of which it is not yet known whether it is an
// object, a patch or a duplicate: that takes all files.
type candidate struct {
	flux.Object
	// lacks says what it leaves out that its kind must have.
	lacks string
	// directive is its $patch: only a patch has one.
	directive string
	// patch says why it is a patch; empty for an object.
	patch string
}

// result decides on the candidates.
func (r *reader) result() Result {
	r.resolveFileEdits()
	objects, patches := r.sort()
	r.counts.Objects, r.counts.Patches = len(objects), len(patches)
	dropRaw(objects)
	r.warnPatches(patches, len(objects))
	r.noteUnsourced(objects, patches)
	r.noteEdits(objects)
	return Result{
		Objects: objects, Warnings: r.warnings.all(), Counts: r.counts,
		Findings: r.findings, Unchecked: r.unchecked,
	}
}

// sort parts the objects from the patches, and drops what was read before.
func (r *reader) sort() (objects []flux.Object, patches []candidate) {
	stated, first := r.stated(), map[flux.ID]*flux.Origin{}
	for _, c := range r.found {
		c.patch = r.whyPatch(c, stated)
		switch before := first[c.ID]; {
		case c.patch != "":
			patches = append(patches, c)
		case c.MadeBy != nil && stated.applied[c.ID]:
			r.counts.Other++ // a cluster wrote it beside its ResourceSet
		case before != nil:
			r.duplicate(c, before)
		default:
			first[c.ID] = c.Origin
			c.Unsourced = c.lacks != "" && flux.HasDependsOn(c.Kind)
			objects = append(objects, c.Object)
		}
	}
	return objects, patches
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

// stated holds what the documents state completely.
type stated struct {
	// namespaces by kind and name of the objects.
	namespaces map[flux.ID][]string
	// applied are the objects that a cluster wrote.
	applied map[flux.ID]bool
}

func (r *reader) stated() stated {
	s := stated{map[flux.ID][]string{}, map[flux.ID]bool{}}
	if !slices.ContainsFunc(r.found, func(c candidate) bool { return c.lacks != "" || c.MadeBy != nil }) {
		return s // nothing is looked up
	}
	for _, c := range r.found {
		role := r.roles[c.Origin.File]
		if role.resource || !role.patch && c.directive == "" && c.lacks == "" {
			key := flux.ID{Kind: c.Kind, Name: c.Name}
			s.namespaces[key] = append(s.namespaces[key], c.Namespace)
		}
		if c.MadeBy == nil && c.Status != nil {
			s.applied[c.ID] = true
		}
	}
	return s
}

// has reports whether the object is stated, maybe without its namespace.
func (s stated) has(id flux.ID) bool {
	for _, namespace := range s.namespaces[flux.ID{Kind: id.Kind, Name: id.Name}] {
		if namespace == id.Namespace || namespace == "" || id.Namespace == "" {
			return true
		}
	}
	return false
}

// whyPatch says why a document is a patch; empty for an object. What a
// kustomization.yaml says of its file goes before what the document looks
// like: there are trees whose objects all get their sourceRef by a patch.
// A document that lacks its source is a patch only of an object that is stated.
func (r *reader) whyPatch(c candidate, stated stated) string {
	switch is := r.roles[c.Origin.File]; {
	case c.MadeBy != nil || is.resource:
		return ""
	case is.patch:
		return "a kustomization.yaml names it as one"
	case c.directive != "":
		return "it has a $patch"
	case c.lacks != "" && (stated.has(c.ID) || !flux.HasDependsOn(c.Kind)):
		return c.lacks
	default:
		return ""
	}
}

// duplicate notes an object that was read before. Where neither states a
// namespace the two may be of two namespaces, if they are of two folders.
func (r *reader) duplicate(c candidate, before *flux.Origin) {
	r.counts.Duplicates++
	text := fmt.Sprintf("was read before at %s", before)
	r.warnings.add(duplicates(), c.Origin.File, c.Origin.Line, c.ID.String()+" "+text+": the first stays")
	if c.Namespace == "" && filepath.Dir(c.Origin.File) != filepath.Dir(before.File) {
		r.lost(flux.RuleAmbiguous, c.ID.String(), c.Origin.File, c.Origin.Line, text+", and neither states a namespace")
		return
	}
	r.finding(flux.RuleDuplicate, c.ID.String(), c.Origin.File, c.Origin.Line, text)
}

// warnPatches speaks up where patches would have been missed.
func (r *reader) warnPatches(found []candidate, objects int) {
	for _, p := range found {
		depends := len(p.DependsOn) > 0
		if depends || p.directive == "delete" {
			r.lost(flux.RulePatch, p.ID.String(), p.Origin.File, p.Origin.Line, "a patch that "+effect(depends)+"; patches are not applied here")
		}
		if !depends && objects > 0 {
			continue
		}
		text := fmt.Sprintf("%s is taken for a patch, not an object: %s", p.ID, p.patch)
		if depends {
			text += "; its dependsOn is not shown"
		}
		r.warnings.add(patches(), p.Origin.File, p.Origin.Line, text)
	}
}

func effect(depends bool) string {
	if depends {
		return "changes its dependsOn"
	}
	return "deletes it"
}

// noteUnsourced notes the objects that lack the source that their kind must
// have, and that nothing here patches.
func (r *reader) noteUnsourced(objects []flux.Object, patches []candidate) {
	for i := range objects {
		o := &objects[i]
		if !o.Unsourced || r.sourced(o.ID, patches) {
			continue
		}
		fields := "spec." + strings.Join(demandedOf(o.Kind), " and no spec.")
		r.lost(flux.RuleNoSource, o.ID.String(), o.Origin.File, o.Origin.Line, "no "+fields+", and nothing here patches it in")
	}
}
