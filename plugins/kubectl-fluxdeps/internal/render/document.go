// Package render writes a graph: as text for people, as pictures (DOT,
// Mermaid), and as documents for programs. Every name and message is taken
// for hostile and escaped for the syntax it lands in.
package render

import (
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
)

// Document returns the graph as the documented API type.
func Document(g *graph.Graph, o Options) v1alpha1.DependencyGraph {
	doc := v1alpha1.DependencyGraph{
		APIVersion: v1alpha1.APIVersion, Kind: v1alpha1.DependencyGraphKind,
		Source: "files", Entry: o.Entry, Summary: summarise(g), Warnings: o.Warnings, Check: documentCheck(o.Check),
		Nodes: make([]v1alpha1.Node, 0, len(g.Nodes)), Edges: make([]v1alpha1.Edge, 0, len(g.Edges)),
	}
	if g.Live {
		doc.Source = "cluster"
	}
	for _, node := range g.Nodes {
		doc.Nodes = append(doc.Nodes, documentNode(node))
	}
	for _, edge := range g.Edges {
		doc.Edges = append(doc.Edges, documentEdge(edge))
	}
	doc.Cycles = idLists(g.Cycles)
	documentFindings(&doc, g)
	return doc
}

func summarise(g *graph.Graph) v1alpha1.Summary {
	s := v1alpha1.Summary{
		Nodes: len(g.Nodes), Edges: len(g.Edges), Cycles: len(g.Cycles),
		Deadlocks: len(g.Deadlocks), FrozenSources: len(g.Frozen), StarvedWorkers: len(g.Starved),
		States: map[string]int{}, Verdicts: map[string]int{},
	}
	for _, node := range g.Nodes {
		s.States[string(node.State)]++
		if node.Isolated {
			s.Isolated++
		}
	}
	for _, edge := range g.Edges {
		if edge.Verdict != "" {
			s.Verdicts[string(edge.Verdict)]++
		}
	}
	return s
}

func documentNode(node *graph.Node) v1alpha1.Node {
	out := v1alpha1.Node{
		ID: node.ID.String(), Kind: node.Kind, Namespace: node.Namespace, Name: node.Name,
		State: string(node.State), Reason: node.Reason(), Message: node.Message(), Since: known(node.Since()),
		Suspended: node.Suspended(), Revision: node.Revision(), Isolated: node.Isolated,
		ControllerSays: node.ControllerSays, APIVersion: node.APIVersion,
		Remote: node.Remote(), Terminating: node.Terminating(),
		NeverReconciled: documentNever(node.Never), Behind: documentBehind(node.Behind),
		Starved: node.Starved, SuspendedWaits: ids(node.SuspendedWaits),
	}
	if object := node.Object; object != nil {
		out.APIVersion = object.APIVersion
		if object.Source != nil {
			out.Source = object.Source.In(object.Namespace).String()
		}
		if object.MadeBy != nil {
			out.MadeBy = object.MadeBy.String()
		}
		if object.Origin != nil {
			out.File, out.Line = object.Origin.File, object.Origin.Line
		}
	}
	return out
}

func documentEdge(edge *graph.Edge) v1alpha1.Edge {
	out := v1alpha1.Edge{
		From: edge.From.String(), To: edge.To.String(), Type: string(edge.Type),
		Verdict: string(edge.Verdict), Message: edge.Message, Detail: edge.Detail, Hint: edge.Hint,
		Implied: edge.Implied, Assumed: edge.Assumed, Line: edge.Line, File: edge.File,
	}
	if met, known := edge.Met(); known {
		out.Met = &met
	}
	return out
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func ids(path []flux.ID) []string {
	if len(path) == 0 {
		return nil
	}
	out := make([]string, len(path))
	for i, id := range path {
		out[i] = id.String()
	}
	return out
}
