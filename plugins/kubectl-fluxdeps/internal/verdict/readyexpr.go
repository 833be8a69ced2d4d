package verdict

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// terminalPrefix stands before a terminal error in the Ready condition:
// TerminalErrorMessage in kustomize-controller v1.9.5 (internal/controller,
// constants.go) and helm-controller v1.6.4, then what controller-runtime's
// reconcile.TerminalError adds.
const terminalPrefix = "Reconciliation failed terminally due to configuration error: terminal error: "

// readyExpr is check b: the dependency's own readiness expression.
func (j *Judge) readyExpr(ctx context.Context, from *flux.Object, dep flux.Dependency, target *flux.Object) Finding {
	program, err := j.exprs.compile(dep.ReadyExpr)
	if err != nil {
		return Finding{
			Verdict: ExprError, Detail: err.Error(),
			Message: terminalPrefix + fmt.Sprintf("failed to evaluate dependency %s: %v", target.Name, err),
		}
	}
	if from.Raw == nil || target.Raw == nil {
		return Finding{Verdict: Unknown, Detail: "readyExpr not evaluated: there is no status to evaluate it on"}
	}
	variables, err := readyExprVariables(from, target)
	if err != nil {
		return Finding{Verdict: Unknown, Detail: "readyExpr not evaluated: " + err.Error()}
	}
	met, err := evaluate(ctx, program, dep.ReadyExpr, variables)
	switch {
	case errors.Is(err, errNotEvaluated):
		return Finding{Verdict: Unknown, Detail: err.Error()}
	case err != nil:
		return Finding{Verdict: ExprError, Detail: err.Error(), Message: err.Error()}
	case !met:
		return Finding{
			Verdict: ExprFalse, Detail: "readyExpr is false: " + dep.ReadyExpr,
			Message: fmt.Sprintf("dependency '%s' is not ready according to readyExpr eval", namespacedName(target.ID)),
		}
	default:
		return Finding{Verdict: OK}
	}
}

// readyExprVariables returns self and dep as the controllers see them: through
// the Go types, which add empty fields and drop unknown ones. self comes from
// controller-runtime's cache, which sets its apiVersion and kind; dep from a
// typed live read, which leaves them empty.
func readyExprVariables(from, target *flux.Object) (map[string]any, error) {
	self, err := throughGoType(from)
	if err != nil {
		return nil, err
	}
	dep, err := throughGoType(target)
	if err != nil {
		return nil, err
	}
	delete(dep, "apiVersion")
	delete(dep, "kind")
	return map[string]any{"self": self, "dep": dep}, nil
}

func throughGoType(object *flux.Object) (map[string]any, error) {
	var typed runtime.Object
	var gvk schema.GroupVersionKind
	switch object.Kind {
	case flux.Kustomization:
		typed, gvk = &kustomizev1.Kustomization{}, kustomizev1.GroupVersion.WithKind(object.Kind)
	case flux.HelmRelease:
		typed, gvk = &helmv2.HelmRelease{}, helmv2.GroupVersion.WithKind(object.Kind)
	default:
		return nil, fmt.Errorf("%s has no readyExpr of this form", object.Kind)
	}
	if err := json.Unmarshal(object.Raw, typed); err != nil {
		return nil, fmt.Errorf("%s: %w", object.ID, err)
	}
	typed.GetObjectKind().SetGroupVersionKind(gvk)
	return runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
}
