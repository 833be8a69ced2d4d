package plan

import (
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// State is how a copy stands to its source.
type State string

// The states.
const (
	InSync  State = "in-sync"
	Drifted State = "drifted"
	// Outdated is a copy of what the source was before.
	Outdated State = "outdated"
	// OutdatedDrifted is both.
	OutdatedDrifted State = "drifted+outdated"

	Missing      State = "missing"
	Foreign      State = "foreign"
	UnknownState State = "unknown"
	// Orphaned is a copy that the plan has made, and would make no more.
	Orphaned State = "orphaned"
)

// Proven tells from metadata alone that a copy holds what its source holds:
// it was made of the source as it is now, and nobody but us has written any of
// its values since, nor changed them by admission. False means only that values
// have to be compared.
func Proven(meta secret.Meta, content *secret.Content) bool {
	if !meta.CopyOf(content.Origin) || !meta.Current(content.Origin) || len(meta.ChangedByAdmission()) > 0 || len(meta.ManagedFields) == 0 {
		return false
	}
	if slices.ContainsFunc(meta.ManagedFields, func(entry secret.ManagedFields) bool { return !entry.Readable() }) {
		return false
	}
	if len(lacks(meta.Labels, content.Labels)) > 0 || len(lackedByLooks(meta, content)) > 0 {
		return false
	}
	object := &secret.Snapshot{Meta: meta}
	sent := content.Fields(&meta, meta.Namespace, meta.Name)
	holds := owner.Of(object, sent)
	return len(content.Data) > 0 && holdsAll(holds, content) && !stale(holds, object, sent)
}

// lackedByLooks are the annotations that make a copy differ.
func lackedByLooks(meta secret.Meta, content *secret.Content) []string {
	return slices.DeleteFunc(lacks(meta.Annotations, content.AnnotationsAt(meta.Namespace, meta.Name)), func(key string) bool { return slices.Contains(records(), key) })
}

// holdsAll reports whether we are the last to have written each of the keys, and that
// nobody has written any other. The server takes a field from whoever wrote it
// before as soon as another changes its value.
func holdsAll(holds owner.Fields, content *secret.Content) bool {
	return slices.Equal(holds.Ours.Keys(secret.DataField), secret.Keys(content.Data)) && !holds.HeldAny(secret.DataField)
}

// stale reports whether the object has a label or annotation of ours that is wanted no
// more.
func stale(holds owner.Fields, object *secret.Snapshot, sent secret.FieldSet) bool {
	for field := range owner.Present(object) {
		if !sent[field] && !kept(field) && holds.Removable(field) {
			return true
		}
	}
	return false
}

// overwritten reads from the managed fields that another has written a key that
// we wrote, or has removed it. Without managed fields nothing tells.
func overwritten(object *secret.Snapshot) bool {
	holds := owner.Of(object, nil)
	lost := func(key string) bool { return !holds.Ours[secret.Field{Kind: secret.DataField, Key: key}] }
	return len(object.Meta.ManagedFields) > 0 && slices.ContainsFunc(object.Meta.WrittenKeys(), lost)
}

// StateOf says how a copy stands to its source, from the plan's action for it.
func StateOf(a Action) State {
	object := a.Seen.Object
	switch {
	case a.Verb == Failed, a.Seen.Problem != nil, a.Verb == Forbidden && object == nil:
		return UnknownState
	case a.Lost != "":
		return Orphaned
	case object == nil:
		return Missing
	case a.Verb == Unchanged:
		return InSync
	case !object.Meta.CopyOf(a.Origin), owner.Claims(object.Meta) != "":
		return Foreign
	case a.Changes.Empty():
		return InSync
	case object.Meta.Annotations[secret.AnnotationVersion] != a.Origin.ResourceVersion:
		if overwritten(object) {
			return OutdatedDrifted
		}
		return Outdated
	default:
		return Drifted
	}
}
