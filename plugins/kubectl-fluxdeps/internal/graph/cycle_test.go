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

// TestLooseEdges: an entry that may let its object pass before the other is
// ready closes no cycle, and does not say what a path of others says.
func TestLooseEdges(t *testing.T) {
	entry := func(from string, dep flux.Dependency) flux.Object {
		o := object(from)
		o.DependsOn = append(o.DependsOn, dep)
		return o
	}
	rset := func(from, to string, change func(*flux.Dependency)) flux.Object {
		dep := flux.Dependency{APIVersion: "fluxcd.controlplane.io/v1", Kind: flux.ResourceSet, Namespace: "ns", Name: to}
		change(&dep)
		return entry("ResourceSet/"+from, dep)
	}
	exists, ready := func(*flux.Dependency) {}, func(d *flux.Dependency) { d.Ready = true }
	expr := func(d *flux.Dependency) { d.Ready, d.ReadyExpr = true, "true" }
	onB := flux.Dependency{Name: "b", ReadyExpr: "true"}
	twice := func(one, other flux.Dependency) flux.Object {
		a := entry("a", one)
		a.DependsOn = append(a.DependsOn, other)
		return a
	}
	leaving := object("a", "b")
	leaving.Terminating = true
	for _, c := range []struct {
		name     string
		objects  []flux.Object
		additive bool
		cycles   string
	}{
		{"an expression of its own", []flux.Object{entry("a", onB), object("b", "a")}, false, ""},
		{"one that is asked in addition", []flux.Object{entry("a", onB), object("b", "a")}, true, "a>b>a"},
		{"written twice, first without", []flux.Object{twice(flux.Dependency{Name: "b"}, onB), object("b", "a")}, false, "a>b>a"},
		{"written twice, then without", []flux.Object{twice(onB, flux.Dependency{Name: "b"}), object("b", "a")}, false, "a>b>a"},
		{"written twice, never without", []flux.Object{twice(onB, onB), object("b", "a")}, false, ""},
		{"on itself", []flux.Object{entry("b", onB)}, false, ""},
		{"ResourceSets that ask for existence", []flux.Object{rset("a", "b", exists), rset("b", "a", ready)}, false, ""},
		{"ResourceSets that ask an expression", []flux.Object{rset("a", "b", expr), rset("b", "a", ready)}, false, ""},
		{"ResourceSets that ask for readiness", []flux.Object{rset("a", "b", ready), rset("b", "a", ready)}, false, "ResourceSet/a>ResourceSet/b>ResourceSet/a"},
		{"one is being deleted, and asks no more", []flux.Object{leaving, object("b", "a")}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			snapshot := live(c.objects...)
			snapshot.AdditiveReadyExpr = map[string]bool{flux.Kustomization: c.additive}
			g := build(t, snapshot)
			equal(t, "cycles", cycles(g), c.cycles)
			closed := edges(g, func(e *Edge) bool { return e.Verdict == verdict.Cycle })
			if (closed == "") != (c.cycles == "") {
				t.Errorf("in cycles: %q", closed)
			}
		})
	}
}

// TestNoHealthCycle: the controller does not wait for itself, and what lies on
// another cluster is none of these objects.
func TestNoHealthCycle(t *testing.T) {
	check := []flux.Reference{
		{APIVersion: "kustomize.toolkit.fluxcd.io/v1", Kind: flux.Kustomization, Name: "a", Namespace: "ns"},
		{APIVersion: "kustomize.toolkit.fluxcd.io/v1", Kind: flux.Kustomization, Name: "b", Namespace: "ns"},
	}
	checks, waits := object("a"), object("a")
	checks.HealthChecks = check
	waits.Wait, waits.Status.Inventory = true, flux.Inventory{id("a"), id("b")}
	for _, a := range []flux.Object{checks, waits} {
		equal(t, "on itself", edges(build(t, live(a, object("b")), Health), all), "a>b")
		a.Remote = true
		g := build(t, live(a, object("b", "a")), DependsOn, Health)
		equal(t, "on another cluster", edges(g, all), "b>a")
		equal(t, "on another cluster", cycles(g), "")
	}
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
		says := ""
		if met {
			says = "passes for now, but after the next change to both each waits for the other"
		}
		equal(t, edge.To.Name+"'s detail", edge.Detail, says)
	}
}
