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
	arcs       arcs
	components []int32
	// component is the same by ID, from 0, dependencies before dependents.
	component map[flux.ID]int
}

func (g *Graph) findDependencies() dependencies {
	numbers := make(map[flux.ID]int32, len(g.Nodes))
	for i, node := range g.Nodes {
		numbers[node.ID] = int32(i)
	}
	d := dependencies{arcs: make(arcs, len(g.Nodes)), component: make(map[flux.ID]int, len(g.Nodes))}
	for _, edge := range g.Edges {
		if edge.waits() {
			from := numbers[edge.From]
			d.arcs[from] = append(d.arcs[from], numbers[edge.To])
		}
	}
	d.components = d.arcs.components()
	for i, component := range d.components {
		d.component[g.Nodes[i].ID] = int(component) - 1
	}
	return d
}

// findCycles finds the shortest cycle of each component. Loose edges close
// none: what depends on itself through one can still become ready.
func (g *Graph) findCycles(d dependencies) {
	inOrder := func(v, w int32) bool { return v < w }
	for _, first := range d.arcs.knots(d.components, inOrder) {
		var cycle []flux.ID
		for _, v := range d.arcs.shortestCycle(first, d.components) {
			cycle = append(cycle, g.Nodes[v].ID)
		}
		g.Cycles = append(g.Cycles, cycle)
	}
}

// closeCycles gives the edges within a component the verdict cycle.
func (g *Graph) closeCycles(d dependencies) {
	for _, edge := range g.Edges {
		if edge.waits() && d.component[edge.From] == d.component[edge.To] {
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
