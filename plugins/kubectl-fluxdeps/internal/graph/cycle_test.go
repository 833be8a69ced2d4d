package graph

import (
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

func TestCycles(t *testing.T) {
	inCycle := func(e *Edge) bool { return e.Verdict == verdict.Cycle }
	for _, c := range []struct{ name, graph, cycles, edges string }{
		{"none", "a: b c; b: c; c", "", ""},
		{"a missing dependency is none", "a: b", "", ""},
		{"of one", "a: a b; b", "a>a", "a>a"},
		{"of two", "a: b; b: a", "a>b>a", "a>b b>a"},
		{"of three, with others around", "z: c; a: b; b: c x; c: a; x", "a>b>c>a", "a>b b>c c>a"},
		{"two apart", "a: b; b: a; c: d; d: c a", "a>b>a c>d>c", "a>b b>a c>d d>c"},
		{"two in one knot: the shortest through the first", "a: b d; b: c; c: a; d: a", "a>d>a", "a>b a>d b>c c>a d>a"},
		{"the first is that of the lowest name", "c: b; b: a; a: c", "a>c>b>a", "a>c b>a c>b"},
		{"the shortest, not the first found", "a: b; b: c d; c: d; d: a", "a>b>d>a", "a>b b>c b>d c>d d>a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := build(t, live(parse(c.graph)...))
			equal(t, "cycles", cycles(g), c.cycles)
			equal(t, "edges in cycles", edges(g, inCycle), c.edges)
		})
	}
}

// TestLongCycle has one that no recursion would stand.
func TestLongCycle(t *testing.T) {
	const length = 50_000
	objects := make([]flux.Object, length)
	for i := range objects {
		objects[i] = object(numbered(i), numbered((i+1)%length))
	}
	g := build(t, live(objects...))
	if len(g.Cycles) != 1 || len(g.Cycles[0]) != length {
		t.Errorf("%d cycles", len(g.Cycles))
	}
}

// TestHealthCycle: a parent that waits for a child that depends on the parent
// is a cycle that dependsOn alone does not show.
func TestHealthCycle(t *testing.T) {
	parent, child := object("parent"), object("child", "parent")
	parent.HealthChecks = []flux.Reference{{Kind: flux.Kustomization, Name: "child", Namespace: "ns"}}
	equal(t, "with dependsOn", cycles(build(t, live(parent, child))), "")
	g := build(t, live(parent, child), DependsOn, Health)
	equal(t, "with health", cycles(g), "child>parent>child")
	// Who applies whom and what is read from where makes nobody wait.
	child.Labels = map[string]string{"kustomize.toolkit.fluxcd.io/name": "parent", "kustomize.toolkit.fluxcd.io/namespace": "ns"}
	equal(t, "with parent", cycles(build(t, live(object("parent", "child"), child), Parent, Source)), "")
}

// TestCycleVerdict: what a cycle hides is kept beside it.
func TestCycleVerdict(t *testing.T) {
	a, b := object("a", "b"), object("b", "a")
	b.Status.Conditions[0].Status = "False"
	g := build(t, live(a, b))
	for _, edge := range g.Edges {
		met, known := edge.Met()
		if want := edge.To == id("a"); met != want || !known || edge.Verdict != verdict.Cycle {
			t.Errorf("%s > %s: met %v, %v, verdict %s", edge.From, edge.To, met, known, edge.Verdict)
		}
	}
	if !g.Broken() {
		t.Error("not broken")
	}
}
