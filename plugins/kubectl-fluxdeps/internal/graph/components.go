package graph

import (
	"maps"
	"slices"
)

// arcs is a directed graph of numbered vertices: arcs[v] lists where v leads.
type arcs [][]int32

// components numbers the strongly connected components, those that others lead
// to first (Tarjan 1972; iterative, since a chain may be as long as the input).
// Each vertex and each arc is looked at once.
func (a arcs) components() []int32 {
	return newTarjan(a).component
}

func newTarjan(a arcs) *tarjan {
	t := &tarjan{arcs: a, index: make([]int32, len(a)), low: make([]int32, len(a)), component: make([]int32, len(a))}
	for v := range a {
		if t.index[v] == 0 {
			t.walk(int32(v))
		}
	}
	return t
}

type tarjan struct {
	arcs arcs
	// index is in which order vertices were met, from 1; 0 is not yet.
	index, low []int32
	// component is from 1 while others are not closed yet; see close.
	component []int32
	open      []int32
	path      []frame
	met       int32
	found     int32
	// looked counts the arcs that were looked at.
	looked int
}

type frame struct {
	vertex, next int32
}

func (t *tarjan) walk(root int32) {
	t.enter(root)
	for len(t.path) > 0 {
		top := &t.path[len(t.path)-1]
		if top.next < int32(len(t.arcs[top.vertex])) {
			to := t.arcs[top.vertex][top.next]
			top.next++
			t.looked++
			t.follow(top.vertex, to)
			continue
		}
		t.leave(top.vertex)
	}
}

func (t *tarjan) enter(v int32) {
	t.met++
	t.index[v], t.low[v] = t.met, t.met
	t.open = append(t.open, v)
	t.path = append(t.path, frame{vertex: v})
}

func (t *tarjan) follow(from, to int32) {
	switch {
	case t.index[to] == 0:
		t.enter(to)
	case t.component[to] == 0: // still open
		t.low[from] = min(t.low[from], t.index[to])
	}
}

func (t *tarjan) leave(v int32) {
	t.path = t.path[:len(t.path)-1]
	if len(t.path) > 0 {
		above := t.path[len(t.path)-1].vertex
		t.low[above] = min(t.low[above], t.low[v])
	}
	if t.low[v] == t.index[v] {
		t.close(v)
	}
}

func (t *tarjan) close(root int32) {
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

// knots returns, for each component with an arc within, its lowest vertex by
// the order given, in that order.
func (a arcs) knots(components []int32, less func(v, w int32) bool) []int32 {
	lowest := make(map[int32]int32)
	for v := range a {
		for _, to := range a[v] {
			if components[v] != components[to] {
				continue
			}
			if first, ok := lowest[components[v]]; !ok || less(int32(v), first) {
				lowest[components[v]] = int32(v)
			}
		}
	}
	return sortedValues(lowest, less)
}

// shortestCycle returns the shortest way from first back to itself within its
// component, breadth first; without an arc back it is first alone.
func (a arcs) shortestCycle(first int32, components []int32) []int32 {
	way, _ := a.searchCycle(first, components)
	return way
}

// searchCycle also returns how many arcs it has looked at.
func (a arcs) searchCycle(first int32, components []int32) (way []int32, looked int) {
	cameFrom := map[int32]int32{}
	for queue := []int32{first}; len(queue) > 0; queue = queue[1:] {
		for _, to := range a[queue[0]] {
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
	return []int32{first}, looked
}

func wayTo(last, first int32, cameFrom map[int32]int32) []int32 {
	way := []int32{last}
	for way[len(way)-1] != first {
		way = append(way, cameFrom[way[len(way)-1]])
	}
	slices.Reverse(way)
	return way
}

func sortedValues(values map[int32]int32, less func(v, w int32) bool) []int32 {
	sorted := slices.Collect(maps.Values(values))
	slices.SortFunc(sorted, func(v, w int32) int {
		if less(v, w) {
			return -1
		}
		return 1
	})
	return sorted
}
