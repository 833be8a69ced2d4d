package owner

import (
	"maps"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Holder is somebody else who holds a field.
type Holder struct {
	Manager string
	// Applies is true if the holder has declared the field: it will write it again.
	Applies bool
}

// Fields is who holds the fields of an object, by its managed fields, and by what a
// copy of ours records itself.
type Fields struct {
	// Ours are the fields that we hold, those of earlier versions included.
	Ours secret.FieldSet
	// others hold fields, Ours among them perhaps.
	others map[secret.Field][]Holder
	// recorded are fields that the copy names as ours alone.
	recorded secret.FieldSet
	// byField is true if recorded knows what an adoption found there.
	byField bool
	// rest are the entries of others, as they are to stay.
	rest []secret.ManagedFields
	// moves is true if the object's entries say something else.
	moves bool
}

// Of reads who holds the fields of an object; wanted are the fields that a copy is
// to have, none where that is not known.
func Of(object *secret.Snapshot, wanted secret.FieldSet) Fields {
	f := Fields{Ours: secret.FieldSet{}, others: map[secret.Field][]Holder{}, recorded: secret.FieldSet{}}
	ours := object.Meta.Ours()
	if ours {
		f.recorded, f.byField = object.Meta.Recorded(), object.Meta.ByField()
	}
	if ours && len(object.Meta.ManagedFields) == 0 {
		f.claim(object, wanted)
		return f
	}
	for _, entry := range object.Meta.ManagedFields {
		f.add(entry, wanted, ours)
	}
	return f
}

// claim takes what a copy records, where the server no longer knows who wrote what.
func (f *Fields) claim(object *secret.Snapshot, wanted secret.FieldSet) {
	f.moves = true
	f.Ours[secret.Field{Kind: secret.TypeField}] = true
	there := Present(object)
	for field := range f.recorded {
		f.Ours[field] = there[field]
	}
	for field := range wanted {
		if field.Kind != secret.DataField && there[field] {
			f.Ours[field] = true
		}
	}
	clean(f.Ours)
}

func clean(set secret.FieldSet) {
	for field, in := range set {
		if !in {
			delete(set, field)
		}
	}
}

// Present are the fields that an object has.
func Present(object *secret.Snapshot) secret.FieldSet {
	set := secret.FieldSet{{Kind: secret.TypeField}: true}
	secret.AddAll(set, secret.DataField, object.Data)
	secret.AddAll(set, secret.LabelField, object.Meta.Labels)
	secret.AddAll(set, secret.AnnotationField, object.Meta.Annotations)
	return set
}

// add reads an entry. Of one that an earlier version or a backup wrote, that is ours
// which the copy records, or is to have: such an entry may hold everything.
func (f *Fields) add(entry secret.ManagedFields, wanted secret.FieldSet, ours bool) {
	set := entry.Set()
	if entry.Manager == secret.FieldManager && entry.Operation == secret.OperationApply && entry.Subresource == "" {
		for field := range set {
			f.Ours[field] = true
		}
		return
	}
	if ours && entry.Inherited() {
		var empty bool
		if entry, empty = f.inherit(entry, set, wanted); empty {
			return
		}
	}
	f.rest = append(f.rest, entry)
	for field := range set {
		f.others[field] = append(f.others[field], Holder{entry.Manager, entry.Operation == secret.OperationApply})
	}
}

// inherit moves what is ours out of the entry and out of its set.
func (f *Fields) inherit(entry secret.ManagedFields, set, wanted secret.FieldSet) (left secret.ManagedFields, empty bool) {
	moved := secret.FieldSet{}
	for field := range set {
		if f.recorded[field] || field.Kind == secret.TypeField || field.Kind != secret.DataField && wanted[field] {
			moved[field], f.Ours[field], f.moves = true, true, true
			delete(set, field)
		}
	}
	return entry.Without(moved)
}

// Entries are the managed fields with what is ours under our name, nil where the
// object's say the same.
func (f Fields) Entries() []secret.ManagedFields {
	if !f.moves {
		return nil
	}
	return f.With(f.Ours)
}

// Edited reports whether somebody has edited what is ours alone, and holds it now.
func (f Fields) Edited(field secret.Field) bool {
	return f.recorded[field] && f.byField && !f.Ours[field] && f.Held(field) && !f.applied(field)
}

// Taking are the managed fields with these fields as ours and no editor's: what
// somebody has edited to the value that it is to have would be held by both.
func (f Fields) Taking(edited secret.FieldSet) []secret.ManagedFields {
	taken := Fields{Ours: maps.Clone(f.Ours)}
	maps.Copy(taken.Ours, edited)
	for _, entry := range f.rest {
		left, empty := entry.Without(edited)
		switch {
		case entry.Operation != secret.OperationUpdate:
			taken.rest = append(taken.rest, entry)
		case !empty:
			taken.rest = append(taken.rest, left)
		}
	}
	return taken.With(taken.Ours)
}

// With are the managed fields with these fields as ours.
func (f Fields) With(ours secret.FieldSet) []secret.ManagedFields {
	// Not nil: an empty list removes all entries.
	entries := append([]secret.ManagedFields{}, f.rest...)
	if len(ours) > 0 {
		entries = append(entries, secret.Applied(ours))
	}
	return entries
}

// Left are the managed fields without ours.
func (f Fields) Left() []secret.ManagedFields { return f.With(nil) }

// Holders are the others who hold a field, in order.
func (f Fields) Holders(field secret.Field) []Holder { return f.others[field] }

// Held reports whether others hold the field.
func (f Fields) Held(field secret.Field) bool { return len(f.others[field]) > 0 }

// HeldAny reports whether others hold a field of the kind.
func (f Fields) HeldAny(kind secret.FieldKind) bool {
	for field := range f.others {
		if field.Kind == kind {
			return true
		}
	}
	return false
}

// applied reports whether somebody else has declared the field.
func (f Fields) applied(field secret.Field) bool {
	return slices.ContainsFunc(f.others[field], func(h Holder) bool { return h.Applies })
}

// Access is what we may do with a field of our copy whose value is not what it is
// to be.
type Access int

// The kinds of access.
const (
	// Mine is ours, or was until somebody edited it.
	Mine Access = iota
	// Theirs was never ours.
	Theirs
	// Declared is another's who applies it, and would write it again.
	Declared
)

// Access says whose a field of our copy is to change.
func (f Fields) Access(field secret.Field) Access {
	switch {
	case f.applied(field):
		return Declared
	case f.Ours[field], f.recorded[field]:
		return Mine
	default:
		return Theirs
	}
}

// Removable reports whether the field is ours alone: nobody else holds it, or somebody
// has edited what was ours. Copies of earlier versions do not tell what was edited
// from what an adoption has found there, and that stays.
func (f Fields) Removable(field secret.Field) bool {
	switch {
	case f.Ours[field]:
		return !f.Held(field)
	case !f.recorded[field] || f.applied(field):
		return false
	default:
		return f.byField || !f.Held(field)
	}
}

// Names are the managers who hold a field beside us, for people.
func (f Fields) Names(field secret.Field) (names []string) {
	for _, holder := range f.others[field] {
		if !slices.Contains(names, holder.Manager) {
			names = append(names, holder.Manager)
		}
	}
	slices.Sort(names)
	return names
}
