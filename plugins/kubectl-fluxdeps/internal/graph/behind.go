package graph

import (
	"time"

	"github.com/fluxcd/pkg/apis/meta"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// Behind describes a Kustomization that has not applied the revision that its
// source offers.
type Behind struct {
	Source flux.ID
	// From is the revision that was applied last, empty for none; To is the
	// source's.
	From, To string
	// Since is when the source stored To; zero when that is not known.
	Since time.Time
	// Why is the reason.
	Why Lag
	// Cycle is the dependsOn cycle that freezes the source, where Why is
	// LagFrozen.
	Cycle []flux.ID
	// Interval is after what time the controller looks at the object without any
	// event, as Go writes durations.
	Interval string
}

// Lag is the reason why an object is behind its source.
type Lag string

// The reasons.
const (
	// LagFrozen: the controller drops the source's events.
	LagFrozen Lag = "frozen-source"
	// LagSuspended: the object is suspended.
	LagSuspended Lag = "suspended"
	// LagReconciling: it is being reconciled right now.
	LagReconciling Lag = "reconciling"
	// LagFailed: it tried the revision, and failed.
	LagFailed Lag = "failed"
	// LagDependency: it waits for a dependency.
	LagDependency Lag = "waits-for-dependency"
	// LagUnknown: the controller has not looked at it since.
	LagUnknown Lag = "not-looked-at"
)

// findBehind finds the Kustomizations that are behind their source. Sources of
// other kinds of objects have no revision to compare.
func (b *builder) findBehind(g *Graph) {
	frozen := map[sourceUsers]*Frozen{}
	for i := range g.Frozen {
		frozen[sourceUsers{g.Frozen[i].Source, g.Frozen[i].Shard}] = &g.Frozen[i]
	}
	for _, node := range g.Nodes {
		if node.Object == nil {
			continue
		}
		users, ok := usersOf(node.Object)
		if !ok {
			continue
		}
		node.Behind = behind(node.Object, b.index.Get(users.source))
		if at := frozen[users]; at != nil && node.Behind != nil && node.Behind.mayBeFrozen() {
			node.Behind.Why, node.Behind.Cycle = LagFrozen, at.cycleOf(node.ID)
			at.Behind = append(at.Behind, node.ID)
		}
	}
}

// mayBeFrozen reports whether an event of the source would help.
func (b *Behind) mayBeFrozen() bool {
	return b.Why == LagUnknown || b.Why == LagDependency
}

// cycleOf returns the cycle that the object is part of, else the first.
func (f *Frozen) cycleOf(id flux.ID) []flux.ID {
	for _, cycle := range f.Cycles {
		for _, member := range cycle {
			if member == id {
				return cycle
			}
		}
	}
	return f.Cycles[0]
}

func behind(object, source *flux.Object) *Behind {
	if source == nil || source.Status == nil || source.Status.Artifact == nil || object.Status == nil || object.Terminating {
		return nil
	}
	artifact := source.Status.Artifact
	if artifact.Revision == "" || artifact.Revision == object.Status.LastAppliedRevision {
		return nil
	}
	return &Behind{
		Source: source.ID, From: object.Status.LastAppliedRevision, To: artifact.Revision,
		Since: artifact.Since(), Why: lagOf(object, artifact.Revision), Interval: object.Interval,
	}
}

func lagOf(object *flux.Object, revision string) Lag {
	condition := object.Status.Condition(meta.ReadyCondition)
	switch {
	case object.Suspended:
		return LagSuspended
	case condition != nil && condition.Status == "Unknown":
		return LagReconciling
	case condition != nil && condition.Reason == meta.DependencyNotReadyReason:
		return LagDependency
	case object.Status.LastAttemptedRevision == revision, neverAttempted(object, condition):
		return LagFailed
	default:
		return LagUnknown
	}
}

// neverAttempted reports whether the object failed before it could try any
// revision, as where the path is not in the artifact.
func neverAttempted(object *flux.Object, condition *flux.Condition) bool {
	return condition != nil && condition.Status == "False" && object.Status.LastAttemptedRevision == ""
}
