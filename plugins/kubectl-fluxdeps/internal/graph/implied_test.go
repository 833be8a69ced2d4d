package graph

import (
	"math/rand/v2"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

func TestImplied(t *testing.T) {
	for _, c := range []struct{ name, graph, implied string }{
		{"a chain", "a: b; b: c; c", ""},
		{"a shortcut", "a: b c; b: c; c", "a>c"},
		{"a diamond", "a: b c; b: d; c: d; d", ""},
		{"a diamond with a shortcut", "a: b c d; b: d; c: d; d", "a>d"},
		{"a long way round", "a: b e; b: c; c: d; d: e; e", "a>e"},
		{"to a missing one", "a: b x; b: x", "a>x"},
		{"into a cycle none is", "a: b c; b: c; c: b", ""},
		{"out of a cycle none is, or the way out would be lost", "a: b c; b: a c; c", ""},
		{"past a cycle", "a: b d; b: c; c: b d; d", "a>d"},
		{"one that depends on itself", "a: a b; b", ""},
		{"on one that depends on itself", "a: b c; b: b; c", ""},
		{"past one that depends on itself", "a: b c; b: b c; c", "a>c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			equal(t, "implied", edges(build(t, live(parse(c.graph)...)), implied), c.implied)
		})
	}
}

// TestImpliedLoose: an expression of its own says something else than a path.
func TestImpliedLoose(t *testing.T) {
	loose := func(from, to string, deps ...string) flux.Object {
		o := object(from, deps...)
		o.DependsOn = append(o.DependsOn, flux.Dependency{Name: to, ReadyExpr: "true"})
		return o
	}
	equal(t, "the shortcut is loose", edges(build(t, live(loose("a", "c", "b"), object("b", "c"), object("c"))), implied), "")
	equal(t, "the path is loose", edges(build(t, live(object("a", "b", "c"), loose("b", "c"), object("c"))), implied), "")
}

// TestImpliedRandom compares with the definition on random graphs: an edge is
// implied where there is a path of two steps or more, and neither end is part
// of a cycle. Without the implied edges everything is still reached.
func TestImpliedRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		n := 2 + random.IntN(9)
		objects := randomObjects(random, n)
		g := build(t, live(objects...))
		reach := closure(n, g, all)
		for _, edge := range g.Edges {
			from, to := number(edge.From), number(edge.To)
			want := !reach[from][from] && !reach[to][to] && byDetour(g, reach, from, to)
			if edge.Implied != want {
				t.Fatalf("%s: implied %v, want %v, in %s", show(edge.From)+">"+show(edge.To), edge.Implied, want, edges(g, all))
			}
		}
		if kept := closure(n, g, func(e *Edge) bool { return !e.Implied }); !same(reach, kept) {
			t.Fatalf("without %s something is lost of %s", edges(g, implied), edges(g, all))
		}
	}
}

// randomObjects are acyclic half of the time.
func randomObjects(random *rand.Rand, n int) []flux.Object {
	acyclic, density := random.IntN(2) == 0, random.Float64()*0.6
	objects := make([]flux.Object, n)
	for i := range objects {
		objects[i] = object(numbered(i))
		for j := range n {
			if (j > i || !acyclic) && random.Float64() < density {
				objects[i].DependsOn = append(objects[i].DependsOn, flux.Dependency{Name: numbered(j)})
			}
		}
	}
	return objects
}

func number(id flux.ID) int { return int(id.Name[1]-'0')*10 + int(id.Name[2]-'0') }

// closure tells what is reached from where in one step or more
// (Floyd-Warshall).
func closure(n int, g *Graph, keep func(*Edge) bool) [][]bool {
	reach := make([][]bool, n)
	for i := range reach {
		reach[i] = make([]bool, n)
	}
	for _, edge := range g.Edges {
		if keep(edge) {
			reach[number(edge.From)][number(edge.To)] = true
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
			}
		}
	}
	return reach
}

// byDetour reports whether from reaches to by way of another that it needs.
func byDetour(g *Graph, reach [][]bool, from, to int) bool {
	for _, edge := range g.Needs(id(numbered(from))) {
		if by := number(edge.To); by != to && reach[by][to] {
			return true
		}
	}
	return false
}

func same(a, b [][]bool) bool {
	for i := range a {
		for j := range a[i] {
			if a[i][j] != b[i][j] {
				return false
			}
		}
	}
	return true
}
