package render

import (
	"strconv"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
)

// maxIndent is how deep branches are drawn: beyond it the depth is written as
// a number, so that a long chain does not fill the screen with lines.
const maxIndent = 32

// line is one line of the tree: a node, at the end of the edge that leads to
// it.
type line struct {
	node *graph.Node
	// edge leads from the node to the one above; nil for a root.
	edge *graph.Edge
	// branch holds the drawn lines before the name.
	branch string
	// again is true where the node is shown in full elsewhere: below the node
	// above, or as a root where that is nil.
	again bool
	above *flux.ID
	// elsewhere holds the edges to what is needed and not part of this tree.
	elsewhere []*graph.Edge
}

// shownAt says where to find the node in full.
func (l line) shownAt() string {
	if l.above == nil {
		return "shown as a root"
	}
	return "shown below " + shortName(*l.above)
}

// tree draws each node once, below one of those it needs, the way things roll
// out: what is above must be there first.
type tree struct {
	g      *graph.Graph
	member map[flux.ID]bool
	under  map[flux.ID]flux.ID
	drawn  map[flux.ID]bool
	cyclic map[flux.ID]int
	lines  []line
}

// forest returns the lines for the nodes of one group.
func forest(g *graph.Graph, ids []flux.ID) []line {
	t := &tree{
		g: g, member: make(map[flux.ID]bool, len(ids)), under: map[flux.ID]flux.ID{},
		drawn: map[flux.ID]bool{}, cyclic: map[flux.ID]int{},
	}
	for _, id := range ids {
		t.member[id] = true
	}
	for i, cycle := range g.Cycles {
		for _, id := range cycle {
			t.cyclic[id] = i + 1
		}
	}
	heights := newHeights(g)
	for _, id := range ids {
		if above, ok := t.place(id, heights); ok {
			t.under[id] = above
		}
	}
	t.draw(ids)
	return t.lines
}

// draw draws the roots, then what only cycles lead to, then anything left.
func (t *tree) draw(ids []flux.ID) {
	isRoot := func(id flux.ID) bool { _, ok := t.under[id]; return !ok }
	inCycle := func(id flux.ID) bool { return t.cyclic[id] > 0 }
	for _, start := range []func(flux.ID) bool{isRoot, inCycle, func(flux.ID) bool { return true }} {
		for _, id := range ids {
			if start(id) && !t.drawn[id] {
				t.grow(id, nil, "", "", 0)
			}
		}
	}
}

// place chooses the node below which id is drawn: of those it needs by
// dependsOn, else by any edge, the one that is furthest along the way, so that
// everything it waits for stands above it where that can be.
func (t *tree) place(id flux.ID, heights heights) (flux.ID, bool) {
	var best *graph.Edge
	for _, edge := range t.g.Needs(id) {
		if !t.member[edge.To] || edge.To == id {
			continue
		}
		if best == nil || better(edge, best, heights) {
			best = edge
		}
	}
	if best == nil {
		return flux.ID{}, false
	}
	return best.To, true
}

func better(a, b *graph.Edge, heights heights) bool {
	if (a.Type == graph.DependsOn) != (b.Type == graph.DependsOn) {
		return a.Type == graph.DependsOn
	}
	return heights.of(a.To) > heights.of(b.To)
}

// grow draws a node and, where this is its place, what needs it.
func (t *tree) grow(id flux.ID, edge *graph.Edge, branch, indent string, depth int) {
	if t.drawn[id] || edge != nil && !t.belongs(id, edge.To) {
		t.refer(id, edge, branch)
		return
	}
	t.drawn[id] = true
	t.lines = append(t.lines, line{node: t.g.Node(id), edge: edge, branch: branch, elsewhere: t.outside(t.g.Needs(id))})
	if edge != nil {
		t.under[id] = edge.To
	} else {
		delete(t.under, id)
	}
	below := t.inside(t.g.NeededBy(id))
	for i, next := range below {
		branch, deeper := branches(indent, i == len(below)-1, depth+1)
		t.grow(next.From, next, branch, deeper, depth+1)
	}
}

// refer draws a node that is shown in full elsewhere.
func (t *tree) refer(id flux.ID, edge *graph.Edge, branch string) {
	reference := line{node: t.g.Node(id), edge: edge, branch: branch, again: true}
	if above, ok := t.under[id]; ok {
		reference.above = &above
	}
	t.lines = append(t.lines, reference)
}

// inside returns the edges that begin at members.
func (t *tree) inside(edges []*graph.Edge) []*graph.Edge {
	return having(edges, func(e *graph.Edge) bool { return t.member[e.From] })
}

// outside returns the edges that end at no member.
func (t *tree) outside(edges []*graph.Edge) []*graph.Edge {
	return having(edges, func(e *graph.Edge) bool { return !t.member[e.To] })
}

func having(edges []*graph.Edge, wanted func(*graph.Edge) bool) []*graph.Edge {
	var found []*graph.Edge
	for _, edge := range edges {
		if wanted(edge) {
			found = append(found, edge)
		}
	}
	return found
}

// belongs reports whether id is drawn in full below above: it was placed
// there, or both are in one cycle, where no place is the right one.
func (t *tree) belongs(id, above flux.ID) bool {
	return t.under[id] == above || t.cyclic[id] > 0 && t.cyclic[id] == t.cyclic[above]
}

// branches returns what is drawn before a name, and before what is below it.
func branches(indent string, last bool, depth int) (branch, deeper string) {
	switch {
	case depth > maxIndent:
		return indent + "└" + strconv.Itoa(depth) + "─ ", indent
	case last:
		return indent + "└─ ", indent + "   "
	default:
		return indent + "├─ ", indent + "│  "
	}
}
