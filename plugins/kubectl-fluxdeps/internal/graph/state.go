package graph

import (
	"time"

	"github.com/fluxcd/pkg/apis/meta"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// State is how an object is doing.
type State string

// The states.
const (
	// Ready: its Ready condition is True.
	Ready State = "ready"
	// Reconciling: its Ready condition is Unknown.
	Reconciling State = "reconciling"
	// Waiting: it waits for a dependency.
	Waiting State = "waiting"
	// Failed: its Ready condition is False for a reason of its own.
	Failed State = "failed"
	// Pending: it has no Ready condition yet.
	Pending State = "pending"
	// Unknown: there is no status to tell by, as in files.
	Unknown State = "unknown"
	// Missing: something depends on it, and it is not there.
	Missing State = "missing"
	// Forbidden: we may not read it.
	Forbidden State = "forbidden"
)

// States lists the states.
func States() []State {
	return []State{Ready, Reconciling, Waiting, Failed, Pending, Unknown, Missing, Forbidden}
}

func stateOf(object *flux.Object, live bool) State {
	if object.Status == nil && !live {
		return Unknown
	}
	condition := object.Status.Condition(meta.ReadyCondition)
	switch {
	case condition == nil:
		return Pending
	case condition.Status == "True":
		return Ready
	case condition.Status == "Unknown":
		return Reconciling
	case condition.Reason == meta.DependencyNotReadyReason:
		return Waiting
	default:
		return Failed
	}
}

// stateOfAbsent is the state of what is not among the objects.
func stateOfAbsent(snapshot *flux.Snapshot, id flux.ID) State {
	switch absence, absent := snapshot.AbsenceOf(id); {
	case !absent:
		return Unknown
	case absence.Forbidden:
		return Forbidden
	default:
		return Missing
	}
}

// told takes in what a reference says of an object that is not among those
// read: its version and, in a dependsOn, the verdict. What one finds is there,
// though another asks for it in a version that is not served.
func (n *Node) told(apiVersion string, v verdict.Verdict) {
	if n.Object != nil {
		return
	}
	if n.APIVersion == "" || apiVersion != "" && apiVersion < n.APIVersion {
		n.APIVersion = apiVersion
	}
	switch v {
	case verdict.Missing, verdict.WrongKind:
		if !n.found {
			n.State = Missing
		}
	case verdict.Forbidden:
		if !n.found && n.State == Unknown {
			n.State = Forbidden
		}
	case "", verdict.Unknown:
	default:
		n.found, n.State = true, Unknown
	}
}

// Reason and Message are those of the object's Ready condition.
func (n *Node) Reason() string { return n.ready().Reason }

// Message is the message of the object's Ready condition.
func (n *Node) Message() string { return n.ready().Message }

// Since is when the Ready condition last changed, of an object without one when
// it was created; zero when not known.
func (n *Node) Since() time.Time {
	if since := n.ready().Since(); !since.IsZero() || n.Never == nil {
		return since
	}
	return n.Never.Since
}

// Suspended reports whether the object is suspended.
func (n *Node) Suspended() bool { return n.Object != nil && n.Object.Suspended }

// Terminating reports whether the object is being deleted.
func (n *Node) Terminating() bool { return n.Object != nil && n.Object.Terminating }

// Remote reports whether the object applies to another cluster, so that what
// it applies is not in this graph.
func (n *Node) Remote() bool { return n.Object != nil && n.Object.Remote }

// Revision is the revision that was applied last, of a source the one it
// offers; empty when there is none.
func (n *Node) Revision() string {
	if n.Object == nil || n.Object.Status == nil {
		return ""
	}
	status := n.Object.Status
	switch {
	case status.Artifact != nil:
		return status.Artifact.Revision
	case status.LastAppliedRevision != "":
		return status.LastAppliedRevision
	default:
		return status.LastAttemptedRevision
	}
}

func (n *Node) ready() flux.Condition {
	if n.Object == nil {
		return flux.Condition{}
	}
	if condition := n.Object.Status.Condition(meta.ReadyCondition); condition != nil {
		return *condition
	}
	return flux.Condition{}
}

// Stuck reports whether something that the object's own status does not show
// keeps it as it is.
func (n *Node) Stuck() bool {
	return n.Behind != nil && n.Behind.Why == LagFrozen || n.Starved || n.Never != nil && n.Never.Why != "" || len(n.SuspendedWaits) > 0
}
