package verdict

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fluxcd/pkg/apis/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/kstatus"
)

// resourceSetEntry judges an entry of a ResourceSet's dependsOn, which may be
// of any kind and asks for existence alone unless `ready` is set.
func (j *Judge) resourceSetEntry(
	ctx context.Context, from *flux.Object, dep flux.Dependency, target *flux.Object, want flux.ID,
) Finding {
	named := dep.APIVersion + "/" + formatMetadata(want)
	finding := j.resourceSetVerdict(ctx, from, dep, target, want)
	switch finding.Verdict {
	case Missing, WrongKind:
		finding.Message = fmt.Sprintf("Retrying dependency check: dependency %s not found: %s", named, finding.Message)
	case ExprFalse:
		finding.Message = fmt.Sprintf("Retrying dependency check: dependency %s not ready: expression '%s'", named, dep.ReadyExpr)
	case ExprError:
		finding.Message = resourceSetExprMessage(named, finding)
	case NotReady, Reconciling, StaleGeneration:
		finding.Message = fmt.Sprintf("Retrying dependency check: dependency %s not ready%s", named, finding.Message)
	case OK:
		if dep.Ready && target != nil && target.Suspended {
			finding.Verdict = SuspendedOK
		}
	}
	return finding
}

func resourceSetExprMessage(named string, finding Finding) string {
	if strings.HasPrefix(finding.Detail, "failed to parse") {
		return fmt.Sprintf("Reconciliation failed terminally due to configuration error: failed to parse expression for dependency %s: %s",
			named, finding.Detail)
	}
	return "Retrying dependency check: " + finding.Detail
}

// formatMetadata is the form of fluxcd/pkg/ssa/utils FmtObjMetadata (v0.76.2).
func formatMetadata(id flux.ID) string {
	if id.Namespace == "" {
		return id.Kind + "/" + id.Name
	}
	return id.Kind + "/" + namespacedName(id)
}

func (j *Judge) resourceSetVerdict(
	ctx context.Context, from *flux.Object, dep flux.Dependency, target *flux.Object, want flux.ID,
) Finding {
	external, read := j.snapshot.External[flux.ExternalID{APIVersion: dep.APIVersion, ID: want}]
	switch {
	case pathError(want) != "":
		return Finding{Verdict: Missing, Message: pathError(want), Detail: "no object can have that name", Hint: apart(dep.Name)}
	case read && external.Absence != nil:
		return externalAbsent(*external.Absence, target)
	case target != nil:
		return j.fluxTarget(ctx, dep, target)
	case read:
		return externalTarget(ctx, dep, external)
	case want.HasDependsOn():
		return j.absent(from, want)
	case j.snapshot.Live:
		return Finding{Verdict: Unknown, Detail: "not read"}
	default:
		return Finding{Verdict: Unknown, Detail: "a " + want.Type() + " is not looked for in files"}
	}
}

// externalAbsent judges an entry that the server has no answer to. There may
// be an object of that kind and name all the same, in another version.
func externalAbsent(absence flux.Absence, target *flux.Object) Finding {
	if absence.Forbidden {
		return Finding{Verdict: Forbidden, Detail: absence.Message}
	}
	finding := Finding{Verdict: Missing, Message: absence.Message, Detail: absence.Message}
	if target != nil && target.APIVersion != "" {
		finding.Hint = fmt.Sprintf("did you mean apiVersion %s?", target.APIVersion)
	}
	return finding
}

// fluxTarget judges an entry that names a Kustomization, HelmRelease or
// ResourceSet.
func (j *Judge) fluxTarget(ctx context.Context, dep flux.Dependency, target *flux.Object) Finding {
	switch {
	case target.Status == nil && !j.snapshot.Live:
		return Finding{Verdict: Unknown}
	case !dep.Ready:
		return Finding{Verdict: OK, Detail: "asks for existence only (ready is not set)"}
	case dep.ReadyExpr != "":
		return untypedExpr(ctx, dep.ReadyExpr, target.Raw)
	case target.Kind == flux.ResourceSet:
		return resourceSetReady(target)
	default:
		finding := ready(target)
		if finding.Verdict != OK {
			finding.Message = ": status " + unreadyStatus(target)
		}
		return finding
	}
}

// unreadyStatus is kstatus' word for an object of Flux that is not ready.
func unreadyStatus(target *flux.Object) string {
	if stalled := target.Status.Condition(meta.StalledCondition); stalled != nil && stalled.Status == "True" {
		return "Failed"
	}
	return "InProgress"
}

// resourceSetReady is flux-operator's HealthCheckExpr (api/v1/common_types.go,
// v0.59.0): every Ready condition is True for the current generation. Without
// a Ready condition it holds for nothing, and so does not stop anyone; without
// any conditions it is an error.
func resourceSetReady(target *flux.Object) Finding {
	if target.Status == nil || len(target.Status.Conditions) == 0 {
		return Finding{Verdict: NotReady, Detail: "not reconciled yet"}
	}
	condition := target.Status.Condition(meta.ReadyCondition)
	switch {
	case condition == nil:
		return Finding{Verdict: OK, Detail: "has no Ready condition, which the built-in expression takes for ready"}
	case condition.Status == "Unknown":
		return Finding{Verdict: Reconciling, Detail: condition.Message}
	case condition.Status != "True":
		return Finding{Verdict: NotReady, Detail: reasonAndMessage(condition)}
	case condition.ObservedGeneration != target.Generation:
		return Finding{Verdict: StaleGeneration, Detail: fmt.Sprintf("ready for generation %d of its spec, which is at %d",
			condition.ObservedGeneration, target.Generation)}
	default:
		return Finding{Verdict: OK}
	}
}

// externalTarget judges an object of a kind that is not Flux's by kstatus, as
// flux-operator does.
func externalTarget(ctx context.Context, dep flux.Dependency, external flux.External) Finding {
	switch {
	case !dep.Ready:
		return Finding{Verdict: OK, Detail: "asks for existence only (ready is not set)"}
	case dep.ReadyExpr != "":
		return untypedExpr(ctx, dep.ReadyExpr, external.Raw)
	}
	content, err := decode(external.Raw)
	if err != nil {
		return Finding{Verdict: Unknown, Detail: err.Error()}
	}
	result, err := kstatus.Compute(content, time.Now())
	switch {
	case err != nil:
		return Finding{Verdict: NotReady, Detail: err.Error(), Message: ": " + err.Error()}
	case result.Status == kstatus.Current:
		return Finding{Verdict: OK}
	default:
		verdict := NotReady
		if result.Status == kstatus.InProgress {
			verdict = Reconciling
		}
		return Finding{Verdict: verdict, Detail: result.Message, Message: ": status " + result.Status.String()}
	}
}

// untypedExpr evaluates a ResourceSet's readyExpr in the object itself.
func untypedExpr(ctx context.Context, expr string, raw json.RawMessage) Finding {
	program, err := compileUntyped(expr)
	if err != nil {
		return Finding{Verdict: ExprError, Detail: err.Error()}
	}
	if raw == nil {
		return Finding{Verdict: Unknown, Detail: "readyExpr not evaluated: the whole object was not read"}
	}
	content, err := decode(raw)
	if err != nil {
		return Finding{Verdict: Unknown, Detail: "readyExpr not evaluated: " + err.Error()}
	}
	unstructured.RemoveNestedField(content, "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
	met, err := evaluate(ctx, program, expr, content)
	switch {
	case errors.Is(err, errNotEvaluated):
		return Finding{Verdict: Unknown, Detail: err.Error()}
	case err != nil:
		return Finding{Verdict: ExprError, Detail: err.Error()}
	case !met:
		return Finding{Verdict: ExprFalse, Detail: "readyExpr is false: " + expr}
	default:
		return Finding{Verdict: OK}
	}
}

// decode keeps integers, which kstatus and CEL tell from other numbers.
func decode(raw json.RawMessage) (map[string]any, error) {
	var content map[string]any
	err := utiljson.Unmarshal(raw, &content)
	return content, err
}
