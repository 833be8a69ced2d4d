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
func (g *Graph) findFrozen() {
	all := g.sorted()
	cycles := map[sourceUsers][][]flux.ID{}
	for _, cycle := range g.cycles(all, all.components()) {
		users, _ := usersOf(g.nodes[cycle[0]].Object)
		cycles[users] = append(cycles[users], cycle)
	}
	if len(cycles) > 0 {
		g.Frozen = g.frozenSources(cycles)
	}
}

// sorted returns the arcs that the controller sorts by: from one Kustomization
// to another of the same source.
func (g *Graph) sorted() arcs {
	list := make([]arc, 0, len(g.Edges))
	for _, edge := range g.Edges {
		if edge.Type != DependsOn || edge.from.Object == nil || edge.to.Object == nil {
			continue
		}
		from, isFrom := usersOf(edge.from.Object)
		to, isTo := usersOf(edge.to.Object)
		if isFrom && isTo && from == to {
			list = append(list, arc{edge.from.number, edge.to.number})
		}
	}
	return newArcs(len(g.Nodes), list)
}

func (g *Graph) frozenSources(cycles map[sourceUsers][][]flux.ID) []Frozen {
	found := map[sourceUsers]*Frozen{}
	for users, knots := range cycles {
		found[users] = &Frozen{Source: users.source, Shard: users.shard, Cycles: knots}
	}
	of := map[*Frozen][]*Node{}
	for _, node := range g.Nodes {
		if node.Object == nil {
			continue
		}
		if users, ok := usersOf(node.Object); ok && found[users] != nil {
			of[found[users]] = append(of[found[users]], node)
		}
	}
	frozen := make([]Frozen, 0, len(found))
	for _, one := range found {
		one.Users = idsOf(of[one])
		frozen = append(frozen, *one)
	}
	slices.SortFunc(frozen, func(a, b Frozen) int {
		return cmp.Or(a.Source.Compare(b.Source), strings.Compare(a.Shard, b.Shard))
	})
	return frozen
}

func idsOf(nodes []*Node) []flux.ID {
	ids := make([]flux.ID, len(nodes))
	for i, node := range nodes {
		ids[i] = node.ID
	}
	return ids
}
