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

// waitGraph says what must happen before what, for all objects of a snapshot.
// Each has two vertices: that its reconciliation starts, and that it is ready.
//
//   - It is ready after it has started, and after what its health waits for is.
//   - It starts after what it depends on is ready, and after what applies it
//     has started. Who applies it need not be ready for that.
//
// One vertex for both would take a parent that waits for its child, which it
// must apply first, for a deadlock.
type waitGraph struct {
	objects []flux.Object
	numbers map[flux.ID]int32
	arcs    arcs
	reasons map[arcKey]reason
}

type arcKey struct{ from, to int32 }

// reason says why one vertex needs another: the type of edge, and where that
// leads by way of an object, which.
type reason struct {
	kind EdgeType
	via  int32 // -1: none
}

const noVia = -1

func newWaitGraph(objects []flux.Object) *waitGraph {
	w := &waitGraph{
		objects: objects, numbers: make(map[flux.ID]int32, len(objects)),
		arcs: make(arcs, 2*len(objects)), reasons: make(map[arcKey]reason, 2*len(objects)),
	}
	for i := range objects {
		n := int32(i)
		w.numbers[objects[i].ID] = n
		w.arcs[ready(n)] = append(w.arcs[ready(n)], start(n))
	}
	return w
}

func start(object int32) int32    { return 2 * object }
func ready(object int32) int32    { return 2*object + 1 }
func objectOf(vertex int32) int32 { return vertex / 2 }

// add adds that from needs to. The first reason stays.
func (w *waitGraph) add(from, to int32, why reason) {
	key := arcKey{from, to}
	if _, known := w.reasons[key]; known {
		return
	}
	w.reasons[key] = why
	w.arcs[from] = append(w.arcs[from], to)
}

// findDeadlocks returns the deadlocks, and gives the dependsOn edges in them
// their verdict.
func (g *Graph) findDeadlocks(w *waitGraph) {
	components := w.arcs.components()
	before := func(v, x int32) bool {
		order := w.objects[objectOf(v)].ID.Compare(w.objects[objectOf(x)].ID)
		return order < 0 || order == 0 && v < x
	}
	known := map[int32]Deadlock{}
	for _, first := range w.arcs.knots(components, before) {
		deadlock := w.shortest(first, components)
		known[components[first]] = deadlock
		g.Deadlocks = append(g.Deadlocks, deadlock)
	}
	g.closeDeadlocks(w, components, known)
}

// shortest returns the shortest deadlock through the object, by its start or
// its being ready.
func (w *waitGraph) shortest(first int32, components []int32) Deadlock {
	best := w.deadlock(w.arcs.shortestCycle(first, components))
	if other := first ^ 1; components[other] == components[first] {
		if d := w.deadlock(w.arcs.shortestCycle(other, components)); len(d) < len(best) {
			best = d
		}
	}
	return best
}

// deadlock turns a way through vertices into waits between objects.
func (w *waitGraph) deadlock(way []int32) Deadlock {
	var waits Deadlock
	id := func(object int32) flux.ID { return w.objects[object].ID }
	for i, from := range way {
		to := way[(i+1)%len(way)]
		why, ok := w.reasons[arcKey{from, to}]
		switch {
		case !ok: // an object is ready after it has started
		case why.via == noVia:
			waits = append(waits, Wait{id(objectOf(from)), id(objectOf(to)), why.kind})
		default:
			waits = append(waits,
				Wait{id(objectOf(from)), id(why.via), why.kind}, Wait{id(why.via), id(objectOf(to)), Parent})
		}
	}
	return waits
}

func (g *Graph) closeDeadlocks(w *waitGraph, components []int32, known map[int32]Deadlock) {
	if len(known) == 0 {
		return
	}
	for _, edge := range g.Edges {
		from, isFrom := w.numbers[edge.From]
		to, isTo := w.numbers[edge.To]
		if !edge.waits() || edge.Verdict == verdict.Cycle || !isFrom || !isTo || components[start(from)] != components[ready(to)] {
			continue
		}
		passing := "passes for now, but each waits for the other on the next new revision"
		if known[components[start(from)]].fromScratch() {
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
