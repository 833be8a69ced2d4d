package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// Frozen is a source whose new revisions kustomize-controller passes on to no
// Kustomization. On a new revision it lists the Kustomizations of the source
// and sorts them by dependsOn; if that has a cycle it logs "circular dependency
// detected" and drops the event of all of them (kustomize-controller v1.9.5,
// internal/controller/kustomization_indexers.go, and fluxcd/pkg/runtime
// v0.110.3, dependency/sort.go). They keep their revision until their interval.
//
// The sort looks at dependsOn alone: an entry with a readyExpr counts as any
// other, so that objects which do not wait for each other can freeze a source.
type Frozen struct {
	Source flux.ID
	// Shard is the key of the shard whose controller this is about; empty for
	// the objects without one.
	Shard string
	// Cycles holds one shortest cycle for each knot; the first object follows on
	// the last.
	Cycles [][]flux.ID
	// Users are the Kustomizations of the source, Behind those of them that are
	// behind it for no other reason. Both are in the order of the graph.
	Users, Behind []flux.ID
}

// sourceUsers are the Kustomizations that one controller sorts at once.
type sourceUsers struct {
	source flux.ID
	shard  string
}

func usersOf(object *flux.Object) (sourceUsers, bool) {
	if object.Kind != flux.Kustomization || object.Source == nil {
		return sourceUsers{}, false
	}
	return sourceUsers{object.Source.In(object.Namespace), object.Shard()}, true
}

// findFrozen finds the frozen sources.
func (b *builder) findFrozen(g *Graph) {
	numbers := make(map[flux.ID]int32, len(g.Nodes))
	for i, node := range g.Nodes {
		numbers[node.ID] = int32(i)
	}
	all := b.sorted(g, numbers)
	components := all.components()
	cycles := map[sourceUsers][][]flux.ID{}
	for _, first := range all.knots(components, func(v, w int32) bool { return v < w }) {
		var cycle []flux.ID
		for _, v := range all.shortestCycle(first, components) {
			cycle = append(cycle, g.Nodes[v].ID)
		}
		users, _ := usersOf(g.Nodes[first].Object)
		cycles[users] = append(cycles[users], cycle)
	}
	if len(cycles) > 0 {
		g.Frozen = frozenSources(g, cycles)
	}
}

// sorted returns the arcs that the controller sorts by: from one Kustomization
// to another of the same source.
func (b *builder) sorted(g *Graph, numbers map[flux.ID]int32) arcs {
	all := make(arcs, len(g.Nodes))
	for i, node := range g.Nodes {
		if node.Object == nil {
			continue
		}
		users, ok := usersOf(node.Object)
		for _, dep := range node.Object.DependsOn {
			target, id := b.judge.Resolve(node.Object, dep)
			if !ok || target == nil {
				continue
			}
			if others, _ := usersOf(target); others == users {
				all[i] = append(all[i], numbers[id])
			}
		}
	}
	return all
}

func frozenSources(g *Graph, cycles map[sourceUsers][][]flux.ID) []Frozen {
	found := map[sourceUsers]*Frozen{}
	for users, knots := range cycles {
		found[users] = &Frozen{Source: users.source, Shard: users.shard, Cycles: knots}
	}
	for _, node := range g.Nodes {
		if node.Object == nil {
			continue
		}
		if users, ok := usersOf(node.Object); ok && found[users] != nil {
			found[users].Users = append(found[users].Users, node.ID)
		}
	}
	var frozen []Frozen
	for _, one := range found {
		frozen = append(frozen, *one)
	}
	slices.SortFunc(frozen, func(a, b Frozen) int {
		return cmp.Or(a.Source.Compare(b.Source), strings.Compare(a.Shard, b.Shard))
	})
	return frozen
}
