package graph

import (
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// waits returns what waits for what in the graph. Where objects wait for each
// other by dependsOn alone it leaves those entries out: that is a cycle.
func (b *builder) waits(g *Graph, d dependencies) *waitGraph {
	list := make([]arc, 0, 3*len(g.Nodes)+len(g.Edges))
	for _, node := range g.Nodes {
		list = append(list, arc{ready(node), start(node)})
	}
	list = appendParents(list, g)
	for _, edge := range g.Edges {
		if edge.Type == DependsOn && !edge.from.Terminating() {
			list = appendDependency(list, edge, d)
		}
	}
	for _, node := range g.Nodes {
		if node.Object == nil || node.Terminating() {
			continue
		}
		for _, health := range b.health(node.Object) {
			if target := g.nodes[health.id]; target != nil && target.Object != nil && health.certain {
				list = append(list, arc{ready(node), ready(target)})
			}
		}
	}
	return &waitGraph{nodes: g.Nodes, needs: g.needs, arcs: newArcs(2*len(g.Nodes), list)}
}

// appendDependency adds that the object waits for the other to be ready, or for
// one that must only be there, that it is applied.
func appendDependency(list []arc, edge *Edge, d dependencies) []arc {
	switch {
	case edge.Loose && edge.to.parent != nil:
		return append(list, arc{start(edge.from), start(edge.to.parent)})
	case edge.Loose || edge.to.Object == nil || d.together(edge.from, edge.to):
		return list
	default:
		return append(list, arc{start(edge.from), ready(edge.to)})
	}
}

// appendParents adds who applies whom, but for objects that apply each other: one
// of them was applied by hand.
func appendParents(list []arc, g *Graph) []arc {
	above := make([]arc, 0, len(g.Nodes))
	for _, node := range g.Nodes {
		if node.parent != nil {
			above = append(above, arc{node.number, node.parent.number})
		}
	}
	components := newArcs(len(g.Nodes), above).components()
	for _, one := range above {
		if components[one.from] != components[one.to] {
			list = append(list, arc{start(g.Nodes[one.from]), start(g.Nodes[one.to])})
		}
	}
	return list
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
