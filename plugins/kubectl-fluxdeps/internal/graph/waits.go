package graph

import (
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// waits returns what waits for what in the snapshot. Where objects wait for
// each other by dependsOn alone it leaves those entries out: that is a cycle.
func (b *builder) waits(d dependencies) *waitGraph {
	w := newWaitGraph(b.snapshot.Objects)
	b.addParents(w)
	for i := range b.snapshot.Objects {
		object := &b.snapshot.Objects[i]
		if object.HasDependsOn() && !object.Terminating {
			b.addWaits(w, int32(i), object, d)
		}
	}
	return w
}

// addParents adds who applies whom, but for objects that apply each other: one
// of them was applied by hand.
func (b *builder) addParents(w *waitGraph) {
	above := make(arcs, len(w.objects))
	for i := range w.objects {
		if parent, ok := w.numbers[b.parents[&w.objects[i]]]; ok {
			above[i] = []int32{parent}
		}
	}
	components := above.components()
	for i := range above {
		for _, parent := range above[i] {
			if components[i] != components[parent] {
				w.add(start(int32(i)), start(parent), reason{Parent, noVia})
			}
		}
	}
}

func (b *builder) addWaits(w *waitGraph, n int32, object *flux.Object, d dependencies) {
	for _, dep := range object.DependsOn {
		_, id := b.judge.Resolve(object, dep)
		target, ok := w.numbers[id]
		switch {
		case !ok:
		case !b.judge.Waits(object, dep):
			// It must be there all the same.
			if parent, ok := w.numbers[b.parents[&w.objects[target]]]; ok {
				w.add(start(n), start(parent), reason{DependsOn, target})
			}
		case d.component[object.ID] != d.component[id]:
			w.add(start(n), ready(target), reason{DependsOn, noVia})
		}
	}
	for _, health := range b.health(object) {
		if target, ok := w.numbers[health.id]; ok && health.certain {
			w.add(ready(n), ready(target), reason{Health, noVia})
		}
	}
}

// healthTarget is an object that another's readiness waits for.
type healthTarget struct {
	id         flux.ID
	apiVersion string
	// certain is false where the other judges it by an expression of its own.
	certain bool
}

// health returns what the object's readiness waits for. With wait the
// healthChecks are ignored and everything it applied counts; either way it
// does not wait for itself (kustomize-controller v1.9.5, checkHealth). What
// lies on another cluster is not in this graph.
func (b *builder) health(object *flux.Object) []healthTarget {
	var targets []healthTarget
	add := func(id flux.ID, apiVersion string) {
		if id != object.ID {
			targets = append(targets, healthTarget{id, apiVersion, !judgedByExpression(object, id)})
		}
	}
	switch {
	case object.Remote:
	case !object.Wait:
		for _, check := range object.HealthChecks {
			add(check.ID(), check.APIVersion)
		}
	default:
		for _, id := range b.applied(object) {
			add(id, "")
		}
	}
	return targets
}

// applied returns the Flux objects that the object applies: by its inventory
// or, before it has one, those that name it as their parent.
func (b *builder) applied(object *flux.Object) []flux.ID {
	if status := object.Status; status != nil &&
		(len(status.Inventory) > 0 || status.LastAttemptedRevision != "" || status.LastAppliedRevision != "") {
		return status.Inventory
	}
	return b.children[object.ID]
}

func judgedByExpression(object *flux.Object, id flux.ID) bool {
	for _, kind := range object.HealthCheckExprs {
		if kind.Kind == id.Kind {
			return true
		}
	}
	return false
}
