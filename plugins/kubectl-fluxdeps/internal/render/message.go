package render

import (
	"fmt"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// messageCell says what is wrong with the line, in the order of what helps:
// the dependency above, the object itself, what the controller says to it.
func messageCell(l line, o Options) output.Cell {
	parts := dependencyMessage(l.edge)
	if l.again {
		parts = append(parts, l.shownAt())
	} else {
		parts = append(parts, nodeMessage(l, o)...)
	}
	text := oneLine(strings.Join(parts, "; "))
	if o.Format != "wide" {
		text = shortDigests(text)
	}
	return output.Cell{Text: output.Text(text)}
}

// oneLine makes one line of a message of several, as Helm and CEL write them.
func oneLine(text string) string {
	if !strings.ContainsAny(text, "\r\n") {
		return text
	}
	return strings.Join(strings.Fields(text), " ")
}

// dependencyMessage tells why an edge is not met, where the line of the object
// that is needed does not say it already.
func dependencyMessage(edge *graph.Edge) []string {
	switch {
	case edge == nil || edge.Verdict == verdict.OK:
		return nil
	case !edge.BeyondReady && (edge.Verdict == verdict.NotReady || edge.Verdict == verdict.Reconciling), edge.Assumed:
		return present(edge.Hint)
	default:
		return present(edge.Detail, edge.Hint)
	}
}

// nodeMessage tells what the object's own status has to say, and which of its
// dependencies stand elsewhere in the picture.
func nodeMessage(l line, o Options) []string {
	node := l.node
	var parts []string
	if node.Remote() {
		parts = append(parts, "applies to another cluster (spec.kubeConfig)")
	}
	if node.Object != nil && node.Object.MadeBy != nil {
		parts = append(parts, "made by "+shortName(*node.Object.MadeBy))
	}
	for _, edge := range l.elsewhere {
		parts = append(parts, elsewhereMessage(edge))
	}
	if node.Never != nil {
		parts = append(parts, node.Never.String())
	}
	explained := l.edge != nil && l.edge.Message == node.Message()
	switch {
	case node.ControllerSays != "":
		parts = append(parts, "controller's last word: "+node.ControllerSays)
	case o.Format == "wide" || node.State != graph.Ready && !explained:
		parts = append(parts, present(node.Message())...)
	}
	return append(parts, findingMessages(node, o)...)
}

// findingMessages says what keeps the object as it is, where its own status
// does not.
func findingMessages(node *graph.Node, o Options) []string {
	var parts []string
	if node.Behind != nil {
		parts = append(parts, behindMessage(node.Behind, o))
	}
	if node.Starved {
		parts = append(parts, "waits for a worker of the controller: all run health checks")
	}
	for _, id := range node.SuspendedWaits {
		parts = append(parts, fmt.Sprintf("waits for %s, which is suspended: resume it", shortName(id)))
	}
	return parts
}

// behindMessage names the revision that was applied and the one to apply.
func behindMessage(behind *graph.Behind, o Options) string {
	text := "at " + behind.From
	if behind.From == "" {
		text = "nothing applied yet"
	}
	text += fmt.Sprintf(", but %s is at %s", shortName(behind.Source), behind.To)
	if !behind.Since.IsZero() {
		text += " for " + age(o.Now, behind.Since)
	}
	switch behind.Why {
	case graph.LagFrozen:
		text += ": frozen by the dependsOn cycle " + cyclePath(behind.Cycle)
		if behind.Interval != "" {
			text += ", so that it comes at the interval of " + behind.Interval + " only"
		}
	case graph.LagSuspended:
		text += ": suspended"
	case graph.LagUnknown:
		text += ": not looked at since"
	case graph.LagReconciling, graph.LagFailed, graph.LagDependency: // the status says so
	}
	return text
}

// elsewhereMessage names a dependency that is not drawn above the line.
func elsewhereMessage(edge *graph.Edge) string {
	text := "needs " + shortName(edge.To)
	if edge.Verdict != "" && edge.Verdict != verdict.Unknown {
		text += fmt.Sprintf(" (%s)", edge.Verdict)
	}
	return strings.Join(append([]string{text}, dependencyMessage(edge)...), ": ")
}

func present(texts ...string) []string {
	var out []string
	for _, text := range texts {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}
