package render

import (
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// colors are those of a box in a picture, light enough for black text.
type colors struct{ fill, line string }

func pictureColors(node *graph.Node) colors {
	switch node.State {
	case graph.Ready:
		return colors{"#e6f4ea", "#1e8e3e"}
	case graph.Reconciling, graph.Waiting, graph.Pending:
		return colors{"#fef7e0", "#b06000"}
	case graph.Failed, graph.Missing, graph.Forbidden:
		return colors{"#fce8e6", "#c5221f"}
	default:
		return colors{"#ffffff", "#5f6368"}
	}
}

// edgeColor is that of an edge which is not met.
func edgeColor(v verdict.Verdict) string {
	if v.Transient() || v == verdict.NotReady || v == verdict.Forbidden {
		return "#b06000"
	}
	return "#c5221f"
}

// pictureLabel returns the lines in a node's box: what it is, and how it does
// where that is known.
func pictureLabel(node *graph.Node) []string {
	state := stateWords(node)
	if len(state) == 0 {
		return []string{shortName(node.ID)}
	}
	return []string{shortName(node.ID), strings.Join(state, ", ")}
}

// stateWords tells how a node does, as far as that is known, and what else
// keeps it as it is.
func stateWords(node *graph.Node) []string {
	var words []string
	if node.State != graph.Unknown {
		words = append(words, string(node.State))
	}
	if node.Suspended() {
		words = append(words, "suspended")
	}
	if node.Terminating() {
		words = append(words, "terminating")
	}
	return words
}
