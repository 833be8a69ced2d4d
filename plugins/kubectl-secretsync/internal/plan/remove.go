package plan

import (
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
)

// Removal decides on the deletion of the copy at the item's place. Only what
// carries our marks and comes from the item's source is deleted; no flag lifts
// that.
func Removal(item Item) Action {
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
	case seen.Access.Delete == Denied:
		return a.forbid("delete", "secrets", a.Place.Namespace)
	default:
		return a.stop(Delete, "", "")
	}
}

func (a Action) foreign() Action {
	meta := a.Seen.Object.Meta
	if a.Owner = owner.Claims(meta); meta.CopyOf(a.Origin) {
		return a.stop(Refused, "no longer ours: taken over by "+a.Owner, "what is not our copy is never deleted; kubectl delete does")
	}
	if a.Owner = owner.Find(meta); a.Owner == "" && a.Origin.UID == "" && a.Origin.Cluster == "" {
		return a.stop(Refused, "the source is gone, and what remains of it tells nobody whose copy this is", `grant the verb "get" on the namespace kube-system of the source cluster`)
	}
	if a.Origin.Anonymous() && meta.Ours() {
		return a.stop(Refused, "nothing tells which manifest it is a copy of", "--source-id names the source, where it was copied with one; kubectl delete deletes it")
	}
	switch {
	case meta.Ours() && owner.Claims(meta) == "":
		a.Owner = "kubectl-secretsync, from " + meta.Origin().String()
	case a.Owner == "":
		a.Owner = "nobody known" + lastWriter(meta)
	}
	return a.stop(Refused, "not a copy of the source: owned by "+a.Owner, "what is not our copy is never deleted; kubectl delete does")
}
