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
	for _, line := range findings(g) {
		line = output.Text(line)
		if o.Color {
			line = output.Red.Paint(line)
		}
		b.WriteString(line + "\n")
	}
	b.WriteString(notShown(o))
	b.WriteString(assumed(g))
	if withoutStatus(g) {
		b.WriteString("Files have no status: whether a dependency is ready is not known.\n")
	}
	if o.Unread > 0 {
		b.WriteString("Not judged: " + plural(o.Unread, "file", "files") + " that no build reads.\n")
	}
	if o.Check != nil {
		b.WriteString(CheckText(o.Check))
	}
	return b.String()
}

// assumed counts the dependencies that were found by their names alone.
func assumed(g *graph.Graph) string {
	count := 0
	for _, edge := range g.Edges {
		if edge.Assumed {
			count++
		}
	}
	if count == 0 {
		return ""
	}
	return plural(count, "dependency is", "dependencies are") + " matched by name alone: one of the two objects states no namespace.\n"
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
	missing := 0
	for _, node := range g.Nodes {
		if node.State == graph.Missing {
			missing++
		}
	}
	line := plural(len(g.Nodes)-missing, "object", "objects")
	if missing > 0 {
		line += fmt.Sprintf(" and %d missing", missing)
	}
	dependencies, verdicts := dependencies(g)
	line += ", " + plural(dependencies, "dependency", "dependencies")
	if len(verdicts) > 0 {
		line += ": " + strings.Join(verdicts, ", ")
	}
	return line + "\n"
}

// dependencies counts them, and how many have which verdict; where none could
// be judged at all that goes without saying.
func dependencies(g *graph.Graph) (total int, verdicts []string) {
	counts := map[verdict.Verdict]int{}
	for _, edge := range g.Edges {
		if edge.Type == graph.DependsOn {
			counts[edge.Verdict]++
			total++
		}
	}
	if counts[verdict.Unknown] == total {
		return total, nil
	}
	for _, v := range verdict.All() {
		if counts[v] > 0 {
			verdicts = append(verdicts, fmt.Sprintf("%d %s", counts[v], v))
		}
	}
	return total, verdicts
}

// findings says, in a line each, what is wrong with several objects at once.
func findings(g *graph.Graph) []string {
	var lines []string
	for _, cycle := range g.Cycles {
		lines = append(lines, "cycle: "+cyclePath(cycle))
	}
	for _, deadlock := range g.Deadlocks {
		lines = append(lines, "deadlock: "+deadlockPath(deadlock))
	}
	for _, frozen := range g.Frozen {
		lines = append(lines, "frozen source: "+frozenText(frozen))
	}
	for _, starved := range g.Starved {
		lines = append(lines, "starved workers: "+starvedText(starved))
	}
	return lines
}

// deadlockPath reads as one sentence.
func deadlockPath(deadlock graph.Deadlock) string {
	var b strings.Builder
	b.WriteString(shortName(deadlock[0].From))
	for i, wait := range deadlock {
		if i > 0 {
			b.WriteString(", which")
		}
		b.WriteString(waitWords(wait.Type) + shortName(wait.To))
	}
	return b.String()
}

func waitWords(kind graph.EdgeType) string {
	switch kind {
	case graph.Health:
		return " is ready only after "
	case graph.Parent:
		return " is applied by "
	default:
		return " depends on "
	}
}

func frozenText(frozen graph.Frozen) string {
	shard := ""
	if frozen.Shard != "" {
		shard = " of shard " + frozen.Shard
	}
	text := fmt.Sprintf("%s: its %s%s get new revisions at their interval only, because of the dependsOn cycle %s",
		shortName(frozen.Source), plural(len(frozen.Users), "Kustomization", "Kustomizations"), shard, cyclePath(frozen.Cycles[0]))
	if more := len(frozen.Cycles) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	if len(frozen.Behind) > 0 {
		text += fmt.Sprintf("; %d behind", len(frozen.Behind))
	}
	return text
}

func starvedText(starved graph.Starved) string {
	controller := flux.ControllerName(flux.Kustomization)
	if starved.Shard != "" {
		controller += " of shard " + starved.Shard
	}
	return fmt.Sprintf("%s (--concurrent) of %s run health checks, and %s that these wait for cannot start",
		plural(starved.Workers, "worker", "workers"), controller, plural(len(starved.Children), "object", "objects"))
}

func cyclePath(cycle []flux.ID) string {
	var names []string
	for _, id := range append(cycle[:len(cycle):len(cycle)], cycle[0]) {
		names = append(names, shortName(id))
	}
	return strings.Join(names, " → ")
}

// notShown counts what the picture leaves out, and says what shows it.
func notShown(o Options) string {
	var b strings.Builder
	if o.Folded > 0 {
		b.WriteString("Not shown: " + plural(o.Folded, "object", "objects") + " without dependencies")
		if o.FoldedTroubled > 0 {
			fmt.Fprintf(&b, ", %d of them not ready", o.FoldedTroubled)
		}
		b.WriteString(" (--all shows all)\n")
	}
	if o.Implied > 0 {
		b.WriteString("Not drawn: " + plural(o.Implied, "implied dependency", "implied dependencies") + " (--full draws all)\n")
	}
	return b.String()
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
