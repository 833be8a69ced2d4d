package graph

import (
	"context"
	"slices"

	"github.com/fluxcd/pkg/apis/meta"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// Build returns the graph of the snapshot with edges of the types wanted.
// The context bounds the evaluation of readyExpr.
func Build(ctx context.Context, snapshot *flux.Snapshot, types ...EdgeType) *Graph {
	b := newBuilder(snapshot)
	b.addAll(ctx, types)
	return b.graph()
}

func newBuilder(snapshot *flux.Snapshot) *builder {
	index := flux.NewIndex(snapshot.Objects)
	b := &builder{
		snapshot: snapshot, index: index, judge: verdict.NewJudge(snapshot, index),
		nodes: make(map[flux.ID]*Node, len(snapshot.Objects)), edges: make(map[edgeKey]*Edge, 2*len(snapshot.Objects)),
	}
	b.findParents()
	return b
}

// addAll adds a node for each object that can have a dependsOn, and then the
// edges.
func (b *builder) addAll(ctx context.Context, types []EdgeType) {
	for i := range b.snapshot.Objects {
		object := &b.snapshot.Objects[i]
		if flux.HasDependsOn(object.Kind) && b.nodes[object.ID] == nil {
			b.addNode(&Node{ID: object.ID, Object: object, State: stateOf(object, b.snapshot.Live)})
		}
	}
	for i := range b.snapshot.Objects {
		object := &b.snapshot.Objects[i]
		if flux.HasDependsOn(object.Kind) {
			b.add(ctx, object, types)
		}
	}
}

// edgeKey has pointers, which are hashed faster than names.
type edgeKey struct {
	from, to *Node
	kind     EdgeType
}

type builder struct {
	snapshot *flux.Snapshot
	index    *flux.Index
	judge    *verdict.Judge
	// parents is who applies an object, children in the order of the snapshot
	// what it applies.
	parents  map[*flux.Object]flux.ID
	children map[flux.ID][]flux.ID
	nodes    map[flux.ID]*Node
	edges    map[edgeKey]*Edge
	// The same in the order of the snapshot, which is mostly sorted already.
	nodeList []*Node
	edgeList []*Edge
}

func (b *builder) addNode(node *Node) {
	b.nodes[node.ID] = node
	b.nodeList = append(b.nodeList, node)
}

// add adds the edges that begin at the object.
func (b *builder) add(ctx context.Context, object *flux.Object, types []EdgeType) {
	if slices.Contains(types, DependsOn) {
		b.addDependsOn(ctx, object)
	}
	if slices.Contains(types, Source) && object.Source != nil {
		b.link(object.ID, object.Source.In(object.Namespace), Source)
	}
	if slices.Contains(types, Health) {
		b.addHealth(object)
	}
	if parent, ok := b.parents[object]; ok && slices.Contains(types, Parent) {
		b.link(object.ID, parent, Parent)
	}
}

// addDependsOn judges each entry, in the order of the spec, which is the order
// in which the controller asks.
func (b *builder) addDependsOn(ctx context.Context, object *flux.Object) {
	expected, stalls := "", false
	for _, dep := range object.DependsOn {
		if dep.Name == "" && !b.snapshot.Live {
			continue // the reader of files has warned
		}
		finding := b.judge.Dependency(ctx, object, dep)
		if stops := b.judge.Stalls(object, dep); expected == "" || stops && !stalls {
			expected, stalls = finding.Message, stops
		}
		_, target := b.judge.Resolve(object, dep)
		edge := b.link(object.ID, target, DependsOn)
		edge.Loose = (edge.Verdict == "" || edge.Loose) && !b.judge.Waits(object, dep)
		if edge.Verdict == "" || decides(finding.Verdict, edge.Verdict) {
			edge.Finding, edge.Line, edge.File = finding, dep.Line, dep.File
		}
		b.nodes[target].told(statedVersion(object, dep), finding.Verdict)
	}
	b.nodes[object.ID].ControllerSays = controllerSays(object, expected)
}

// statedVersion is the API version that an entry asks for: only ResourceSets'
// have one.
func statedVersion(object *flux.Object, dep flux.Dependency) string {
	if object.Kind != flux.ResourceSet {
		return ""
	}
	return dep.APIVersion
}

// decides reports whether a verdict takes the place of that on an earlier
// entry for the same object. The first that stops the controller stays, for it
// asks no further; before it the worse is shown.
func decides(v, earlier verdict.Verdict) bool {
	met, known := earlier.Met()
	return (met || !known) && severity(v) > severity(earlier)
}

// severity orders what lets an object pass before what may not, and that
// before what does not.
func severity(v verdict.Verdict) int {
	met, known := v.Met()
	switch {
	case met:
		return slices.Index(verdict.All(), v)
	case !known:
		return len(verdict.All()) + slices.Index(verdict.All(), v)
	default:
		return 2 * len(verdict.All())
	}
}

// controllerSays returns the controller's reason for not going on where it is
// another than the one that the verdicts lead to: its status is up to one
// requeue old, and names one dependency only.
func controllerSays(object *flux.Object, expected string) string {
	condition := object.Status.Condition(meta.ReadyCondition)
	if condition == nil || condition.Message == expected {
		return ""
	}
	if condition.Reason != meta.DependencyNotReadyReason && condition.Reason != meta.InvalidCELExpressionReason {
		return ""
	}
	return condition.Message
}

// addHealth adds what the object's readiness waits for.
func (b *builder) addHealth(object *flux.Object) {
	for _, target := range b.health(object) {
		b.link(object.ID, target.id, Health)
		b.nodes[target.id].told(target.apiVersion, "")
	}
}

// link returns the edge between the two, making it and its end where they are
// not there yet.
func (b *builder) link(from, to flux.ID, kind EdgeType) *Edge {
	if b.nodes[to] == nil {
		node := &Node{ID: to, Object: b.index.Get(to), State: stateOfAbsent(b.snapshot, to)}
		if node.Object != nil {
			node.State = stateOf(node.Object, b.snapshot.Live)
		}
		b.addNode(node)
	}
	key := edgeKey{b.nodes[from], b.nodes[to], kind}
	if b.edges[key] == nil {
		edge := &Edge{From: from, To: to, Type: kind, from: key.from, to: key.to}
		b.edges[key] = edge
		b.edgeList = append(b.edgeList, edge)
	}
	return b.edges[key]
}

func (b *builder) graph() *Graph {
	g := New(b.snapshot.Live, b.nodeList, b.edgeList)
	for _, node := range g.Nodes {
		node.Isolated = len(g.needs[node.ID])+len(g.needy[node.ID]) == 0
	}
	b.number(g)
	d := b.search(g)
	g.markImplied(d.byID(g))
	b.findBehind(g)
	b.findNever(g)
	b.findStarved(g)
	b.findSuspendedWaits(g)
	g.joinDeadlocks()
	return g
}

// search finds what waits for itself: cycles, deadlocks and frozen sources.
func (b *builder) search(g *Graph) dependencies {
	d := g.findDependencies()
	g.findCycles(d)
	g.closeCycles(d)
	g.findDeadlocks(b.waits(g, d))
	g.findFrozen()
	return d
}

// number gives the nodes their numbers and their parents.
func (b *builder) number(g *Graph) {
	for i, node := range g.Nodes {
		node.number = i
		if node.Object != nil {
			node.parent = g.nodes[b.parents[node.Object]]
		}
	}
}

func (b *builder) findParents() {
	b.parents, b.children = parents(b.snapshot, b.index), map[flux.ID][]flux.ID{}
	for i := range b.snapshot.Objects {
		object := &b.snapshot.Objects[i]
		if parent, ok := b.parents[object]; ok && object.HasDependsOn() {
			b.children[parent] = append(b.children[parent], object.ID)
		}
	}
}
