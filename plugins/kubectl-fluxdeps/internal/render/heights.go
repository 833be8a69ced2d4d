package render

import (
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
)

// heights tells how many steps lie between a node and the roots, at the most,
// not counting edges that close a cycle.
type heights struct {
	g     *graph.Graph
	known map[flux.ID]int
}

func newHeights(g *graph.Graph) heights {
	return heights{g: g, known: make(map[flux.ID]int, len(g.Nodes))}
}

// of walks down depth first. A node that is on its way counts as ground, which
// breaks cycles.
func (h heights) of(id flux.ID) int {
	if height, ok := h.known[id]; ok {
		return height
	}
	h.known[id] = 0
	height := 0
	for _, edge := range h.g.Needs(id) {
		height = max(height, h.of(edge.To)+1)
	}
	h.known[id] = height
	return height
}
