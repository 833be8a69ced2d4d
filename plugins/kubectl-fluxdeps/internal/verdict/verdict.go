// Package verdict judges one dependsOn entry by the rules of the controller
// that will: kustomize-controller v1.9.5 and v1.10.1, helm-controller v1.6.4
// (both: checkDependencies in internal/controller), flux-operator v0.59.0
// (ResourceSetReconciler.checkDependencies). It asks no server.
package verdict

// Verdict says whether a dependency is met, and if not why.
type Verdict string

// The verdicts. Cycle and Deadlock are given by the graph, which alone can see
// one.
const (
	// OK: the controller lets the dependent pass.
	OK Verdict = "ok"
	// SuspendedOK: it passes, but the dependency is suspended, so it stays as it is.
	SuspendedOK Verdict = "suspended-but-ok"
	// Reconciling: the dependency is being reconciled right now.
	Reconciling Verdict = "reconciling"
	// NotReady: the dependency failed, waits itself, or was never reconciled.
	NotReady Verdict = "not-ready"
	// StaleGeneration: ready, but for an earlier generation of its spec.
	StaleGeneration Verdict = "stale-generation"
	// StaleRevision: ready, but with another revision of the shared source.
	StaleRevision Verdict = "stale-revision"
	// ExprFalse: its readyExpr is false.
	ExprFalse Verdict = "expr-false"
	// ExprError: its readyExpr does not compile or fails.
	ExprError Verdict = "expr-error"
	// Missing: there is no such object.
	Missing Verdict = "missing"
	// WrongKind: there is none of the kind that is looked for, but one of
	// another kind by that name.
	WrongKind Verdict = "wrong-kind"
	// Forbidden: we may not read the dependency.
	Forbidden Verdict = "forbidden"
	// Cycle: the dependency depends on the dependent.
	Cycle Verdict = "cycle"
	// Deadlock: the dependency waits for the dependent by other means as well:
	// wait, healthChecks, or because the one applies the other.
	Deadlock Verdict = "deadlock"
	// Unknown: there is no status to judge by, as in files.
	Unknown Verdict = "unknown"
)

// All lists the verdicts, best first.
func All() []Verdict {
	return []Verdict{
		OK, SuspendedOK, Unknown, Reconciling, NotReady, StaleGeneration, StaleRevision,
		ExprFalse, ExprError, Forbidden, Missing, WrongKind, Cycle, Deadlock,
	}
}

// Met reports whether the controller lets the dependent pass; known is false
// where we cannot tell.
func (v Verdict) Met() (met, known bool) {
	switch v {
	case OK, SuspendedOK:
		return true, true
	case Unknown, Forbidden:
		return false, false
	default:
		return false, true
	}
}

// Transient reports whether the trouble may pass by itself.
func (v Verdict) Transient() bool { return v == Reconciling }

// Broken reports whether the trouble is in what was written, so that waiting
// cannot mend it.
func (v Verdict) Broken() bool {
	return v == Missing || v == WrongKind || v == Cycle || v == Deadlock || v == ExprError
}

// Finding is the verdict on one dependsOn entry.
type Finding struct {
	Verdict Verdict
	// Message is what the controller writes into the dependent's Ready
	// condition when this entry is the first that stops it; empty when it does
	// not stop it or when we cannot tell.
	Message string
	// Detail says in our words what the verdict rests on.
	Detail string
	// BeyondReady is true where Detail is about something else than the
	// dependency's Ready condition.
	BeyondReady bool
	// Hint is what was probably meant, where something is.
	Hint string
	// Assumed is true where the target was found by its name, because one of the
	// two states no namespace.
	Assumed bool
	// Unchecked is true where it is not known which object is meant.
	Unchecked bool
	// External is true where the target may be in a part of the tree that is not
	// known.
	External bool
}
