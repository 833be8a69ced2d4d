package plan

import (
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Decide decides on an orphan as it was found. One that was written since has
// perhaps found its source again.
func (o *Orphans) Decide(item Item) Action {
	a := Action{Item: item}
	object := item.Seen.Object
	switch {
	case item.Seen.Problem != nil:
		return a.problem(*item.Seen.Problem)
	case item.inSource():
		return a.stop(Skip, inSourceReason, inSourceHint)
	case object == nil:
		return a.stop(Absent, "", "")
	case item.Lost != "" && o.fromHere(object.Meta) && !o.Copies(object.Meta) && len(object.Meta.Plans()) > 0:
		return a.stop(Skip, "a copy of other plans only by now", "")
	case item.Lost == "" || !o.Copies(object.Meta):
		return a.stop(Refused, "not a copy of this plan", "")
	case object.Meta.ResourceVersion != item.Found:
		return a.stop(Refused, "it was written since it was found", "look again with --dry-run")
	case owner.Claims(object.Meta) != "":
		a.Owner = owner.Claims(object.Meta)
		return a.stop(Skip, "no longer ours: taken over by "+a.Owner, "")
	case object.Meta.DeletionTimestamp != nil:
		return a.stop(Absent, "it is being deleted"+held(object.Meta), "")
	}
	if why, hint := o.doubt(object.Meta); why != "" {
		return a.stop(Refused, why, hint)
	}
	return o.end(a)
}

// end deletes the orphan; one that other plans make too stays, and is no longer
// of this plan.
func (o *Orphans) end(a Action) Action {
	a.Plans = slices.DeleteFunc(a.Seen.Object.Meta.Plans(), o.mine)
	switch {
	case len(a.Plans) > 0 && a.Seen.Access.Patch == Denied:
		return a.forbid("patch", "secrets", a.Place.Namespace)
	case len(a.Plans) > 0:
		return a.stop(Release, a.Lost+"; it stays a copy of "+named(a.Plans), "")
	default:
		return o.Remove.remove(a, a.Lost)
	}
}

// named names plans for people. What is no ID was written by somebody else.
func named(plans []string) string {
	valid := slices.DeleteFunc(slices.Clone(plans), func(id string) bool { return !secret.IsPlan(id) })
	if len(valid) == 0 {
		return "other plans"
	}
	return "plan " + strings.Join(valid, ", ")
}
