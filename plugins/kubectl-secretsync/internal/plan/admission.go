package plan

import (
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Admission changes what is written after the server has recorded who wrote it. So
// a field that we hold alone, and that has another value, was changed by admission,
// or by us for an older source. Only the server can say what it would make of it now.

// Rehearses reports whether a write may change nothing, as admission would undo it, and
// returns the write to rehearse.
func (o Options) Rehearses(item Item) (Action, bool) {
	if item.Content == nil || item.Refusal != "" || item.Seen.Object == nil || !item.Seen.Object.Meta.CopyOf(item.Origin) {
		return Action{}, false
	}
	a := o.compared(Action{Item: item})
	if a.Work.Records || a.Changes.Empty() || !a.onlyHeld() || item.Seen.Access.Patch == Denied {
		return Action{}, false
	}
	return a, item.Seen.Object.Meta.Current(item.Origin) || a.listed()
}

// onlyHeld reports whether all fields that differ are held by us and by nobody else.
func (a Action) onlyHeld() bool {
	for field := range a.Changes.fields() {
		if !a.holds.Ours[field] || a.holds.Held(field) || a.Work.Stale[field] {
			return false
		}
	}
	return a.Changes.FromType == "" && !slices.ContainsFunc(a.Changes.Keys, func(k KeyChange) bool { return k.Change == Removed })
}

// listed reports whether the copy names all fields that differ as changed by admission.
func (a Action) listed() bool {
	known := a.Seen.Object.Meta.ChangedByAdmission()
	return !slices.ContainsFunc(a.Changes.fields().Strings(), func(field string) bool { return !slices.Contains(known, field) })
}

// settled reports whether the object is what admission makes of the copy, and that the
// copy says so: nothing is to be written.
func (o Options) settled(a *Action) bool {
	if a.Changes.Empty() || a.Work.Records || !a.Seen.Object.Meta.CopyOf(a.Origin) || !a.onlyHeld() {
		return false
	}
	differing := a.Changes.fields()
	if !o.believed(a) && !sameFields(differing, a.Seen.Object, a.Seen.Rehearsed) {
		return false
	}
	if !a.listed() {
		a.recorded = "what admission changes is recorded"
		return false
	}
	a.Admission, a.Changes = differing.Strings(), Changes{}
	return true
}

// believed reports whether the copy's own word for it has to do, as the server is not
// asked: its source has to be the same.
func (o Options) believed(a *Action) bool {
	meta := a.Seen.Object.Meta
	return (o.Looks || a.Seen.Access.Patch == Denied) && a.listed() && (meta.Current(a.Origin) || a.Origin.UID == secret.FromManifest)
}

// sameFields reports whether two objects are known and do not differ in any of the fields.
func sameFields(fields secret.FieldSet, one, other *secret.Snapshot) bool {
	if other == nil {
		return false
	}
	for field := range fields {
		if !sameField(field, one, other) {
			return false
		}
	}
	return true
}

func sameField(field secret.Field, one, other *secret.Snapshot) bool {
	switch field.Kind {
	case secret.DataField:
		return same(one.Data, other.Data, field.Key)
	case secret.LabelField:
		return same(one.Meta.Labels, other.Meta.Labels, field.Key)
	case secret.AnnotationField:
		return same(one.Meta.Annotations, other.Meta.Annotations, field.Key)
	default:
		return one.Type == other.Type
	}
}

func same[V comparable](one, other map[string]V, key string) bool {
	first, inFirst := one[key]
	second, inSecond := other[key]
	return inFirst == inSecond && first == second
}
