package graph

import (
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// chain is a > b > c > d > e, with x beside: x > c.
const chain = "a: b; b: c; c: d; d: e; e; x: c; lone"

func TestAround(t *testing.T) {
	for _, c := range []struct {
		name  string
		focus Focus
		on    string
		want  string
	}{
		{"both ways", Focus{}, "c", "a b c d e x"},
		{"what it needs", Focus{Up: true}, "c", "c d e"},
		{"what needs it", Focus{Down: true}, "c", "a b c x"},
		{"both, said", Focus{Up: true, Down: true}, "c", "a b c d e x"},
		{"one step", Focus{Depth: 1}, "c", "b c d x"},
		{"one step up", Focus{Up: true, Depth: 1}, "c", "c d"},
		{"two steps", Focus{Depth: 2}, "c", "a b c d e x"},
		{"not the neighbours' neighbours", Focus{}, "d", "a b c d e x"},
		{"down from a need is not followed", Focus{}, "a", "a b c d e"},
		{"two at once", Focus{Up: true, Depth: 1}, "a x", "a b c x"},
		{"alone", Focus{}, "lone", "lone"},
		{"nothing", Focus{}, "gone", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := build(t, live(parse(chain)...))
			for name := range strings.FieldsSeq(c.on) {
				c.focus.Patterns = append(c.focus.Patterns, flux.Pattern{Kind: flux.Kustomization, Name: name})
			}
			equal(t, "nodes", nodes(g.Around(c.focus)), c.want)
			if unmatched := c.focus.Unmatched(g); (len(unmatched) > 0) != (c.on == "gone") {
				t.Errorf("unmatched: %v", unmatched)
			}
		})
	}
}

// TestAroundCycle: a way round ends.
func TestAroundCycle(t *testing.T) {
	g := build(t, live(parse("a: b; b: c; c: a; d: a")...))
	around := g.Around(Focus{Patterns: []flux.Pattern{{Kind: flux.Kustomization, Name: "b"}}, Up: true})
	equal(t, "nodes", nodes(around), "a b c")
	equal(t, "cycles", cycles(around), "a>b>c>a")
}

func TestSubgraph(t *testing.T) {
	g := build(t, live(parse("a: b c; b: a c; c: d; d; e: e")...))
	without := func(names string) *Graph {
		return g.Subgraph(func(n *Node) bool { return !strings.Contains(names, n.Name) })
	}
	equal(t, "all", edges(without(""), all), "a>b a>c b>a b>c c>d e>e")
	equal(t, "without b", edges(without("b"), all), "a>c c>d e>e")
	equal(t, "cycles without b", cycles(without("b")), "e>e")
	equal(t, "nodes without c", nodes(without("c")), "a b d e")
	if d := without("c").Node(id("d")); d == nil || d.Isolated {
		t.Error("d is isolated in the whole graph too")
	}
}

func TestReduced(t *testing.T) {
	objects := parse("a: b c; b: c; c; d: e f; e: f; f")
	objects[5].Status.Conditions[0].Status = "False"
	g := build(t, live(objects...))
	equal(t, "implied", edges(g, implied), "a>c d>f")
	// d > f is what one looks for: f is not ready.
	equal(t, "reduced", edges(g.Reduced(), all), "a>b b>c d>e d>f e>f")
	equal(t, "nodes", nodes(g.Reduced()), nodes(g))

	files := &flux.Snapshot{Objects: parse("a: b c; b: c; c")}
	for i := range files.Objects {
		files.Objects[i].Status = nil
	}
	equal(t, "of files", edges(build(t, files).Reduced(), all), "a>b b>c")
}
