package render

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
)

// writeMermaid writes a Mermaid flowchart. Arrows point from what needs to what
// is needed, which stands above.
func writeMermaid(w io.Writer, g *graph.Graph, o Options) error {
	var b strings.Builder
	b.WriteString("flowchart BT\n")
	numbers := make(map[flux.ID]int, len(g.Nodes))
	for i, node := range g.Nodes {
		numbers[node.ID] = i
	}
	for i, group := range o.Group.split(g.Nodes) {
		indent := "  "
		if group.title != "" {
			fmt.Fprintf(&b, "  subgraph g%d[\"%s\"]\n", i, mermaidEscape(group.title))
			indent = "    "
		}
		for _, id := range group.ids {
			fmt.Fprintf(&b, "%sn%d[\"%s\"]\n", indent, numbers[id], mermaidLabel(g.Node(id)))
		}
		if group.title != "" {
			b.WriteString("  end\n")
		}
	}
	for _, edge := range g.Edges {
		fmt.Fprintf(&b, "  n%d %s n%d\n", numbers[edge.From], mermaidArrow(edge), numbers[edge.To])
	}
	b.WriteString(mermaidClasses(g.Nodes))
	_, err := io.WriteString(w, b.String())
	return err
}

func mermaidLabel(node *graph.Node) string {
	lines := pictureLabel(node)
	for i, line := range lines {
		lines[i] = mermaidEscape(line)
	}
	return strings.Join(lines, "<br/>")
}

func mermaidArrow(edge *graph.Edge) string {
	switch edge.Type {
	case graph.Source:
		return "-.->|source|"
	case graph.Health:
		return "-.->|health|"
	case graph.Parent:
		return "---|parent|"
	}
	if label := troubleLabel(edge.Verdict); label != "" {
		return fmt.Sprintf("-->|%s|", label)
	}
	return "-->"
}

// mermaidClasses colours the nodes by their state.
func mermaidClasses(nodes []*graph.Node) string {
	members := map[graph.State][]string{}
	colored := map[graph.State]colors{}
	for i, node := range nodes {
		members[node.State] = append(members[node.State], fmt.Sprintf("n%d", i))
		colored[node.State] = pictureColors(node)
	}
	var b strings.Builder
	for _, state := range graph.States() {
		if state == graph.Unknown || len(members[state]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "  classDef %s fill:%s,stroke:%s,color:#000000\n", state, colored[state].fill, colored[state].line)
		fmt.Fprintf(&b, "  class %s %s\n", strings.Join(members[state], ","), state)
	}
	return b.String()
}

// mermaidEscape writes everything but letters, digits and a few signs as
// Mermaid's numeric entities: its labels are read as Markdown and HTML.
func mermaidEscape(text string) string {
	var b strings.Builder
	for _, r := range output.Text(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" -./:", r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "#%d;", r)
	}
	return b.String()
}
