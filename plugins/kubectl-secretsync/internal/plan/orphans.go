package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Orphans tells which copies a plan has made and would make no more.
type Orphans struct {
	// Cluster is the UID of the source cluster, and Namespace that of the
	// sources. Where either is not known, nothing is an orphan.
	Cluster, Namespace string
	// Plans are the plan's ID and those of plans that it replaces.
	Plans []string

	places  map[Place]bool
	sources map[string]bool
	uids    map[string]bool
}

// Expect adds what the plan makes now: a place is kept whatever is to be in it.
func (o *Orphans) Expect(items []Item) {
	o.places, o.sources, o.uids = map[Place]bool{}, map[string]bool{}, map[string]bool{}
	for _, item := range items {
		o.places[item.Place], o.sources[item.Origin.Name], o.uids[item.Origin.UID] = true, true, true
	}
}

// Copies tells that the object carries all our marks, and that the plan has
// made it from a Secret of the source's cluster and namespace.
func (o *Orphans) Copies(meta secret.Meta) bool {
	mine := func(id string) bool { return slices.Contains(o.Plans, id) }
	return o.fromHere(meta) && slices.ContainsFunc(meta.Plans(), mine)
}

// fromHere tells that the object carries all our marks and is a copy of a Secret
// of the source's cluster and namespace.
func (o *Orphans) fromHere(meta secret.Meta) bool {
	from := meta.Origin()
	return meta.Ours() && from.UID != secret.FromManifest && o.Cluster != "" && from.Cluster == o.Cluster &&
		o.Namespace != "" && from.Namespace == o.Namespace
}

// Strangers are the plans, other than this one, of copies from the same place
// whose sources this plan does not have.
func (o *Orphans) Strangers(found []Item) []string {
	var ids []string
	for _, item := range found {
		object := item.Seen.Object
		if object != nil && o.fromHere(object.Meta) && !o.Copies(object.Meta) && !o.places[item.Place] {
			ids = append(ids, object.Meta.Plans()...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Why says why the copy at the place is an orphan, "" where it is none.
func (o *Orphans) Why(meta secret.Meta, place Place) string {
	from := meta.Origin()
	switch {
	case o.places == nil || !o.Copies(meta) || o.places[place] || o.uids[meta.UID]:
		return ""
	case o.sources[from.Name]:
		return "the plan no longer has a copy of " + from.Path() + " here"
	default:
		return "its source " + from.Path() + " is gone, or no longer selected"
	}
}

// Decide decides on an orphan as it was found. One that was written since has
// perhaps found its source again.
func (o *Orphans) Decide(item Item) Action {
	a := Action{Item: item}
	object := item.Seen.Object
	switch {
	case item.Seen.Problem != nil:
		return a.problem(*item.Seen.Problem)
	case object == nil:
		return a.stop(Absent, "", "")
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
	if others := o.others(object.Meta); len(others) > 0 {
		return a.stop(Skip, item.Lost+"; but it is also of plan "+strings.Join(others, ", "),
			fmt.Sprintf("--replaces-plan=%s tells that this plan took the other's place", others[0]))
	}
	if item.Seen.Access.Delete == Denied {
		return a.forbid("delete", "secrets", a.Place.Namespace)
	}
	return a.stop(Delete, item.Lost, "")
}

// others are the plans that may still want the copy.
func (o *Orphans) others(meta secret.Meta) []string {
	return slices.DeleteFunc(meta.Plans(), func(id string) bool { return slices.Contains(o.Plans, id) })
}
