package live

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// readExpressions provides what readyExpr needs: the whole objects, taken from
// the pages that were read, and the controllers' feature gate. Without any
// readyExpr it does nothing.
func (r *reader) readExpressions(ctx context.Context) error {
	needed := r.neededWhole()
	if len(needed) > 0 {
		if err := r.takeWhole(needed); err != nil {
			return err
		}
		r.readGates(ctx)
	}
	r.pages = nil
	return nil
}

// neededWhole returns the objects that have a readyExpr and those it is about.
func (r *reader) neededWhole() map[flux.ID]bool {
	needed := map[flux.ID]bool{}
	for i := range r.snapshot.Objects {
		object := &r.snapshot.Objects[i]
		for _, dep := range object.DependsOn {
			if dep.ReadyExpr != "" {
				needed[object.ID], needed[object.Target(dep)] = true, true
			}
		}
	}
	return needed
}

func (r *reader) takeWhole(needed map[flux.ID]bool) error {
	index := flux.NewIndex(r.snapshot.Objects)
	for _, page := range r.pages {
		err := page.items(func(item []byte) error {
			var named struct {
				Metadata struct {
					Name      string `json:"name"`
					Namespace string `json:"namespace"`
				} `json:"metadata"`
			}
			if err := json.Unmarshal(item, &named); err != nil {
				return err
			}
			id := flux.ID{Kind: page.kind.Kind, Namespace: named.Metadata.Namespace, Name: named.Metadata.Name}
			if object := index.Get(id); object != nil && needed[id] {
				object.Raw = bytes.Clone(item)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// additiveGate is the feature gate of kustomize-controller (since v1.7) and
// helm-controller (since v1.4); off by default.
const additiveGate = "AdditiveCELDependencyCheck"

// controllerOf maps the controllers' Deployments to the kind they reconcile.
var controllerOf = map[string]string{
	"kustomize-controller": flux.Kustomization,
	"helm-controller":      flux.HelmRelease,
}

// readGates reads the gate from the controllers' arguments. Where they cannot
// be read the default is taken, and said so.
func (r *reader) readGates(ctx context.Context) {
	body, err := r.deployments(ctx)
	var list struct {
		Items []deployment `json:"items"`
	}
	if err == nil {
		err = json.Unmarshal(body, &list)
	}
	if err != nil {
		r.warn("the controllers' feature gates could not be read (%v); readyExpr is taken to replace the built-in check, as by default", err)
		return
	}
	for _, d := range list.Items {
		if kind, ok := controllerOf[d.Metadata.Name]; ok && d.gate(additiveGate) {
			r.snapshot.AdditiveReadyExpr[kind] = true
		}
	}
}

// deployments lists Flux's Deployments, where that is forbidden in all
// namespaces then in the usual one.
func (r *reader) deployments(ctx context.Context) ([]byte, error) {
	const fluxNamespace = "flux-system"
	deployments := resource{"apps", "v1", "deployments"}
	query := url.Values{"labelSelector": {"app.kubernetes.io/part-of=flux"}}
	body, err := r.api.get(ctx, deployments.path("", ""), query, "")
	if apierrors.IsForbidden(err) {
		body, err = r.api.get(ctx, deployments.path(fluxNamespace, ""), query, "")
	}
	return body, err
}

// deployment is the part of an apps/v1 Deployment that holds the arguments.
type deployment struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		Template struct {
			Spec struct {
				Containers []struct {
					Args []string `json:"args"`
				} `json:"containers"`
			} `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

// gate reports whether a container's --feature-gates turns the gate on.
func (d deployment) gate(name string) bool {
	on := false
	for _, container := range d.Spec.Template.Spec.Containers {
		for _, arg := range container.Args {
			gates, ok := strings.CutPrefix(arg, "--feature-gates=")
			if !ok {
				continue
			}
			for gate := range strings.SplitSeq(gates, ",") {
				if key, value, _ := strings.Cut(gate, "="); strings.TrimSpace(key) == name {
					on, _ = strconv.ParseBool(strings.TrimSpace(value))
				}
			}
		}
	}
	return on
}
