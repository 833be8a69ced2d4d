package plan

import (
	"cmp"
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

// inSource reports whether a pattern has found the source's cluster.
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
	a.warnUnknownCluster()
	if a.Origin.Anonymous() {
		a.Warnings = append(a.Warnings, "no later run knows it as its copy: give --source-id, the same in each run")
	}
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
	a = o.compared(a)
	if stopped := o.ownership(&a); stopped {
		return a
	}
	if why := secret.Special(a.Seen.Object.Type); why != "" && a.Seen.Object.Type != a.Content.Type {
		return a.stop(Refused, "the target is of type "+a.Seen.Object.Type, "choose another name with --to-name")
	}
	a.warn(o.Looks)
	if o.settled(&a) {
		return a.stop(Unchanged, "in-sync (changed by admission: "+strings.Join(a.Admission, ", ")+")", "")
	}
	if a.Changes.Empty() && !a.Work.Records {
		return a.stop(Unchanged, "", "")
	}
	if why := a.unchangeable(); why != "" {
		return o.recreate(a, why)
	}
	return a.update()
}

// compared adds what the object lacks.
func (o Options) compared(a Action) Action {
	c := o.compare(a.Content, a.Seen.Object)
	a.Changes, a.Work, a.holds, a.clashes = c.changes, c.work, c.holds, c.clashes
	return a
}

// update writes, where that is allowed. What a copy only records of itself is no
// failure where it is not.
func (a Action) update() Action {
	switch {
	case a.Seen.Access.Patch != Denied:
		a.warnUnknownCluster()
		return a.stop(Update, a.recording(), "")
	case a.Changes.onlyRecords():
		// It holds what was asked for.
		if a.Changes.has(secret.AnnotationPlans) {
			a.Warnings = append(a.Warnings, "it does not record this plan, for it may not be patched: delete --orphans of another plan may delete it")
		}
		a.Changes, a.Work = Changes{}, Work{}
		return a.stop(Unchanged, "", "")
	default:
		return a.forbid("patch", "secrets", a.Place.Namespace)
	}
}

// recording says what is written where only the copy's own records change.
func (a Action) recording() string {
	switch {
	case !a.Changes.onlyRecords():
		return a.recorded
	case a.Changes.only(secret.AnnotationPlans):
		return "another plan made it; it is recorded as this one's too"
	case a.Changes.only(secret.AnnotationCluster):
		return "the UID of the source cluster is recorded"
	default:
		return "who holds its fields is recorded anew"
	}
}

// ownership stops where the target is not ours to write.
func (o Options) ownership(a *Action) (stopped bool) {
	meta := a.Seen.Object.Meta
	own := meta.CopyOf(a.Origin)
	// The marks stay on a copy that another has taken over; and what only has it
	// deleted does not claim a copy.
	claims := owner.Strong(meta, !own)
	switch {
	case own && len(claims) == 0:
		return o.clashing(a)
	case a.Origin.Anonymous() && len(claims) == 0 && meta.Ours() && a.Changes.Empty():
		// Whichever manifest it came from, it is what is asked for.
		a.Work.Records = false
		return false
	case !own && meta.Ours() && owner.Claims(meta) == "":
		a.Owner = "kubectl-secretsync, from " + meta.Origin().String()
		return o.anothers(a)
	case len(claims) > 0:
		a.Owner = claims[0].String()
		return o.claimed(a, claims)
	}
	a.Owner = "nobody known" + owner.Writers(meta)
	a.warnWeak()
	return o.unclaimed(a, "--on-conflict=adopt takes it over; --on-conflict=skip leaves it")
}

// unclaimed is what nobody claims.
func (o Options) unclaimed(a *Action, hint string) (stopped bool) {
	switch o.OnConflict {
	case Adopt, Overwrite:
		a.takeOver(nil)
		return false
	default:
		return o.leave(a, "owned by "+a.Owner, hint)
	}
}

const overwriteHint = "--on-conflict=overwrite takes it from its owner, who may take it back"

// claimed is what somebody claims. Who is still there would take it back, or delete
// it.
func (o Options) claimed(a *Action, claims []owner.Claim) (stopped bool) {
	switch {
	case o.OnConflict == Overwrite && !o.AllowLive && !a.Seen.Owner.Gone:
		*a = a.stop(Refused, "owned by "+a.Owner+": "+cmp.Or(a.Seen.Owner.Why, "whether its owner is there is not known"), "--allow-live-owner takes it all the same; its owner may take it back, or delete it")
		return true
	case o.OnConflict == Overwrite:
		a.takeOver(claims)
		return false
	case o.OnConflict == Adopt:
		return o.leave(a, "owned by "+a.Owner, overwriteHint)
	default:
		return o.leave(a, "owned by "+a.Owner, overwriteHint+"; --on-conflict=skip leaves it")
	}
}

// anothers is a copy of ours of another source, as far as anybody can tell.
func (o Options) anothers(a *Action) (stopped bool) {
	recorded, from := a.Seen.Object.Meta.Origin(), a.Origin
	hint := overwriteHint + "; --on-conflict=skip leaves it"
	switch {
	case recorded.Anonymous() && recorded.Path() == from.Path():
		if !from.Anonymous() {
			return o.unclaimed(a, "--on-conflict=adopt takes it over; --on-conflict=skip leaves it")
		}
		hint = "--source-id, the same in each run, makes copies known, with --on-conflict=adopt once; --on-conflict=overwrite takes this one"
	case from.UID != secret.FromManifest && recorded.Path() == from.Path() && (from.Cluster == "" || recorded.Cluster == ""):
		hint = unknownClusterHint + ", to know a source that was made anew; " + hint
	}
	if o.OnConflict == Overwrite {
		return false
	}
	return o.leave(a, "owned by "+a.Owner, hint)
}

// unknownClusterHint names the right by which a source that is made anew is known.
const unknownClusterHint = `grant the verb "get" on the namespace kube-system of the source cluster`

// clashing stops where fields of our copy are to change that others hold.
func (o Options) clashing(a *Action) (stopped bool) {
	var declared, theirs []string
	for _, c := range a.clashes {
		words := c.field.String()
		if len(c.names) > 0 {
			words += " (" + strings.Join(c.names, ", ") + ")"
		}
		if c.access == owner.Declared {
			declared = append(declared, words)
		} else {
			theirs = append(theirs, words)
		}
	}
	slices.Sort(declared)
	slices.Sort(theirs)
	switch {
	case len(declared) > 0 && o.OnConflict != Overwrite:
		a.Owner = strings.Join(declared, ", ")
		return o.leave(a, "others apply "+a.Owner, "--on-conflict=overwrite takes the fields, which their managers may take back; --on-conflict=skip leaves it")
	case len(theirs) > 0 && o.OnConflict != Overwrite && o.OnConflict != Adopt:
		a.Owner = strings.Join(theirs, ", ")
		return o.leave(a, "others hold "+a.Owner, "--on-conflict=adopt takes the fields; --on-conflict=skip leaves it")
	default:
		return false
	}
}

// leave reports a target that is not written.
func (o Options) leave(a *Action, reason, hint string) (stopped bool) {
	if o.OnConflict == SkipIt {
		*a = a.stop(Skip, "it is there already, "+reason, "")
		return true
	}
	*a = a.stop(Conflict, reason, hint)
	return true
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
func (a *Action) warn(looks bool) {
	meta := a.Seen.Object.Meta
	_, applied := meta.Annotations[secret.LastApplied]
	if applied && !a.Work.Drop[secret.Field{Kind: secret.AnnotationField, Key: secret.LastApplied}] {
		a.Warnings = append(a.Warnings, "annotation "+secret.LastApplied+" holds data in the clear")
	}
	if meta.CopyOf(a.Origin) {
		a.warnWeak()
	}
	for _, key := range a.Changes.Keys {
		if key.Managers != "" && key.Change != Kept {
			words := " is taken back from "
			if looks {
				words = " is held by "
			}
			a.Warnings = append(a.Warnings, "key "+key.Key+words+key.Managers)
		}
	}
}

// warnWeak quotes marks that claim nothing by themselves.
func (a *Action) warnWeak() {
	for _, claim := range owner.Weak(a.Seen.Object.Meta) {
		if claim.Mark.Key != secret.LabelManagedBy || !a.Seen.Object.Meta.CopyOf(a.Origin) {
			a.Warnings = append(a.Warnings, claim.String()+": it is not taken for an owner's")
		}
	}
}

// warnUnknownCluster says that a copy does not record where it is from.
func (a *Action) warnUnknownCluster() {
	if a.Origin.Cluster != "" || a.Origin.UID == secret.FromManifest {
		return
	}
	if object := a.Seen.Object; object == nil || object.Meta.Annotations[secret.AnnotationCluster] == "" || !object.Meta.CopyOf(a.Origin) {
		a.Warnings = append(a.Warnings, "it records no source cluster, and is not known as a copy once the source is made anew: "+unknownClusterHint)
	}
}
