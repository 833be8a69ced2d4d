package graph

import (
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// waits reports whether the edge makes From wait until To is ready, whatever
// else.
func (e *Edge) waits() bool { return e.Type == DependsOn && !e.Loose }

// dependencies holds the dependsOn edges that wait, by the numbers of the nodes
// at their ends, and the components that they make.
type dependencies struct {
	arcs arcs
	// components has dependencies before dependents.
	components []int
}

func (g *Graph) findDependencies() dependencies {
	list := make([]arc, 0, len(g.Edges))
	for _, edge := range g.Edges {
		if edge.waits() {
			list = append(list, arc{edge.from.number, edge.to.number})
		}
	}
	all := newArcs(len(g.Nodes), list)
	return dependencies{all, all.components()}
}

// together reports whether two nodes are in one component.
func (d dependencies) together(a, b *Node) bool {
	return d.components[a.number] == d.components[b.number]
}

// byID returns the components of nodes, numbered from 0.
func (d dependencies) byID(g *Graph) map[flux.ID]int {
	found := make(map[flux.ID]int, len(g.Nodes))
	for i, component := range d.components {
		found[g.Nodes[i].ID] = component - 1
	}
	return found
}

// findCycles finds the shortest cycle of each component. Loose edges close
// none: what depends on itself through one can still become ready.
func (g *Graph) findCycles(d dependencies) {
	g.Cycles = nil
	for _, first := range d.arcs.knots(d.components) {
		g.Cycles = append(g.Cycles, g.cycle(d.arcs, first, d.components))
	}
}

// cycle returns the shortest cycle from the node back to itself.
func (g *Graph) cycle(a arcs, first int, components []int) []flux.ID {
	var cycle []flux.ID
	for _, v := range a.shortestCycle(first, components) {
		cycle = append(cycle, g.Nodes[v].ID)
	}
	return cycle
}

// closeCycles gives the edges within a component the verdict cycle.
func (g *Graph) closeCycles(d dependencies) {
	for _, edge := range g.Edges {
		if edge.waits() && d.together(edge.from, edge.to) {
			edge.close(verdict.Cycle, "passes for now, but after the next change to both each waits for the other")
		}
	}
}

// close gives the edge the verdict on what it is part of. Objects that were
// ready before that was closed still pass, which the detail then says.
func (e *Edge) close(v verdict.Verdict, passing string) {
	e.Alone, e.Verdict, e.Detail, e.Hint = e.Verdict, v, "", ""
	if met, _ := e.Alone.Met(); met {
		e.Detail = passing
	}
}
