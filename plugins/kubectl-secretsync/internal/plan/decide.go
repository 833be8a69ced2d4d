package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/owner"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Copy decides what a copy of each item takes. The items stay in their order.
func Copy(items []Item, o Options) []Action {
	actions := make([]Action, len(items))
	for i, item := range items {
		actions[i] = o.Decide(item)
	}
	refuseDoubles(actions)
	return actions
}

// Decide decides on one item alone.
func (o Options) Decide(item Item) Action {
	a := Action{Item: item}
	switch seen := item.Seen; {
	case item.Refusal != "" && item.Selected:
		return a.stop(Skip, item.Refusal, item.Lift)
	case item.Refusal != "":
		return a.stop(Refused, item.Refusal, item.Lift)
	case seen.Problem != nil:
		return a.problem(*seen.Problem)
	case item.inSource():
		return a.stop(Skip, inSourceReason, inSourceHint)
	case seen.Object == nil:
		return o.create(a)
	case seen.Object.Meta.UID != "" && seen.Object.Meta.UID == item.Origin.UID:
		return a.stop(Refused, "the target is the source itself", "--to-namespace, --to-name, --prefix or --suffix name another place")
	case seen.Object.Meta.DeletionTimestamp != nil:
		return a.stop(Failed, "the old Secret is being deleted"+held(seen.Object.Meta), "copy again once it is gone")
	default:
		return o.existing(a)
	}
}

const (
	inSourceReason = "the source's own cluster under another name, which a pattern leaves out"
	inSourceHint   = "--to-context with its whole name copies within the cluster"
)

// inSource tells that a pattern has found the source's cluster.
func (i Item) inSource() bool {
	return i.Matched && i.Seen.Identity != "" && i.Seen.Identity == i.Origin.Cluster
}

func held(meta secret.Meta) string {
	if len(meta.Finalizers) == 0 {
		return ""
	}
	return ", held by finalizer " + strings.Join(meta.Finalizers, ", ")
}

func (a Action) stop(verb Verb, reason, hint string) Action {
	a.Verb, a.Reason, a.Hint = verb, reason, hint
	return a
}

// problem is a target that could not be read.
func (a Action) problem(p Problem) Action {
	switch p.Kind {
	case KindForbidden:
		return a.stop(Forbidden, p.Text, p.Hint)
	case KindRefused:
		return a.stop(Refused, p.Text, p.Hint)
	case KindSkipped:
		return a.stop(Skip, p.Text, p.Hint)
	default:
		return a.stop(Failed, p.Text, p.Hint)
	}
}

// create is for a target that is not there.
func (o Options) create(a Action) Action {
	a.Changes = added(a.Content)
	seen := a.Seen
	switch {
	case seen.Namespace == NamespaceEnding:
		return a.stop(Failed, fmt.Sprintf("namespace %q is being deleted", a.Place.Namespace), "copy again once it is gone")
	case seen.Namespace == NamespaceMissing && !o.CreateNamespace:
		return a.stop(Refused, fmt.Sprintf("there is no namespace %q", a.Place.Namespace), "--create-namespace creates it")
	case seen.Namespace == NamespaceMissing && seen.Access.CreateNamespace == Denied:
		return a.forbid("create", "namespaces", "")
	case seen.Access.Create == Denied:
		return a.forbid("create", "secrets", a.Place.Namespace)
	}
	a.CreateNamespace = o.CreateNamespace && seen.Namespace != NamespaceThere
	return a.stop(Create, "", "")
}

// forbid names the missing permission.
func (a Action) forbid(verb, resource, namespace string) Action {
	where := ""
	if namespace != "" {
		where = fmt.Sprintf(" in namespace %q", namespace)
	}
	return a.stop(Forbidden, fmt.Sprintf("may not %s %s%s", verb, resource, where),
		fmt.Sprintf("grant the verb %q on %s%s", verb, resource, where))
}

// existing is for a target that is there and not the source.
func (o Options) existing(a Action) Action {
	a.Changes = o.compare(a.Content, a.Seen.Object)
	if stopped := o.ownership(&a); stopped {
		return a
	}
	if why := secret.Special(a.Seen.Object.Type); why != "" && a.Seen.Object.Type != a.Content.Type {
		return a.stop(Refused, "the target is of type "+a.Seen.Object.Type, "choose another name with --to-name")
	}
	a.warn()
	if a.Changes.Empty() {
		return a.stop(Unchanged, "", "")
	}
	if why := a.unchangeable(); why != "" {
		return o.recreate(a, why)
	}
	switch {
	case a.Seen.Access.Patch != Denied && a.Changes.onlyPlans():
		return a.stop(Update, "another plan made it; it is recorded as this one's too", "")
	case a.Seen.Access.Patch != Denied:
		return a.stop(Update, "", "")
	case a.Changes.onlyPlans():
		// It holds what was asked for.
		a.Changes = Changes{}
		a.Warnings = append(a.Warnings, "it does not record this plan, for it may not be patched: delete --orphans of another plan may delete it")
		return a.stop(Unchanged, "", "")
	default:
		return a.forbid("patch", "secrets", a.Place.Namespace)
	}
}

// ownership stops where the target is not ours to write.
func (o Options) ownership(a *Action) (stopped bool) {
	meta := a.Seen.Object.Meta
	own := meta.CopyOf(a.Origin)
	if a.Owner = owner.Find(meta); own {
		// The marks stay on a copy that another has taken over.
		a.Owner = owner.Claims(meta)
	}
	claimed := a.Owner != ""
	switch {
	case own && !claimed:
		return false
	case own:
	case a.Origin.Anonymous() && !claimed && meta.Ours() && a.Changes.Empty():
		// Whichever manifest it came from, it is what is asked for.
		return false
	case meta.Ours() && owner.Claims(meta) == "":
		a.Owner, claimed = "kubectl-secretsync, from "+meta.Origin().String(), true
	case !claimed:
		a.Owner = "nobody known" + lastWriter(meta)
	}
	switch {
	case o.OnConflict == SkipIt:
		*a = a.stop(Skip, "it is there already, owned by "+a.Owner, "")
	case o.OnConflict == Overwrite, o.OnConflict == Adopt && !claimed:
		return false
	case o.OnConflict == Adopt:
		*a = a.stop(Conflict, "owned by "+a.Owner, "--on-conflict=overwrite takes it from its owner, who may take it back")
	default:
		*a = a.stop(Conflict, "owned by "+a.Owner, conflictHint(claimed))
	}
	return true
}

func conflictHint(claimed bool) string {
	if claimed {
		return "--on-conflict=overwrite takes it from its owner, who may take it back; --on-conflict=skip leaves it"
	}
	return "--on-conflict=adopt takes it over; --on-conflict=skip leaves it"
}

// lastWriter names who wrote the object, as a help to whoever asks around.
func lastWriter(meta secret.Meta) string {
	for _, fields := range meta.ManagedFields {
		if fields.Manager != "" && fields.Manager != secret.Manager {
			return " (written by " + fields.Manager + ")"
		}
	}
	return ""
}

// unchangeable says why the API server takes no update of the changes.
func (a Action) unchangeable() string {
	object := a.Seen.Object
	switch {
	case object.Type != a.Content.Type:
		return fmt.Sprintf("its type is %s, and cannot be changed to %s", object.Type, a.Content.Type)
	case object.Immutable && a.Changes.Data():
		return "it is immutable"
	default:
		return ""
	}
}

func (o Options) recreate(a Action, why string) Action {
	switch {
	case !o.Recreate:
		return a.stop(Refused, why, "--recreate deletes it and creates it anew")
	case a.Seen.Access.Delete == Denied:
		return a.forbid("delete", "secrets", a.Place.Namespace)
	case a.Seen.Access.Create == Denied:
		return a.forbid("create", "secrets", a.Place.Namespace)
	}
	if why, hint := o.irreplaceable(a); why != "" && !o.Looks {
		return a.stop(Refused, why, hint)
	}
	if a.Seen.Object.Immutable {
		a.Warnings = append(a.Warnings, "kubelets keep immutable Secrets: pods that run may not see the new one until they are restarted")
	}
	return a.stop(Recreate, why, "")
}

// irreplaceable says why the target is not deleted to be created anew: a
// finalizer keeps the place taken, and then nothing is left to copies; a run
// that is killed in between loses what only the target holds.
func (o Options) irreplaceable(a Action) (why, hint string) {
	object := a.Seen.Object
	if len(object.Meta.Finalizers) > 0 {
		return "it would be deleted, but not gone" + held(object.Meta), "remove the finalizer once nothing needs it, or choose another name with --to-name"
	}
	var others []string
	for _, key := range secret.Keys(object.Data) {
		removed := slices.ContainsFunc(a.Changes.Keys, func(c KeyChange) bool { return c.Key == key && c.Change == Removed })
		if _, ours := a.Content.Prints[key]; !ours && !removed {
			others = append(others, key)
		}
	}
	if len(others) > 0 {
		return "a recreation could lose its keys that the source does not have: " + strings.Join(others, ", "), "--mode=exact gives them up; --to-name chooses another name"
	}
	return "", ""
}

// warn tells of what an update leaves in place.
func (a *Action) warn() {
	if _, ok := a.Seen.Object.Meta.Annotations[secret.LastApplied]; ok {
		a.Warnings = append(a.Warnings, "annotation "+secret.LastApplied+" holds data in the clear")
	}
}
