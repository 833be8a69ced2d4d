package graph

import (
	"math"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// markImplied marks each dependsOn edge whose two ends are also joined by a
// longer path of dependsOn edges, loose ones apart, which say something else: the transitive reduction, which is unique
// where there are no cycles (Aho, Garey, Ullman 1972). Edges that begin or end
// in a cycle are never marked: there each member's would be implied by the
// others', and with all of them gone nothing would be joined.
func (g *Graph) markImplied(components map[flux.ID]int) {
	ranks := g.rank(components)
	for _, node := range g.Nodes {
		edges := g.dependencies(node.ID)
		if len(edges) < 2 || ranks.inCycle(node.ID) {
			continue
		}
		reached := g.beyond(edges, ranks)
		for _, edge := range edges {
			edge.Implied = reached[edge.To] && !ranks.inCycle(edge.To)
		}
	}
}

// dependencies returns the dependsOn edges that begin at the object and are
// not loose.
func (g *Graph) dependencies(id flux.ID) []*Edge {
	var edges []*Edge
	for _, edge := range g.needs[id] {
		if edge.Type == DependsOn && !edge.Loose {
			edges = append(edges, edge)
		}
	}
	return edges
}

// ranks tells how far components are from the ground.
type ranks struct {
	component map[flux.ID]int
	// height is the longest way from a component to one without dependencies.
	height []int
	// cyclic is true of a component with an edge within, be it of one object.
	cyclic []bool
}

func (r ranks) of(id flux.ID) int { return r.height[r.component[id]] }

func (r ranks) inCycle(id flux.ID) bool { return r.cyclic[r.component[id]] }

// rank needs one pass, since components are numbered dependencies first.
func (g *Graph) rank(components map[flux.ID]int) ranks {
	members := make([][]flux.ID, len(g.Nodes))
	for _, node := range g.Nodes {
		members[components[node.ID]] = append(members[components[node.ID]], node.ID)
	}
	r := ranks{component: components, height: make([]int, len(members)), cyclic: make([]bool, len(members))}
	for component, ids := range members {
		for _, id := range ids {
			for _, edge := range g.dependencies(id) {
				other := components[edge.To]
				if other == component {
					r.cyclic[component] = true
					continue
				}
				r.height[component] = max(r.height[component], r.height[other]+1)
			}
		}
	}
	return r
}

// beyond returns what can be reached from the edges' ends in one step or more,
// as far down as the lowest of these ends: nothing lower can be one.
func (g *Graph) beyond(edges []*Edge, ranks ranks) map[flux.ID]bool {
	ground := math.MaxInt
	var queue []flux.ID
	for _, edge := range edges {
		ground = min(ground, ranks.of(edge.To))
		queue = append(queue, edge.To)
	}
	reached := map[flux.ID]bool{}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, edge := range g.needs[queue[0]] {
			if edge.Type == DependsOn && !edge.Loose && !reached[edge.To] && ranks.of(edge.To) >= ground {
				reached[edge.To] = true
				queue = append(queue, edge.To)
			}
		}
	}
	return reached
}
