package graph

import (
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// waits reports whether the edge makes From wait until To is ready, whatever
// else. A parent is only needed to exist, and a source has no dependencies of
// its own.
func (e *Edge) waits() bool { return e.Type == DependsOn && !e.Loose || e.Type == Health }

// components numbers the strongly connected components over the edges that
// wait, dependencies before dependents (Tarjan 1972; iterative, since a chain
// may be as long as the input).
func (g *Graph) components() map[flux.ID]int {
	sized := func() map[flux.ID]int { return make(map[flux.ID]int, len(g.Nodes)) }
	t := tarjan{g: g, index: sized(), low: sized(), component: sized()}
	for _, node := range g.Nodes {
		if _, seen := t.index[node.ID]; !seen {
			t.walk(node.ID)
		}
	}
	return t.component
}

type tarjan struct {
	g         *Graph
	index     map[flux.ID]int
	low       map[flux.ID]int
	component map[flux.ID]int
	open      []flux.ID
	found     int
}

type frame struct {
	id   flux.ID
	next int
}

func (t *tarjan) walk(root flux.ID) {
	path := []frame{t.enter(root)}
	for len(path) > 0 {
		top := &path[len(path)-1]
		if edges := t.g.needs[top.id]; top.next < len(edges) {
			edge := edges[top.next]
			top.next++
			if edge.waits() {
				path = t.follow(path, top.id, edge.To)
			}
			continue
		}
		done := top.id
		path = path[:len(path)-1]
		if len(path) > 0 {
			parent := path[len(path)-1].id
			t.low[parent] = min(t.low[parent], t.low[done])
		}
		if t.low[done] == t.index[done] {
			t.close(done)
		}
	}
}

func (t *tarjan) enter(id flux.ID) frame {
	t.index[id] = len(t.index)
	t.low[id] = t.index[id]
	t.open = append(t.open, id)
	return frame{id: id}
}

func (t *tarjan) follow(path []frame, from, to flux.ID) []frame {
	index, seen := t.index[to]
	if !seen {
		return append(path, t.enter(to))
	}
	if _, closed := t.component[to]; !closed {
		t.low[from] = min(t.low[from], index)
	}
	return path
}

func (t *tarjan) close(root flux.ID) {
	for {
		id := t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		t.component[id] = t.found
		if id == root {
			break
		}
	}
	t.found++
}

// markCycles gives every dependsOn edge that waits within a component the
// verdict cycle, and finds the shortest cycle of each. Loose edges close none:
// what depends on itself through one can still become ready.
func (g *Graph) markCycles(components map[flux.ID]int) {
	knots := map[int]flux.ID{}
	for _, edge := range g.Edges {
		if !edge.waits() || components[edge.From] != components[edge.To] {
			continue
		}
		if edge.Type == DependsOn {
			edge.close()
		}
		if first, ok := knots[components[edge.From]]; !ok || edge.From.Compare(first) < 0 {
			knots[components[edge.From]] = edge.From
		}
	}
	for component, first := range knots {
		g.Cycles = append(g.Cycles, g.shortestCycle(first, component, components))
	}
	slices.SortFunc(g.Cycles, func(a, b []flux.ID) int { return a[0].Compare(b[0]) })
}

// close gives the edge the verdict cycle. Objects that were ready before the
// cycle was closed still pass.
func (e *Edge) close() {
	e.Alone, e.Verdict, e.Detail, e.Hint = e.Verdict, verdict.Cycle, "", ""
	if met, _ := e.Alone.Met(); met {
		e.Detail = "passes for now, but after the next change to both each waits for the other"
	}
}

// shortestCycle returns the shortest way from first back to itself within the
// component, breadth first.
func (g *Graph) shortestCycle(first flux.ID, component int, components map[flux.ID]int) []flux.ID {
	cameFrom := map[flux.ID]flux.ID{}
	for queue := []flux.ID{first}; len(queue) > 0; queue = queue[1:] {
		for _, edge := range g.needs[queue[0]] {
			if !edge.waits() || components[edge.To] != component {
				continue
			}
			if edge.To == first {
				return pathTo(queue[0], first, cameFrom)
			}
			if _, seen := cameFrom[edge.To]; !seen {
				cameFrom[edge.To] = queue[0]
				queue = append(queue, edge.To)
			}
		}
	}
	return []flux.ID{first}
}

func pathTo(last, first flux.ID, cameFrom map[flux.ID]flux.ID) []flux.ID {
	path := []flux.ID{last}
	for path[len(path)-1] != first {
		path = append(path, cameFrom[path[len(path)-1]])
	}
	slices.Reverse(path)
	return path
}
