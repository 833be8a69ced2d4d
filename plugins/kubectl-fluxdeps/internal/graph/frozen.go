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

// grouping says which Kustomizations are sorted together.
type grouping struct {
	// of has the group of each node by its number, none where it has none.
	of []int
	// users has what each group is.
	users []sourceUsers
}

const none = -1

// groups numbers the groups in the order of the graph.
func (g *Graph) groups() grouping {
	all := grouping{of: make([]int, len(g.Nodes))}
	numbers := map[sourceUsers]int{}
	for i, node := range g.Nodes {
		all.of[i] = none
		if node.Object == nil {
			continue
		}
		users, ok := usersOf(node.Object)
		if !ok {
			continue
		}
		number, known := numbers[users]
		if !known {
			number = len(all.users)
			numbers[users] = number
			all.users = append(all.users, users)
		}
		all.of[i] = number
	}
	return all
}

// findFrozen finds the frozen sources.
func (g *Graph) findFrozen() {
	groups := g.groups()
	all := g.sorted(groups)
	components := all.components()
	found := map[int]*Frozen{}
	for _, first := range all.knots(components) {
		group := groups.of[first]
		if found[group] == nil {
			found[group] = &Frozen{Source: groups.users[group].source, Shard: groups.users[group].shard}
		}
		found[group].Cycles = append(found[group].Cycles, g.cycle(all, first, components))
	}
	if len(found) > 0 {
		g.Frozen = g.frozenSources(groups, found)
	}
}

// sorted returns the arcs that the controller sorts by: from one Kustomization
// to another of the same source.
func (g *Graph) sorted(groups grouping) arcs {
	list := make([]arc, 0, len(g.Edges))
	for _, edge := range g.Edges {
		from, to := edge.from.number, edge.to.number
		if edge.Type == DependsOn && groups.of[from] != none && groups.of[from] == groups.of[to] {
			list = append(list, arc{from, to})
		}
	}
	return newArcs(len(g.Nodes), list)
}

func (g *Graph) frozenSources(groups grouping, found map[int]*Frozen) []Frozen {
	members := map[int][]*Node{}
	for i, group := range groups.of {
		if found[group] != nil {
			members[group] = append(members[group], g.Nodes[i])
		}
	}
	frozen := make([]Frozen, 0, len(found))
	for group, one := range found {
		one.Users = idsOf(members[group])
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
