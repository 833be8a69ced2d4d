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
		finding.Message = notReadyMessage(named, finding.Message)
	case OK:
		if dep.Ready && target != nil && target.Suspended {
			finding.Verdict = SuspendedOK
		}
	}
	return finding
}

// notReadyMessage puts the words that are the same for all before those of the
// status. An expression that fails says all itself.
func notReadyMessage(named, status string) string {
	if strings.HasPrefix(status, "failed to evaluate") {
		return "Retrying dependency check: " + status
	}
	return fmt.Sprintf("Retrying dependency check: dependency %s not ready%s", named, status)
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
	broken := j.exprs.checkUntyped(dep)
	switch {
	case broken != nil: // before anything is looked up (buildDependencyExpressions)
		return Finding{Verdict: ExprError, Detail: broken.Error()}
	case pathError(want) != "":
		return Finding{Verdict: Missing, Message: pathError(want), Detail: "no object can have that name", Hint: apart(dep.Name)}
	case read && external.Absence != nil:
		return externalAbsent(*external.Absence, target)
	case target != nil:
		return j.fluxTarget(ctx, dep, target)
	case read && isInputProvider(want):
		return j.inputProvider(ctx, dep, external)
	case read:
		return externalTarget(ctx, dep, want, external)
	case want.HasDependsOn(), isInputProvider(want) && !j.snapshot.Live:
		return j.absent(from, want)
	case j.snapshot.Live:
		return Finding{Verdict: Unknown, Detail: "not read"}
	case isSecret(want):
		return Finding{Verdict: Unknown, Detail: "the data of a Secret is not read"}
	default:
		return Finding{Verdict: Unknown, Detail: "a " + want.Type() + " is not looked for in files"}
	}
}

func isSecret(id flux.ID) bool { return id.Group == "" && id.Kind == "Secret" }

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

func isInputProvider(id flux.ID) bool {
	return id.Group == "" && id.Kind == flux.ResourceSetInputProvider
}

// inputProvider judges an entry that names a ResourceSetInputProvider of a
// cluster, where it is read one by one.
func (j *Judge) inputProvider(ctx context.Context, dep flux.Dependency, external flux.External) Finding {
	target, err := flux.Decode(external.Raw)
	if target.Name == "" {
		return Finding{Verdict: Unknown, Detail: fmt.Sprintf("cannot be decoded: %v", err)}
	}
	target.Kind, target.Raw = flux.ResourceSetInputProvider, external.Raw
	return j.fluxTarget(ctx, dep, &target)
}

// fluxTarget judges an entry that names a Kustomization, HelmRelease,
// ResourceSet or ResourceSetInputProvider.
func (j *Judge) fluxTarget(ctx context.Context, dep flux.Dependency, target *flux.Object) Finding {
	switch {
	case target.Status == nil && !j.snapshot.Live:
		return Finding{Verdict: Unknown}
	case !dep.Ready:
		return Finding{Verdict: OK, Detail: "asks for existence only (ready is not set)"}
	case dep.ReadyExpr != "":
		return untypedExpr(ctx, dep.ReadyExpr, target.Raw)
	case target.Kind == flux.ResourceSet || target.Kind == flux.ResourceSetInputProvider:
		return j.builtInReady(target)
	default:
		return j.kstatusReady(target)
	}
}

// builtInReady is flux-operator's HealthCheckExpr (api/v1/common_types.go,
// v0.59.0) for its own kinds: every Ready condition is True for the current
// generation. Without a Ready condition it holds for nothing, and so does not
// stop anyone; without any conditions it is an error.
const builtInExpr = "status.conditions.filter(c, c.type == 'Ready').all(c, c.status == 'True' && c.observedGeneration == metadata.generation)"

func (j *Judge) builtInReady(target *flux.Object) Finding {
	if target.Status == nil || len(target.Status.Conditions) == 0 {
		const failure = "failed to evaluate the CEL expression '" + builtInExpr + "': no such key: conditions"
		return Finding{Verdict: NotReady, Detail: j.NeverReconciled(target).String(), Message: failure}
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
		return Finding{Verdict: NotReady, BeyondReady: true, Detail: fmt.Sprintf(
			"observedGeneration is behind: ready for generation %d of its spec, which is at %d", condition.ObservedGeneration, target.Generation)}
	default:
		return Finding{Verdict: OK}
	}
}

// kstatusReady judges a Kustomization or HelmRelease as kstatus does, by which
// it must be Current: unlike its own controller, kstatus looks at the deletion
// and at the conditions Reconciling and Stalled as well.
func (j *Judge) kstatusReady(target *flux.Object) Finding {
	if finding := j.ready(target); finding.Verdict != OK && !target.Terminating {
		finding.Message = ": status " + fluxStatus(target).Status.String()
		return finding
	}
	result := fluxStatus(target)
	if result.Status == kstatus.Current {
		return Finding{Verdict: OK}
	}
	return Finding{
		Verdict: NotReady, Message: ": status " + result.Status.String(),
		Detail: fmt.Sprintf("kstatus %s: %s", result.Status, result.Message), BeyondReady: true,
	}
}

// fluxStatus is kstatus' result for an object of Flux, from the fields that it
// looks at. An object without conditions is in progress, since its CRD gives
// observedGeneration the default -1.
func fluxStatus(target *flux.Object) kstatus.Result {
	if target.Status.Condition(meta.ReadyCondition) == nil && !target.Terminating {
		return kstatus.Result{Status: kstatus.InProgress, Message: "not reconciled yet"}
	}
	result, err := kstatus.Compute(statusContent(target), time.Time{})
	if err != nil {
		return kstatus.Result{Status: kstatus.Unknown, Message: err.Error()}
	}
	return result
}

func statusContent(target *flux.Object) map[string]any {
	metadata := map[string]any{"generation": target.Generation}
	if target.Terminating {
		metadata["deletionTimestamp"] = time.Time{}.Format(time.RFC3339)
	}
	status := map[string]any{}
	if target.Status != nil {
		status["observedGeneration"] = target.Status.ObservedGeneration
		conditions := make([]any, len(target.Status.Conditions))
		for i, c := range target.Status.Conditions {
			conditions[i] = map[string]any{"type": c.Type, "status": c.Status, "reason": c.Reason, "message": c.Message}
		}
		status["conditions"] = conditions
	}
	return map[string]any{"apiVersion": target.APIVersion, "kind": target.Kind, "metadata": metadata, "status": status}
}

// externalTarget judges an object of a kind that is not Flux's by kstatus, as
// flux-operator does.
func externalTarget(ctx context.Context, dep flux.Dependency, want flux.ID, external flux.External) Finding {
	switch {
	case !dep.Ready:
		return Finding{Verdict: OK, Detail: "asks for existence only (ready is not set)"}
	case dep.ReadyExpr != "" && isSecret(want):
		return Finding{Verdict: Unknown, Detail: "readyExpr not evaluated: the data of a Secret is not read"}
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
