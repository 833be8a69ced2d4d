package live

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/fluxcd/pkg/apis/meta"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// readControllers reads the controllers of Kustomizations and HelmReleases
// where something may be said of them: an object was never reconciled, or
// health checks hold workers. What may not be read is not known, and no verdict
// rests on it.
func (r *reader) readControllers(ctx context.Context) error {
	if !r.needsControllers() {
		return nil
	}
	deployments, err := r.deployments(ctx)
	if err != nil {
		return ctx.Err()
	}
	for i := range deployments {
		if controller, ok := deployments[i].controller(); ok {
			r.snapshot.Controllers = append(r.snapshot.Controllers, controller)
		}
	}
	r.snapshot.ControllersKnown = r.controllers.everywhere
	return nil
}

func (r *reader) needsControllers() bool {
	for i := range r.snapshot.Objects {
		object := &r.snapshot.Objects[i]
		if flux.ControllerName(object.Kind) == "" {
			continue
		}
		condition := object.Status.Condition(meta.ReadyCondition)
		if condition == nil || condition.Status == "Unknown" && (object.Wait || len(object.HealthChecks) > 0) {
			return true
		}
	}
	return false
}

// fluxLabel is what flux and flux-operator put on the controllers.
const fluxLabel = "app.kubernetes.io/part-of=flux"

// controllersResult is what a list of Flux's Deployments gave.
type controllersResult struct {
	list []deployment
	err  error
	// everywhere is true where all namespaces were looked at.
	everywhere bool
}

// deployments lists Flux's Deployments once, where that is forbidden in all
// namespaces then in the usual one.
func (r *reader) deployments(ctx context.Context) ([]deployment, error) {
	if r.controllers != nil {
		return r.controllers.list, r.controllers.err
	}
	const fluxNamespace = "flux-system"
	deployments := resource{"apps", "v1", "deployments"}
	query := url.Values{"labelSelector": {fluxLabel}}
	result := &controllersResult{everywhere: true}
	body, err := r.api.get(ctx, deployments.path("", ""), query, "")
	if apierrors.IsForbidden(err) {
		result.everywhere = false
		body, err = r.api.get(ctx, deployments.path(fluxNamespace, ""), query, "")
	}
	var list struct {
		Items []deployment `json:"items"`
	}
	if err == nil {
		err = json.Unmarshal(body, &list)
	}
	result.list, result.err = list.Items, err
	r.controllers = result
	return result.list, result.err
}

// deployment is the part of an apps/v1 Deployment that says how a controller
// works.
type deployment struct {
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Spec struct {
		Replicas *int `json:"replicas"`
		Template struct {
			Spec struct {
				Containers []struct {
					Args []string `json:"args"`
				} `json:"containers"`
			} `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

// controller returns the controller that the Deployment runs; false for those
// of other kinds. That of a shard has the shard's key behind its name.
func (d *deployment) controller() (flux.Controller, bool) {
	for _, kind := range []string{flux.Kustomization, flux.HelmRelease} {
		name := flux.ControllerName(kind)
		if d.Metadata.Name != name && !strings.HasPrefix(d.Metadata.Name, name+"-") {
			continue
		}
		return flux.Controller{
			Kind: kind, Namespace: d.Metadata.Namespace, Name: d.Metadata.Name,
			Selector: d.selector(), OwnNamespace: d.flag("watch-all-namespaces") == "false",
			Workers: d.workers(), Stopped: d.Spec.Replicas != nil && *d.Spec.Replicas == 0,
		}, true
	}
	return flux.Controller{}, false
}

// selector is what --watch-label-selector says. One that we cannot read selects
// all, so that nothing is said to be unwatched.
func (d *deployment) selector() labels.Selector {
	text := d.flag("watch-label-selector")
	if text == "" {
		return nil
	}
	selector, err := labels.Parse(text)
	if err != nil {
		return nil
	}
	return selector
}

func (d *deployment) workers() int {
	if workers, err := strconv.Atoi(d.flag("concurrent")); err == nil && workers > 0 {
		return workers
	}
	return flux.DefaultWorkers
}

// flag returns the value of a flag among the arguments, the last where it is
// repeated; empty where it is not given.
func (d *deployment) flag(name string) string {
	value := ""
	for _, container := range d.Spec.Template.Spec.Containers {
		for i, arg := range container.Args {
			given, with, ok := strings.Cut(strings.TrimLeft(arg, "-"), "=")
			switch {
			case given != name || !strings.HasPrefix(arg, "-"):
			case ok:
				value = with
			case i+1 < len(container.Args):
				value = container.Args[i+1]
			}
		}
	}
	return value
}

// gate reports whether --feature-gates turns the gate on.
func (d *deployment) gate(name string) bool {
	on := false
	for gate := range strings.SplitSeq(d.flag("feature-gates"), ",") {
		if key, value, _ := strings.Cut(gate, "="); strings.TrimSpace(key) == name {
			on, _ = strconv.ParseBool(strings.TrimSpace(value))
		}
	}
	return on
}
