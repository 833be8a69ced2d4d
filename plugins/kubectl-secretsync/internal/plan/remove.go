package plan

import (
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// RemoveOptions are the rules of a deletion.
type RemoveOptions struct {
	// DeleteForeign deletes a copy also with keys of others in it.
	DeleteForeign bool
}

// Decide decides on the deletion of the copy at the item's place. Only what carries
// our marks and comes from the item's source is deleted; no flag overrides that. Of
// a copy that holds keys of others only what is ours is deleted.
func (o RemoveOptions) Decide(item Item) Action {
	a := Action{Item: item}
	switch seen := item.Seen; {
	case seen.Problem != nil:
		return a.problem(*seen.Problem)
	case item.inSource():
		return a.stop(Skip, inSourceReason, inSourceHint)
	case seen.Object == nil:
		return a.stop(Absent, "", "")
	case seen.Object.Meta.UID != "" && seen.Object.Meta.UID == item.Origin.UID:
		return a.stop(Refused, "the target is the source itself", "")
	case !seen.Object.Meta.CopyOf(item.Origin), owner.Claims(seen.Object.Meta) != "":
		return a.foreign()
	case seen.Object.Meta.DeletionTimestamp != nil:
		return a.stop(Absent, "it is being deleted"+held(seen.Object.Meta), "")
	default:
		return o.remove(a, "")
	}
}

// remove deletes the copy, or of it what is ours.
func (o RemoveOptions) remove(a Action, reason string) Action {
	a.holds = owner.Of(a.Seen.Object, nil)
	a.keyByKey()
	theirs := a.kept()
	switch {
	case len(theirs) > 0 && !o.DeleteForeign:
		return a.reduce(theirs, reason)
	case a.Seen.Access.Delete == Denied:
		return a.forbid("delete", "secrets", a.Place.Namespace)
	}
	a.Changes = Changes{}
	if len(theirs) > 0 {
		a.Warnings = append(a.Warnings, "other owners' keys are deleted too: "+strings.Join(theirs, ", "))
	}
	return a.stop(Delete, reason, "")
}

// keyByKey says of each key whether it goes.
func (a *Action) keyByKey() {
	object := a.Seen.Object
	for _, key := range secret.Keys(object.Data) {
		field := secret.Field{Kind: secret.DataField, Key: key}
		change := KeyChange{Key: key, Change: Kept, From: object.Data[key].Size, Managers: strings.Join(a.holds.Names(field), ", ")}
		if a.holds.Removable(field) {
			change.Change = Removed
		}
		a.Changes.Keys = append(a.Changes.Keys, change)
	}
}

// kept are the keys that stay, for people.
func (a Action) kept() (words []string) {
	for _, key := range a.Changes.Keys {
		if key.Change != Kept {
			continue
		}
		said := key.Key
		if key.Managers != "" {
			said += " (" + key.Managers + ")"
		}
		words = append(words, said)
	}
	return words
}

// reduce deletes what is ours where the server takes what is left.
func (a Action) reduce(theirs []string, reason string) Action {
	const hint = "--delete-foreign-keys deletes the whole Secret, theirs included"
	why := a.indivisible()
	switch {
	case why != "":
		return a.stop(Refused, "it holds other owners' keys: "+strings.Join(theirs, ", ")+"; "+why, hint)
	case a.Seen.Access.Patch == Denied:
		a = a.forbid("patch", "secrets", a.Place.Namespace)
		a.Reason = "it holds other owners' keys, and " + a.Reason
		return a
	}
	a.Work = Work{Entries: a.holds.Left(), Drop: a.removable()}
	if reason != "" {
		reason += "; "
	}
	return a.stop(Reduce, reason+"other owners' keys stay", hint)
}

// removable are our fields of the object.
func (a Action) removable() secret.FieldSet {
	set := secret.FieldSet{}
	for field := range owner.Present(a.Seen.Object) {
		if field.Kind != secret.TypeField && a.holds.Removable(field) {
			set[field] = true
		}
	}
	return set
}

// indivisible says why the server would not take the object without our keys.
func (a Action) indivisible() string {
	left := map[string]bool{}
	removed := false
	for _, key := range a.Changes.Keys {
		left[key.Key] = key.Change == Kept
		removed = removed || key.Change == Removed
	}
	switch {
	case !removed:
		return ""
	case a.Seen.Object.Immutable:
		return "it is immutable"
	case secret.Lacks(a.Seen.Object.Type, left):
		return "its type " + a.Seen.Object.Type + " needs our keys"
	default:
		return ""
	}
}

func (a Action) foreign() Action {
	meta := a.Seen.Object.Meta
	if a.Owner = owner.Claims(meta); meta.CopyOf(a.Origin) {
		return a.stop(Refused, "no longer ours: taken over by "+a.Owner, "what is not our copy is never deleted; kubectl delete does")
	}
	if a.Owner = owner.Find(meta); a.Owner == "" && a.Origin.UID == "" && a.Origin.Cluster == "" {
		return a.stop(Refused, "the source is gone, and what remains of it tells nobody whose copy this is", unknownClusterHint)
	}
	if a.Origin.Anonymous() && meta.Ours() {
		return a.stop(Refused, "nothing tells which manifest it is a copy of", "--source-id names the source, where it was copied with one; kubectl delete deletes it")
	}
	hint := "what is not our copy is never deleted; kubectl delete does"
	switch {
	case meta.Ours() && owner.Claims(meta) == "":
		from := meta.Origin()
		a.Owner = "kubectl-secretsync, from " + from.String()
		if a.Origin.UID != secret.FromManifest && from.Path() == a.Origin.Path() && (from.Cluster == "" || a.Origin.Cluster == "") {
			hint = unknownClusterHint + ", to know a source that was made anew; " + hint
		}
	case a.Owner == "":
		a.Owner = "nobody known" + owner.Writers(meta)
	}
	return a.stop(Refused, "not a copy of the source: owned by "+a.Owner, hint)
}
