package graph

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// searchSizes are the numbers of objects that the search for cycles is measured
// with.
func searchSizes() []int { return []int{1_000, 10_000, 100_000} }

// knotted returns n objects of one source: chains of a hundred, each applied by
// the object before it, every tenth with a wait for its children, and every
// thousandth with a cycle and a deadlock.
func knotted(n int) *flux.Snapshot {
	const chain = 100
	snapshot := live()
	for i := range n {
		o := with(object(name(i)), of("fleet"))
		if i%chain > 0 {
			under(name(i - 1))(&o)
			o.DependsOn = []flux.Dependency{{Name: name(i - i%chain)}}
		}
		switch i % 1000 {
		case 0:
			o.DependsOn = append(o.DependsOn, flux.Dependency{Name: name(i + 1)})
		case 550:
			checks(name(i + 1))(&o)
		case 551:
			o.DependsOn = append(o.DependsOn, flux.Dependency{Name: name(i - 1)})
		}
		o.Wait = i%10 == 9
		snapshot.Objects = append(snapshot.Objects, o)
	}
	return snapshot
}

func name(i int) string { return fmt.Sprintf("n%06d", i) }

// newSearch returns a graph before the search, and what searches it.
func newSearch(tb testing.TB, snapshot *flux.Snapshot) (*Graph, *builder) {
	tb.Helper()
	b := newBuilder(snapshot)
	b.addAll(tb.Context(), []EdgeType{DependsOn})
	g := New(true, b.nodeList, b.edgeList)
	b.number(g)
	return g, b
}

// work counts the arcs that the search for deadlocks looks at, which is the
// largest of the three.
func work(g *Graph, b *builder) int {
	w := b.waits(g, g.findDependencies())
	t := newTarjan(w.arcs)
	looked := t.looked
	for _, first := range w.arcs.knots(t.component) {
		for _, v := range []int{first, first ^ 1} {
			_, some := w.arcs.searchCycle(v, t.component)
			looked += some
		}
	}
	return looked
}

// BenchmarkSearch searches for cycles, deadlocks and frozen sources. CPU time
// and arcs looked at are given for each node, so that they stay as they are
// where the search is linear.
func BenchmarkSearch(b *testing.B) {
	for _, n := range searchSizes() {
		b.Run(fmt.Sprintf("nodes=%d", n), func(b *testing.B) {
			g, builder := newSearch(b, knotted(n))
			runtime.GC() // the graph is older than the search
			started := cpuTime(b)
			for b.Loop() {
				g.Deadlocks = nil
				builder.search(g)
			}
			b.ReportMetric(float64(cpuTime(b)-started)/float64(b.N)/float64(n), "cpu-ns/node")
			b.ReportMetric(float64(work(g, builder))/float64(n), "arcs/node")
		})
	}
}

// TestSearchIsLinear counts: a hundred times the objects are a hundred times the
// work.
func TestSearchIsLinear(t *testing.T) {
	sizes := searchSizes()
	var each []float64
	for _, n := range sizes {
		g, builder := newSearch(t, knotted(n))
		builder.search(g)
		if found := len(g.Cycles); found != n/1000 {
			t.Errorf("%d objects: %d cycles", n, found)
		}
		if found := len(g.Deadlocks); found < n/1000 {
			t.Errorf("%d objects: %d deadlocks", n, found)
		}
		each = append(each, float64(work(g, builder))/float64(n))
	}
	if last := each[len(each)-1]; last > 1.1*each[0] {
		t.Errorf("arcs looked at for each object: %v with %v objects", each, sizes)
	}
}
