package graph

import (
	"maps"
	"slices"
)

// arcs is a directed graph of numbered vertices, in two slices however large it
// is: where v leads stands in to[first[v]:first[v+1]].
type arcs struct {
	first, to []int
}

// arc leads from one vertex to another.
type arc struct{ from, to int }

// newArcs returns the graph of n vertices with these arcs. Those of one vertex
// keep their order.
func newArcs(n int, list []arc) arcs {
	a := arcs{first: make([]int, n+1), to: make([]int, len(list))}
	for _, one := range list {
		a.first[one.from+1]++
	}
	for v := range n {
		a.first[v+1] += a.first[v]
	}
	next := slices.Clone(a.first)
	for _, one := range list {
		a.to[next[one.from]] = one.to
		next[one.from]++
	}
	return a
}

// vertices returns how many there are.
func (a arcs) vertices() int { return len(a.first) - 1 }

// of returns where v leads.
func (a arcs) of(v int) []int { return a.to[a.first[v]:a.first[v+1]] }

// components numbers the strongly connected components, those that others lead
// to first (Tarjan 1972; iterative, since a chain may be as long as the input).
// Each vertex and each arc is looked at once.
func (a arcs) components() []int {
	return newTarjan(a).component
}

func newTarjan(a arcs) *tarjan {
	n := a.vertices()
	t := &tarjan{arcs: a, index: make([]int, n), low: make([]int, n), component: make([]int, n)}
	for v := range n {
		if t.index[v] == 0 {
			t.walk(v)
		}
	}
	return t
}

type tarjan struct {
	arcs arcs
	// index is in which order vertices were met, from 1; 0 is not yet.
	index, low []int
	// component is from 1 while others are not closed yet; see close.
	component []int
	open      []int
	path      []frame
	met       int
	found     int
	// looked counts the arcs that were looked at.
	looked int
}

type frame struct {
	vertex, next int
}

func (t *tarjan) walk(root int) {
	t.enter(root)
	for len(t.path) > 0 {
		top := &t.path[len(t.path)-1]
		if leads := t.arcs.of(top.vertex); top.next < len(leads) {
			to := leads[top.next]
			top.next++
			t.looked++
			t.follow(top.vertex, to)
			continue
		}
		t.leave(top.vertex)
	}
}

func (t *tarjan) enter(v int) {
	t.met++
	t.index[v], t.low[v] = t.met, t.met
	t.open = append(t.open, v)
	t.path = append(t.path, frame{vertex: v})
}

func (t *tarjan) follow(from, to int) {
	switch {
	case t.index[to] == 0:
		t.enter(to)
	case t.component[to] == 0: // still open
		t.low[from] = min(t.low[from], t.index[to])
	}
}

func (t *tarjan) leave(v int) {
	t.path = t.path[:len(t.path)-1]
	if len(t.path) > 0 {
		above := t.path[len(t.path)-1].vertex
		t.low[above] = min(t.low[above], t.low[v])
	}
	if t.low[v] == t.index[v] {
		t.close(v)
	}
}

func (t *tarjan) close(root int) {
	t.found++
	for {
		v := t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		t.component[v] = t.found
		if v == root {
			return
		}
	}
}

// knots returns, for each component with an arc within, its lowest vertex, in
// order.
func (a arcs) knots(components []int) []int {
	lowest := make(map[int]int)
	for v := range a.vertices() {
		for _, to := range a.of(v) {
			if components[v] != components[to] {
				continue
			}
			if first, ok := lowest[components[v]]; !ok || v < first {
				lowest[components[v]] = v
			}
		}
	}
	return slices.Sorted(maps.Values(lowest))
}

// shortestCycle returns the shortest way from first back to itself within its
// component, breadth first; without an arc back it is first alone.
func (a arcs) shortestCycle(first int, components []int) []int {
	way, _ := a.searchCycle(first, components)
	return way
}

// searchCycle also returns how many arcs it has looked at.
func (a arcs) searchCycle(first int, components []int) (way []int, looked int) {
	cameFrom := map[int]int{}
	for queue := []int{first}; len(queue) > 0; queue = queue[1:] {
		for _, to := range a.of(queue[0]) {
			looked++
			if components[to] != components[first] {
				continue
			}
			if to == first {
				return wayTo(queue[0], first, cameFrom), looked
			}
			if _, seen := cameFrom[to]; !seen {
				cameFrom[to] = queue[0]
				queue = append(queue, to)
			}
		}
	}
	return []int{first}, looked
}

func wayTo(last, first int, cameFrom map[int]int) []int {
	way := []int{last}
	for way[len(way)-1] != first {
		way = append(way, cameFrom[way[len(way)-1]])
	}
	slices.Reverse(way)
	return way
}
