package plan

import (
	"maps"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Work is what a write takes beside applying the content: what an apply cannot do,
// and who holds which field.
type Work struct {
	// Entries are the managed fields to set before; nil leaves them.
	Entries []secret.ManagedFields
	// Drop are fields to remove before which others hold.
	Drop secret.FieldSet
	// Owners is true if ownerReferences are removed before.
	Owners bool
	// Force takes fields that others hold: just those that the plan lists.
	Force bool
	// Shared are the fields that others hold, too, with the value that they are to
	// have.
	Shared secret.FieldSet
	// Records is true if who holds which field has to be recorded, whatever else
	// is to change.
	Records bool
	// Stale are labels and annotations of ours that are wanted no more.
	Stale secret.FieldSet
}

// Prepares reports whether something is to be done before the content is applied.
func (w Work) Prepares() bool { return w.Entries != nil || len(w.Drop) > 0 || w.Owners }

// clash is a field that is to change and that is not ours to change.
type clash struct {
	field  secret.Field
	access owner.Access
	names  []string
}

// drop adds fields to remove.
func (w *Work) drop(set secret.FieldSet) {
	if w.Drop == nil {
		w.Drop = secret.FieldSet{}
	}
	maps.Copy(w.Drop, set)
}

// takeOver removes the marks of former owners, but for those that the copy has
// itself. A controller that is gone takes with it what it owns.
func (a *Action) takeOver(claims []owner.Claim) {
	meta := a.Seen.Object.Meta
	marks := owner.Marks(meta, claims)
	wanted := a.Content.Fields(&meta, a.Place.Namespace, a.Place.Name)
	maps.DeleteFunc(marks, func(field secret.Field, _ bool) bool { return wanted[field] })
	a.Work.drop(marks)
	for _, claim := range claims {
		a.Work.Owners = a.Work.Owners || claim.Reference != nil
	}
}

// Remade are the managed fields of an object that takes this one's place with the
// content: others hold what they held of labels and annotations, and we the rest.
func (a Action) Remade() []secret.ManagedFields {
	meta := a.Seen.Object.Meta
	wanted := a.Content.Fields(&meta, a.Place.Namespace, a.Place.Name)
	entries := []secret.ManagedFields{secret.Applied(wanted)}
	for _, entry := range a.holds.Left() {
		gone := entry.Set()
		maps.DeleteFunc(gone, func(field secret.Field, _ bool) bool { return !a.lost(field, wanted) })
		if left, empty := entry.Without(gone); !empty {
			entries = append(entries, left)
		}
	}
	return entries
}

// lost reports whether others no longer hold the field of an object that was made anew.
func (a Action) lost(field secret.Field, wanted secret.FieldSet) bool {
	return field.Kind == secret.DataField || field.Kind == secret.TypeField || wanted[field] || a.Work.Drop[field] || a.Work.Stale[field]
}
