package verdict

import (
	"context"
	"fmt"
	"strings"

	"github.com/fluxcd/pkg/apis/meta"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// Judge gives verdicts on the dependsOn entries of one snapshot.
type Judge struct {
	snapshot *flux.Snapshot
	index    *flux.Index
	exprs    *expressions
	near     *nearNames
}

// NewJudge returns a judge of the snapshot, which index was made from.
func NewJudge(snapshot *flux.Snapshot, index *flux.Index) *Judge {
	return &Judge{
		snapshot: snapshot, index: index,
		exprs: newExpressions(), near: newNearNames(snapshot.Objects),
	}
}

// Resolve returns the object that the entry means. Where a file states no
// namespace it is the only object of that kind and name that can be meant.
func (j *Judge) Resolve(from *flux.Object, dep flux.Dependency) (*flux.Object, flux.ID) {
	want := from.Target(dep)
	if found := j.index.Get(want); found != nil {
		return found, want
	}
	if found := j.candidates(from, want); len(found) == 1 {
		return found[0], found[0].ID
	}
	return nil, want
}

// Waits reports whether the entry makes from wait until the other is ready,
// whatever else. An expression of its own asks for what it likes, and a
// ResourceSet for existence unless it says otherwise; what is being deleted
// asks for nothing.
func (j *Judge) Waits(from *flux.Object, dep flux.Dependency) bool {
	switch {
	case from.Terminating:
		return false
	case from.Kind == flux.ResourceSet:
		return dep.Ready && dep.ReadyExpr == ""
	default:
		return dep.ReadyExpr == "" || j.snapshot.AdditiveReadyExpr[from.Kind]
	}
}

// Stalls reports whether the entry stops its ResourceSet before any other is
// looked at: flux-operator compiles all expressions first.
func (j *Judge) Stalls(from *flux.Object, dep flux.Dependency) bool {
	return from.Kind == flux.ResourceSet && j.exprs.checkUntyped(dep) != nil
}

// Dependency judges one entry of from's spec.dependsOn.
func (j *Judge) Dependency(ctx context.Context, from *flux.Object, dep flux.Dependency) Finding {
	target, want := j.Resolve(from, dep)
	if finding, ok := j.unclear(from, dep, want); ok && target == nil {
		return finding
	}
	switch {
	case from.Kind == flux.ResourceSet:
		return j.resourceSetEntry(ctx, from, dep, target, want)
	case target == nil && pathError(want) != "":
		return Finding{Verdict: Missing, Message: notFoundMessage(from.Kind, want), Detail: "no object can have that name", Hint: apart(dep.Name)}
	case target == nil:
		return j.absent(from, want)
	case target.Status == nil && !j.snapshot.Live:
		return j.withoutStatus(from.Target(dep), target, dep)
	}
	finding := j.present(ctx, from, dep, target)
	switch {
	case finding.Verdict != OK:
	case target.Terminating:
		finding.Detail = "it is being deleted"
	case target.Suspended:
		finding.Verdict = SuspendedOK
	}
	return finding
}

// withoutStatus is the verdict on an entry between files: it is there, and no
// more can be said.
func (j *Judge) withoutStatus(want flux.ID, target *flux.Object, dep flux.Dependency) Finding {
	finding := Finding{Verdict: Unknown}
	if dep.ReadyExpr != "" {
		if err := j.exprs.check(dep.ReadyExpr); err != nil {
			return Finding{Verdict: ExprError, Detail: err.Error()}
		}
	}
	if target.ID != want {
		finding.Assumed = true
		finding.Detail = fmt.Sprintf("taken for %s: one of the two states no namespace", target.ID)
	}
	return finding
}

// present applies checks b to f of kustomize-controller's checkDependencies;
// helm-controller's are the same but for the revision.
func (j *Judge) present(ctx context.Context, from *flux.Object, dep flux.Dependency, target *flux.Object) Finding {
	if dep.ReadyExpr != "" {
		finding := j.readyExpr(ctx, from, dep, target)
		if finding.Verdict != OK || !j.snapshot.AdditiveReadyExpr[from.Kind] {
			return finding
		}
	}
	if finding := j.ready(target); finding.Verdict != OK {
		finding.Message = fmt.Sprintf("dependency '%s' is not ready", namespacedName(target.ID))
		return finding
	}
	if from.Kind == flux.Kustomization {
		return j.revision(from, target)
	}
	return Finding{Verdict: OK}
}

// ready is the built-in check: Ready is True, for the current generation.
func (j *Judge) ready(target *flux.Object) Finding {
	condition := target.Status.Condition(meta.ReadyCondition)
	switch {
	case condition == nil:
		return Finding{Verdict: NotReady, Detail: j.NeverReconciled(target).String()}
	case condition.Status == "Unknown" && !target.Suspended:
		return Finding{Verdict: Reconciling, Detail: condition.Message}
	case condition.Status != "True":
		return Finding{Verdict: NotReady, Detail: reasonAndMessage(condition)}
	case target.Generation != target.Status.ObservedGeneration:
		return Finding{Verdict: StaleGeneration, Detail: staleGeneration(target)}
	default:
		return Finding{Verdict: OK}
	}
}

func staleGeneration(target *flux.Object) string {
	detail := fmt.Sprintf("ready for generation %d of its spec, which is at %d",
		target.Status.ObservedGeneration, target.Generation)
	if target.Suspended {
		detail += "; it is suspended, so this stays until it is resumed"
	}
	return detail
}

func reasonAndMessage(condition *flux.Condition) string {
	return strings.TrimPrefix(condition.Reason+": "+condition.Message, ": ")
}

// revision is check f: a dependency of the same source must have applied the
// artifact that the dependent is about to apply.
func (j *Judge) revision(from, target *flux.Object) Finding {
	if from.Source == nil || target.Source == nil {
		return Finding{Verdict: OK}
	}
	source := from.Source.In(from.Namespace)
	if source != target.Source.In(target.Namespace) {
		return Finding{Verdict: OK}
	}
	object := j.index.Get(source)
	switch {
	case object == nil:
		return j.sourceAbsent(source)
	case object.Status == nil && !j.snapshot.Live:
		return Finding{Verdict: Unknown, Detail: fmt.Sprintf("revision not compared: %s was read without a status", source)}
	case object.Status == nil || object.Status.Artifact == nil:
		return Finding{Verdict: OK, Detail: fmt.Sprintf("revision not compared: %s has no artifact yet", source)}
	}
	current, applied := object.Status.Artifact.Revision, target.Status.LastAppliedRevision
	if current == applied {
		return Finding{Verdict: OK}
	}
	finding := Finding{
		Verdict: StaleRevision,
		Message: fmt.Sprintf("dependency '%s' revision is not up to date", namespacedName(target.ID)),
		Detail:  fmt.Sprintf("applied %s, but %s is at %s", orNone(applied), source, current),
	}
	if target.Suspended {
		finding.Detail += "; it is suspended, so this stays until it is resumed"
	}
	return finding
}

// sourceAbsent is the verdict where the shared source was not received. One
// that is not there stops the dependent before it comes to its dependencies.
func (j *Judge) sourceAbsent(source flux.ID) Finding {
	switch absence, known := j.snapshot.AbsenceOf(source); {
	case known && absence.Forbidden:
		return Finding{Verdict: Unknown, Detail: fmt.Sprintf("revision not compared: %s could not be read: %s", source, absence.Message)}
	case known:
		return Finding{Verdict: OK, Detail: fmt.Sprintf("revision not compared: %s is not there", source)}
	case j.snapshot.Live:
		return Finding{Verdict: Unknown, Detail: fmt.Sprintf("revision not compared: %s was not read", source)}
	default:
		return Finding{Verdict: Unknown, Detail: fmt.Sprintf("revision not compared: %s is not in the files that were read", source)}
	}
}

func orNone(revision string) string {
	if revision == "" {
		return "no revision yet"
	}
	return revision
}

// namespacedName is the form of types.NamespacedName in the controllers' messages.
func namespacedName(id flux.ID) string { return id.Namespace + "/" + id.Name }
