// Package graph builds the dependency graph of a snapshot and answers
// questions about its shape. It is pure: no client, no file, no clock.
package graph

import (
	"cmp"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// EdgeType says what one object needs another for.
type EdgeType string

// The types of edges. All point from what needs to what is needed.
const (
	// DependsOn: spec.dependsOn; waits until the other is ready.
	DependsOn EdgeType = "dependsOn"
	// Source: reads its manifests or chart from the other.
	Source EdgeType = "source"
	// Health: is ready only when the other is (healthChecks, or wait on what it applies).
	Health EdgeType = "health"
	// Parent: is applied by the other.
	Parent EdgeType = "parent"
)

// EdgeTypes lists the types.
func EdgeTypes() []EdgeType { return []EdgeType{DependsOn, Source, Health, Parent} }

// Node is one object, or a place that a reference points to.
type Node struct {
	flux.ID
	// Object is nil where there is only a reference: State then says why.
	Object *flux.Object
	State  State
	// APIVersion is what the reference gives where Object is nil.
	APIVersion string
	// ControllerSays is the controller's own reason for waiting, where it
	// differs from what the verdicts come to.
	ControllerSays string
	// Isolated is true where no edge begins or ends here, nor a wait of a
	// deadlock.
	Isolated bool
	// Behind is set where the object has not applied what its source offers.
	Behind *Behind
	// Never is set where the object was never reconciled.
	Never *verdict.Never
	// Starved is true where the object waits for a worker; see Graph.Starved.
	Starved bool
	// SuspendedWaits are suspended objects that this one's health waits for.
	SuspendedWaits []flux.ID

	// number is the place in Graph.Nodes while the graph is built.
	number int
	// parent applies the object; nil where nobody is known to.
	parent *Node
	// found is true where a verdict tells that an object that was not listed
	// is there.
	found bool
}

// Edge says that From needs To.
type Edge struct {
	From, To flux.ID
	Type     EdgeType
	verdict.Finding
	// Alone is what the verdict would be but for the cycle or deadlock that the
	// edge is part of.
	Alone verdict.Verdict
	// Loose is true where From may go on before To is ready: a dependsOn edge
	// that asks for existence, or for whatever an expression of its own does.
	Loose bool
	// Implied is true where a longer path says the same.
	Implied bool
	// Line is where the entry that gave the verdict stands in From's file, or in
	// File where that is set; 0 where that is not known.
	Line int
	File string

	// from and to are the nodes of From and To.
	from, to *Node
}

// Met reports whether the controller lets From pass; known is false where we
// cannot tell. Within a cycle or deadlock it may pass until the next change.
func (e *Edge) Met() (met, known bool) {
	switch e.Verdict {
	case "":
		return false, false
	case verdict.Cycle, verdict.Deadlock:
		return e.Alone.Met()
	default:
		return e.Verdict.Met()
	}
}

// Graph holds nodes ordered by ID and edges ordered by From, To and Type.
type Graph struct {
	// Live is true where states are known from a cluster.
	Live  bool
	Nodes []*Node
	Edges []*Edge
	// Cycles lists one shortest cycle for each knot of objects that wait for
	// each other; the first object follows on the last.
	Cycles [][]flux.ID
	// Deadlocks lists one shortest deadlock for each knot of objects that wait
	// for each other in more ways than by dependsOn.
	Deadlocks []Deadlock
	// Frozen lists the sources of which kustomize-controller passes no new
	// revision on.
	Frozen []Frozen
	// Starved lists controllers whose workers all wait for objects that need one.
	Starved []Starved

	nodes map[flux.ID]*Node
	needs map[flux.ID][]*Edge // by From
	needy map[flux.ID][]*Edge // by To
}

// New returns the graph of the nodes and edges, ordered and indexed.
func New(live bool, nodes []*Node, edges []*Edge) *Graph {
	g := &Graph{
		Live: live, Nodes: nodes, Edges: edges,
		nodes: make(map[flux.ID]*Node, len(nodes)),
		needs: make(map[flux.ID][]*Edge, len(nodes)), needy: make(map[flux.ID][]*Edge, len(nodes)),
	}
	slices.SortFunc(g.Nodes, func(a, b *Node) int { return a.ID.Compare(b.ID) })
	slices.SortFunc(g.Edges, compareEdges)
	for _, node := range g.Nodes {
		g.nodes[node.ID] = node
	}
	for _, edge := range g.Edges {
		g.needs[edge.From] = append(g.needs[edge.From], edge)
		g.needy[edge.To] = append(g.needy[edge.To], edge)
	}
	return g
}

func compareEdges(a, b *Edge) int {
	if order := a.From.Compare(b.From); order != 0 {
		return order
	}
	if order := a.To.Compare(b.To); order != 0 {
		return order
	}
	return cmp.Compare(a.Type, b.Type)
}

// Node returns the node of the ID, or nil.
func (g *Graph) Node(id flux.ID) *Node { return g.nodes[id] }

// Needs returns the edges that begin at the object: what it needs.
func (g *Graph) Needs(id flux.ID) []*Edge { return g.needs[id] }

// NeededBy returns the edges that end at the object: who needs it.
func (g *Graph) NeededBy(id flux.ID) []*Edge { return g.needy[id] }
