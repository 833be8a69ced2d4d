package verdict

import (
	"fmt"
	"time"

	"github.com/fluxcd/pkg/apis/meta"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// Never describes an object that its controller has not reconciled yet.
type Never struct {
	// Since is when the object was created; zero when that is not known.
	Since time.Time
	// Why is the reason, empty where none is known.
	Why string
}

// String returns the reason in a sentence of its own.
func (n Never) String() string {
	if n.Why == "" {
		return "not reconciled yet"
	}
	return "never reconciled: " + n.Why
}

// IsNever reports whether no controller has got anywhere with the object: it
// has no Ready condition, or one that says that its source has nothing to
// apply, and no revision was ever attempted.
func IsNever(object *flux.Object) bool {
	if object == nil || object.Status == nil {
		return false
	}
	condition := object.Status.Condition(meta.ReadyCondition)
	if condition == nil {
		return true
	}
	return condition.Status == "False" && condition.Reason == meta.ArtifactFailedReason &&
		object.Status.LastAttemptedRevision == "" && object.Status.LastAppliedRevision == ""
}

// NeverReconciled returns since when and why the object was never reconciled.
// It must be one that IsNever reports.
func (j *Judge) NeverReconciled(object *flux.Object) Never {
	return Never{Since: object.Created, Why: j.whyNever(object)}
}

// whyNever looks for the reason in the order in which a controller would meet
// it: nobody looks, nobody may, nothing is there to apply.
func (j *Judge) whyNever(object *flux.Object) string {
	switch {
	case object.Status.Condition(meta.ReadyCondition) != nil:
		return j.withoutArtifact(object)
	case object.Suspended:
		return "suspended before it was ever reconciled"
	}
	if why := j.unwatched(object); why != "" {
		return why
	}
	return j.withoutArtifact(object)
}

// unwatched says why no controller reconciles the object; empty where one does
// or where that is not known.
func (j *Judge) unwatched(object *flux.Object) string {
	name := flux.ControllerName(object.Kind)
	watching, known := j.snapshot.ControllersOf(object)
	switch {
	case !known || name == "":
		return ""
	case len(watching) == 0 && object.Shard() != "" && j.runs(object.Kind):
		return fmt.Sprintf("no %s selects its label %s=%s", name, flux.ShardLabel, object.Shard())
	case len(watching) == 0 && j.runs(object.Kind):
		return fmt.Sprintf("no %s watches its labels and namespace", name)
	case len(watching) == 0:
		return "the cluster has no " + name
	}
	for _, controller := range watching {
		if !controller.Stopped {
			return ""
		}
	}
	return fmt.Sprintf("Deployment %s/%s is scaled to 0", watching[0].Namespace, watching[0].Name)
}

// runs reports whether there is any controller of the kind.
func (j *Judge) runs(kind string) bool {
	for i := range j.snapshot.Controllers {
		if j.snapshot.Controllers[i].Kind == kind {
			return true
		}
	}
	return false
}

// withoutArtifact says that there is nothing to apply.
func (j *Judge) withoutArtifact(object *flux.Object) string {
	if object.Source == nil || object.Kind != flux.Kustomization {
		return ""
	}
	id := object.Source.In(object.Namespace)
	source := j.index.Get(id)
	switch absence, absent := j.snapshot.AbsenceOf(id); {
	case source == nil && absent && !absence.Forbidden:
		return fmt.Sprintf("its source %s does not exist", id)
	case source == nil, source.Status == nil, source.Status.Artifact != nil && source.Status.Artifact.Revision != "":
		return ""
	}
	why := fmt.Sprintf("its source %s has no artifact", id)
	if condition := source.Status.Condition(meta.ReadyCondition); condition != nil && condition.Status == "False" {
		why += ": " + reasonAndMessage(condition)
	}
	return why
}
