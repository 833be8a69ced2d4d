package graph

import (
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// Focus says which surroundings of some objects to show.
type Focus struct {
	Patterns []flux.Pattern
	// Up follows what the objects need, Down what needs them. With neither set
	// both are followed.
	Up, Down bool
	// Depth is how many steps to follow; 0 is any number.
	Depth int
}

// Unmatched returns the patterns that name no node of the graph.
func (f Focus) Unmatched(g *Graph) []flux.Pattern {
	var unmatched []flux.Pattern
	for _, pattern := range f.Patterns {
		if !slices.ContainsFunc(g.Nodes, func(n *Node) bool { return pattern.Matches(n.ID) }) {
			unmatched = append(unmatched, pattern)
		}
	}
	return unmatched
}

// Around returns the part of the graph that the focus names.
func (g *Graph) Around(f Focus) *Graph {
	named := func(n *Node) bool {
		return slices.ContainsFunc(f.Patterns, func(p flux.Pattern) bool { return p.Matches(n.ID) })
	}
	return g.Surroundings(named, f.Up || !f.Down, f.Down || !f.Up, f.Depth)
}

// Surroundings returns the nodes that match, and up to depth steps away what
// they need (up) and what needs them (down); 0 steps is any number.
func (g *Graph) Surroundings(match func(*Node) bool, up, down bool, depth int) *Graph {
	var start []flux.ID
	keep := map[flux.ID]bool{}
	for _, node := range g.Nodes {
		if match(node) {
			start = append(start, node.ID)
			keep[node.ID] = true
		}
	}
	if up {
		follow(start, depth, keep, g.Needs, func(e *Edge) flux.ID { return e.To })
	}
	if down {
		follow(start, depth, keep, g.NeededBy, func(e *Edge) flux.ID { return e.From })
	}
	return g.Subgraph(func(n *Node) bool { return keep[n.ID] })
}

// follow adds to keep what lies within depth steps from start.
func follow(
	start []flux.ID, depth int, keep map[flux.ID]bool, edges func(flux.ID) []*Edge, end func(*Edge) flux.ID,
) {
	steps := map[flux.ID]int{}
	for _, id := range start {
		steps[id] = 0
	}
	for queue := slices.Clone(start); len(queue) > 0; queue = queue[1:] {
		at := steps[queue[0]]
		if depth > 0 && at == depth {
			continue
		}
		for _, edge := range edges(queue[0]) {
			next := end(edge)
			if _, seen := steps[next]; !seen {
				steps[next], keep[next] = at+1, true
				queue = append(queue, next)
			}
		}
	}
}

// Subgraph returns the nodes that keep wants, the edges between them, the
// cycles that lie wholly within, and whatever else was found of any of them. Nodes keep what was found of them in the
// whole graph.
func (g *Graph) Subgraph(keep func(*Node) bool) *Graph {
	kept := map[flux.ID]bool{}
	var nodes []*Node
	for _, node := range g.Nodes {
		if keep(node) {
			kept[node.ID] = true
			nodes = append(nodes, node)
		}
	}
	if len(nodes) == len(g.Nodes) {
		return g
	}
	var edges []*Edge
	for _, edge := range g.Edges {
		if kept[edge.From] && kept[edge.To] {
			edges = append(edges, edge)
		}
	}
	sub := New(g.Live, nodes, edges)
	for _, cycle := range g.Cycles {
		if !slices.ContainsFunc(cycle, func(id flux.ID) bool { return !kept[id] }) {
			sub.Cycles = append(sub.Cycles, cycle)
		}
	}
	g.findingsOf(sub, kept)
	return sub
}

// findingsOf gives the part what was found of any object in it.
func (g *Graph) findingsOf(part *Graph, kept map[flux.ID]bool) {
	has := func(id flux.ID) bool { return kept[id] }
	for _, deadlock := range g.Deadlocks {
		if slices.ContainsFunc(deadlock, func(w Wait) bool { return kept[w.From] }) {
			part.Deadlocks = append(part.Deadlocks, deadlock)
		}
	}
	for _, frozen := range g.Frozen {
		if slices.ContainsFunc(frozen.Users, has) {
			part.Frozen = append(part.Frozen, frozen)
		}
	}
	for _, starved := range g.Starved {
		if slices.ContainsFunc(starved.Parents, has) || slices.ContainsFunc(starved.Children, has) {
			part.Starved = append(part.Starved, starved)
		}
	}
}

// Reduced returns the graph for a picture: without implied edges, except those
// that are not met, for they are what one looks for.
func (g *Graph) Reduced() *Graph {
	edges := slices.DeleteFunc(slices.Clone(g.Edges), func(e *Edge) bool {
		met, _ := e.Verdict.Met()
		return e.Implied && (met || e.Verdict == verdict.Unknown)
	})
	reduced := New(g.Live, g.Nodes, edges)
	reduced.Cycles, reduced.Deadlocks, reduced.Frozen, reduced.Starved = g.Cycles, g.Deadlocks, g.Frozen, g.Starved
	return reduced
}
