package live

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// readExpressions provides what readyExpr needs: the whole objects, taken from
// the pages that were read, and the controllers' feature gate. Without any
// readyExpr it does nothing.
func (r *reader) readExpressions(ctx context.Context) error {
	needed := flux.ReadyExprObjects(r.snapshot.Objects)
	if len(needed) > 0 {
		if err := r.takeWhole(needed); err != nil {
			return err
		}
		r.readGates(ctx)
	}
	r.pages = nil
	return nil
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

// asDefault says what is taken where a gate is not known.
const asDefault = "readyExpr is taken to replace the built-in check, as by default"

// readGates reads the gate of the kinds that have a readyExpr from their
// controllers' arguments. Where they cannot be read the default is taken, and
// said so.
func (r *reader) readGates(ctx context.Context) {
	kinds := r.gatedKinds()
	if len(kinds) == 0 {
		return
	}
	deployments, err := r.deployments(ctx)
	if err != nil {
		r.warn("the controllers' feature gates could not be read (%v); %s", err, asDefault)
		return
	}
	for _, kind := range kinds {
		r.readGate(kind, deployments)
	}
}

// readGate takes the gate on where any of the controller's Deployments has it
// on: there may be one of each shard.
func (r *reader) readGate(kind string, deployments []deployment) {
	found := false
	for _, d := range deployments {
		if d.Metadata.Name == flux.ControllerName(kind) {
			found = true
			r.snapshot.AdditiveReadyExpr[kind] = r.snapshot.AdditiveReadyExpr[kind] || d.gate(additiveGate)
		}
	}
	if !found {
		r.warn("the feature gates of %s are not known: no Deployment of that name has the label %s; %s", flux.ControllerName(kind), fluxLabel, asDefault)
	}
}

// gatedKinds returns the kinds in whose objects a readyExpr is subject to the
// gate, in the order of flux.Kinds.
func (r *reader) gatedKinds() []string {
	var kinds []string
	for _, kind := range flux.Kinds() {
		used := slices.ContainsFunc(r.snapshot.Objects, func(o flux.Object) bool { return o.Kind == kind.Kind && hasReadyExpr(&o) })
		if used && flux.ControllerName(kind.Kind) != "" {
			kinds = append(kinds, kind.Kind)
		}
	}
	return kinds
}

func hasReadyExpr(object *flux.Object) bool {
	return slices.ContainsFunc(object.DependsOn, func(d flux.Dependency) bool { return d.ReadyExpr != "" })
}
