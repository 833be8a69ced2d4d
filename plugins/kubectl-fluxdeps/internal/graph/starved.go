package graph

import (
	"slices"
	"strings"

	"github.com/fluxcd/pkg/apis/meta"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// Starved is a kustomize-controller whose workers all run health checks, some
// of them on Kustomizations that no worker is left for. A health check runs
// within the reconciliation, and holds its worker up to the timeout
// (kustomize-controller v1.9.5, checkHealth; fluxcd/flux2#5601).
type Starved struct {
	// Shard is the key of the controller's shard; empty for the objects without
	// one.
	Shard string
	// Workers is how many objects the controller reconciles at once.
	Workers int
	// Parents run health checks, Children wait for a worker. Both are in the
	// order of the graph.
	Parents, Children []flux.ID
}

// findStarved finds the starved controllers, one of each shard.
func (b *builder) findStarved(g *Graph) {
	parents := map[string][]*Node{}
	for _, node := range g.Nodes {
		if node.Object != nil && runsHealthChecks(node.Object) {
			shard := node.Object.Shard()
			parents[shard] = append(parents[shard], node)
		}
	}
	for shard, waiting := range parents {
		workers := b.snapshot.WorkersOf(waiting[0].Object)
		if len(waiting) < workers {
			continue
		}
		starved := Starved{Shard: shard, Workers: workers, Children: b.unstarted(g, shard, waiting)}
		if len(starved.Children) == 0 {
			continue
		}
		for _, parent := range waiting {
			starved.Parents = append(starved.Parents, parent.ID)
		}
		g.Starved = append(g.Starved, starved)
	}
	slices.SortFunc(g.Starved, func(a, b Starved) int { return strings.Compare(a.Shard, b.Shard) })
}

// runsHealthChecks reports whether a worker is held by the object's health
// checks: the controller sets Healthy to Unknown before them, and says so in
// Reconciling.
func runsHealthChecks(object *flux.Object) bool {
	condition := object.Status.Condition(meta.ReadyCondition)
	if object.Kind != flux.Kustomization || object.Suspended || condition == nil || condition.Status != "Unknown" {
		return false
	}
	if !object.Wait && len(object.HealthChecks) == 0 {
		return false
	}
	reconciling := object.Status.Condition(meta.ReconcilingCondition)
	return reconciling == nil || strings.HasPrefix(reconciling.Message, "Running health checks")
}

// unstarted returns what the parents wait for and no worker has begun with, of
// the same shard.
func (b *builder) unstarted(g *Graph, shard string, parents []*Node) []flux.ID {
	found := map[flux.ID]bool{}
	for _, parent := range parents {
		for _, health := range b.health(parent.Object) {
			child := g.nodes[health.id]
			if child != nil && child.Object != nil && child.Object.Shard() == shard && b.needsWorker(g, child) {
				found[health.id], child.Starved = true, true
			}
		}
	}
	ids := make([]flux.ID, 0, len(found))
	for id := range found {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, flux.ID.Compare)
	return ids
}

// needsWorker reports whether the object could go on if a worker came to it:
// it was never looked at, or has a newer spec, or waits for dependencies that
// are all met by now.
func (b *builder) needsWorker(g *Graph, child *Node) bool {
	object := child.Object
	condition := object.Status.Condition(meta.ReadyCondition)
	switch {
	case object.Kind != flux.Kustomization || object.Suspended || object.Terminating || object.Status == nil:
		return false
	case condition == nil:
		return true
	case condition.Status == "Unknown":
		return false // a worker is at it
	case condition.Reason == meta.DependencyNotReadyReason:
		return g.metDependencies(child.ID)
	default:
		return object.Generation != object.Status.ObservedGeneration && condition.Status == "True"
	}
}

func (g *Graph) metDependencies(id flux.ID) bool {
	for _, edge := range g.needs[id] {
		if met, known := edge.Met(); edge.Type == DependsOn && (!known || !met) {
			return false
		}
	}
	return true
}
