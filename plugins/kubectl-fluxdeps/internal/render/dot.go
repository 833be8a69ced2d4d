package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// writeDOT writes Graphviz's language. Arrows point from what needs to what is
// needed, which stands above.
func writeDOT(w io.Writer, g *graph.Graph, o Options) error {
	var b strings.Builder
	b.WriteString("digraph dependencies {\n" +
		"  graph [rankdir=\"BT\", fontname=\"sans-serif\"]\n" +
		"  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\"]\n" +
		"  edge [fontname=\"sans-serif\", fontsize=10]\n")
	for i, group := range o.Group.split(g.Nodes) {
		indent := "  "
		if group.title != "" {
			fmt.Fprintf(&b, "  subgraph cluster_%d {\n    label=%s\n", i, dotQuote(group.title))
			indent = "    "
		}
		for _, id := range group.ids {
			b.WriteString(indent + dotNode(g.Node(id)))
		}
		if group.title != "" {
			b.WriteString("  }\n")
		}
	}
	for _, edge := range g.Edges {
		fmt.Fprintf(&b, "  %s -> %s%s\n", dotQuote(edge.From.String()), dotQuote(edge.To.String()), dotEdgeStyle(edge))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func dotNode(node *graph.Node) string {
	style := ""
	switch {
	case node.State == graph.Missing, node.State == graph.Forbidden:
		style = `, style="rounded,dashed"`
	case node.Suspended():
		style = `, style="rounded,filled,dotted"`
	}
	if message := node.Message(); message != "" {
		style += ", tooltip=" + dotQuote(message)
	}
	return fmt.Sprintf("%s [label=\"%s\", fillcolor=%q, color=%q%s]\n",
		dotQuote(node.ID.String()), strings.Join(dotLabel(node), `\n`),
		pictureColors(node).fill, pictureColors(node).line, style)
}

// dotLabel returns the lines of a node's label, escaped.
func dotLabel(node *graph.Node) []string {
	lines := pictureLabel(node)
	for i, line := range lines {
		lines[i] = dotEscape(line)
	}
	return lines
}

func dotEdgeStyle(edge *graph.Edge) string {
	var attributes []string
	switch edge.Type {
	case graph.Source:
		attributes = append(attributes, "style=dotted", "label=source")
	case graph.Health:
		attributes = append(attributes, "style=dashed", "label=health")
	case graph.Parent:
		attributes = append(attributes, "arrowhead=empty", "label=parent")
	case graph.DependsOn:
		if label := troubleLabel(edge.Verdict); label != "" {
			attributes = append(attributes, "label="+dotQuote(label), "color="+dotQuote(edgeColor(edge.Verdict)))
		}
	}
	if len(attributes) == 0 {
		return ""
	}
	return " [" + strings.Join(attributes, ", ") + "]"
}

func dotQuote(text string) string { return `"` + dotEscape(text) + `"` }

// dotSyntax is what means something in a double-quoted string: Graphviz reads
// backslash sequences and HTML entities in labels.
var dotSyntax = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;")

func dotEscape(text string) string { return dotSyntax.Replace(output.Text(text)) }

// troubleLabel names a verdict in a picture, where what is met needs no word.
func troubleLabel(v verdict.Verdict) string {
	if met, _ := v.Met(); met || v == verdict.Unknown {
		return ""
	}
	return string(v)
}
