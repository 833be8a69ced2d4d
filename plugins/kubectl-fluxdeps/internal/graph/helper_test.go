package graph

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// id is a Kustomization of namespace ns, where the tables name no other kind.
func id(name string) flux.ID {
	if kind, rest, ok := strings.Cut(name, "/"); ok {
		return flux.ID{Kind: kind, Namespace: "ns", Name: rest}
	}
	return flux.ID{Kind: flux.Kustomization, Namespace: "ns", Name: name}
}

// object returns an object that is ready and depends on others by name.
func object(name string, deps ...string) flux.Object {
	o := flux.Object{ID: id(name), Generation: 1, Status: &flux.Status{
		ObservedGeneration: 1, LastAppliedRevision: "r1",
		Conditions: []flux.Condition{{Type: "Ready", Status: "True", Reason: "ReconciliationSucceeded", Message: "done"}},
	}}
	for _, dep := range deps {
		o.DependsOn = append(o.DependsOn, flux.Dependency{Name: dep})
	}
	return o
}

// parse reads a graph as "a: b c; b: c" states it: what each depends on.
func parse(text string) []flux.Object {
	var objects []flux.Object
	for line := range strings.SplitSeq(text, ";") {
		name, deps, _ := strings.Cut(line, ":")
		objects = append(objects, object(strings.TrimSpace(name), strings.Fields(deps)...))
	}
	return objects
}

func live(objects ...flux.Object) *flux.Snapshot { return &flux.Snapshot{Live: true, Objects: objects} }

func build(t *testing.T, snapshot *flux.Snapshot, types ...EdgeType) *Graph {
	t.Helper()
	if len(types) == 0 {
		types = []EdgeType{DependsOn}
	}
	return Build(t.Context(), snapshot, types...)
}

func show(id flux.ID) string {
	if id.Kind == flux.Kustomization && id.Namespace == "ns" {
		return id.Name
	}
	return strings.Replace(id.String(), "/ns/", "/", 1)
}

// nodes lists the names of the graph's nodes.
func nodes(g *Graph) string {
	var names []string
	for _, node := range g.Nodes {
		names = append(names, show(node.ID))
	}
	return strings.Join(names, " ")
}

// edges lists the edges that keep wants, as from>to.
func edges(g *Graph, keep func(*Edge) bool) string {
	var list []string
	for _, edge := range g.Edges {
		if keep(edge) {
			list = append(list, show(edge.From)+">"+show(edge.To))
		}
	}
	return strings.Join(list, " ")
}

func all(*Edge) bool { return true }

func implied(e *Edge) bool { return e.Implied }

func cycles(g *Graph) string {
	var list []string
	for _, cycle := range g.Cycles {
		var names []string
		for _, id := range append(slices.Clone(cycle), cycle[0]) {
			names = append(names, show(id))
		}
		list = append(list, strings.Join(names, ">"))
	}
	return strings.Join(list, " ")
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func numbered(i int) string { return fmt.Sprintf("n%02d", i) }
