package graph

import (
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// Wait is one step of a deadlock: From gets no further before To does. Type is
// DependsOn, Health or Parent.
type Wait struct {
	From, To flux.ID
	Type     EdgeType
}

// Deadlock is a shortest way round of waits of which not all are dependsOn; the
// first follows on the last.
type Deadlock []Wait

// Has reports whether the object is part of the deadlock.
func (d Deadlock) Has(id flux.ID) bool {
	for _, wait := range d {
		if wait.From == id {
			return true
		}
	}
	return false
}

// fromScratch reports whether the deadlock needs one of its objects not to be
// there yet.
func (d Deadlock) fromScratch() bool {
	for _, wait := range d {
		if wait.Type == Parent {
			return true
		}
	}
	return false
}

// waitGraph says what must happen before what. Each node has two vertices: that
// its reconciliation starts, and that it is ready.
//
//   - It is ready after it has started, and after what its health waits for is.
//   - It starts after what it depends on is ready, and after what applies it
//     has started. Who applies it need not be ready for that.
//
// One vertex for both would take a parent that waits for its child, which it
// must apply first, for a deadlock.
type waitGraph struct {
	nodes []*Node
	needs map[flux.ID][]*Edge
	arcs  arcs
}

func start(n *Node) int { return 2 * n.number }
func ready(n *Node) int { return 2*n.number + 1 }

func (w *waitGraph) node(vertex int) *Node { return w.nodes[vertex/2] }

// findDeadlocks returns the deadlocks, and gives the dependsOn edges in them
// their verdict.
func (g *Graph) findDeadlocks(w *waitGraph) {
	components := w.arcs.components()
	known := map[int]Deadlock{}
	for _, first := range w.arcs.knots(components) {
		deadlock := w.shortest(first, components)
		known[components[first]] = deadlock
		g.Deadlocks = append(g.Deadlocks, deadlock)
	}
	if len(known) > 0 {
		g.closeDeadlocks(components, known)
	}
}

// shortest returns the shortest deadlock through the object, by its start or
// its being ready.
func (w *waitGraph) shortest(first int, components []int) Deadlock {
	best := w.deadlock(w.arcs.shortestCycle(first, components))
	if other := first ^ 1; components[other] == components[first] {
		if d := w.deadlock(w.arcs.shortestCycle(other, components)); len(d) < len(best) {
			best = d
		}
	}
	return best
}

// deadlock turns a way through vertices into waits between objects.
func (w *waitGraph) deadlock(way []int) Deadlock {
	var waits Deadlock
	for i, from := range way {
		waits = append(waits, w.between(from, way[(i+1)%len(way)])...)
	}
	return waits
}

// between says why one vertex needs another. Where somebody must only be there,
// that is two waits: on it, and of it on who applies it.
func (w *waitGraph) between(from, to int) []Wait {
	a, b := w.node(from), w.node(to)
	switch {
	case from == ready(a) && to == start(a): // an object is ready after it has started
		return nil
	case from == ready(a):
		return []Wait{{a.ID, b.ID, Health}}
	case to == ready(b):
		return []Wait{{a.ID, b.ID, DependsOn}}
	case a.parent == b && a != b:
		return []Wait{{a.ID, b.ID, Parent}}
	}
	for _, edge := range w.needs[a.ID] {
		if edge.Type == DependsOn && edge.Loose && edge.to.parent == b {
			return []Wait{{a.ID, edge.To, DependsOn}, {edge.To, b.ID, Parent}}
		}
	}
	return nil
}

func (g *Graph) closeDeadlocks(components []int, known map[int]Deadlock) {
	for _, edge := range g.Edges {
		if !edge.waits() || edge.Verdict == verdict.Cycle || components[start(edge.from)] != components[ready(edge.to)] {
			continue
		}
		passing := "passes for now, but each waits for the other on the next new revision"
		if known[components[start(edge.from)]].fromScratch() {
			passing = "passes for now, but not on a new cluster, where each waits for the other"
		}
		edge.close(verdict.Deadlock, passing)
	}
}

// joinDeadlocks makes no member of a deadlock count as isolated, though the
// edges that join them may not be drawn.
func (g *Graph) joinDeadlocks() {
	for _, deadlock := range g.Deadlocks {
		for _, wait := range deadlock {
			if node := g.nodes[wait.From]; node != nil {
				node.Isolated = false
			}
		}
	}
}
