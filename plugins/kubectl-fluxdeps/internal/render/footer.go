package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// footer sums up what stands above it, and names what does not.
func footer(g *graph.Graph, o Options) string {
	var b strings.Builder
	b.WriteString(totals(g))
	for _, cycle := range g.Cycles {
		line := "cycle: " + output.Text(cyclePath(cycle))
		if o.Color {
			line = output.Red.Paint(line)
		}
		b.WriteString(line + "\n")
	}
	b.WriteString(foldedLine(o))
	if withoutStatus(g) {
		b.WriteString("Files have no status: whether a dependency is ready is not known.\n")
	}
	return b.String()
}

// withoutStatus reports whether objects come from files without a status; what
// kubectl wrote to a file has one.
func withoutStatus(g *graph.Graph) bool {
	return !g.Live && slices.ContainsFunc(g.Nodes, func(n *graph.Node) bool {
		return n.Object != nil && n.Object.Status == nil
	})
}

// totals counts objects and the verdicts on their dependencies.
func totals(g *graph.Graph) string {
	counts := map[verdict.Verdict]int{}
	dependencies := 0
	for _, edge := range g.Edges {
		if edge.Type == graph.DependsOn {
			counts[edge.Verdict]++
			dependencies++
		}
	}
	var parts []string
	for _, v := range verdict.All() {
		if counts[v] > 0 && v != verdict.Unknown {
			parts = append(parts, fmt.Sprintf("%d %s", counts[v], v))
		}
	}
	line := fmt.Sprintf("%s, %s", plural(len(g.Nodes), "object", "objects"), plural(dependencies, "dependency", "dependencies"))
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	}
	return line + "\n"
}

func cyclePath(cycle []flux.ID) string {
	var names []string
	for _, id := range append(cycle[:len(cycle):len(cycle)], cycle[0]) {
		names = append(names, shortName(id))
	}
	return strings.Join(names, " → ")
}

func foldedLine(o Options) string {
	if o.Folded == 0 {
		return ""
	}
	line := "Not shown: " + plural(o.Folded, "object", "objects") + " without dependencies"
	if o.FoldedTroubled > 0 {
		line += fmt.Sprintf(", %d of them not ready", o.FoldedTroubled)
	}
	return line + " (--all shows all)\n"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
