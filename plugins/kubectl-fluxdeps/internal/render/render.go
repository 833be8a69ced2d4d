package render

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output/jsonpath"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/gate"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
)

// Formats lists the output formats. kubectl's go-template is not one: the
// package text/template keeps the linker from leaving out any method, which
// makes the binary a quarter larger.
func Formats() []string {
	return []string{"text", "wide", "dot", "mermaid", "json", "yaml", "name", jsonpath.Format}
}

// Structured reports whether the format is one for programs, which gets every
// node and edge.
func Structured(format string) bool {
	return format == "json" || format == "yaml" || Templated(format)
}

// Templated reports whether the format is a template of the user's.
func Templated(format string) bool { return jsonpath.Is(format) }

// Check reports whether the format is known and its template can be parsed.
func Check(format string) error {
	if jsonpath.Is(format) {
		return jsonpath.Check(format)
	}
	if !slices.Contains(Formats(), format) {
		return fmt.Errorf("--output=%q: want one of %s", format, strings.Join(Formats(), ", ")+"TEMPLATE")
	}
	return nil
}

// Options say how to write.
type Options struct {
	// Format is one of Formats.
	Format string
	// Width is the terminal's, 0 for none: then nothing is cut.
	Width int
	Color bool
	// NoHeaders leaves out the line of column names.
	NoHeaders bool
	// Group puts nodes that belong together in a part of their own.
	Group Grouping
	// Now is what ages are counted from.
	Now time.Time
	// Folded counts the isolated nodes that the graph was rid of, FoldedTroubled
	// those of them that are not ready.
	Folded, FoldedTroubled int
	// Implied counts the dependencies that are left out because they follow
	// from others.
	Implied int
	// Entry names the entry of a rendered tree; empty for none.
	Entry string
	// Unread counts the files that no build of the tree reads.
	Unread int
	// Warnings go into documents.
	Warnings []string
	// Check is the outcome of a check; nil where none was asked for.
	Check *gate.Report
}

// Write writes the graph.
func Write(w io.Writer, g *graph.Graph, o Options) error {
	switch o.Format {
	case "text", "wide":
		return writeText(w, g, o)
	case "dot":
		return writeDOT(w, g, o)
	case "mermaid":
		return writeMermaid(w, g, o)
	case "name":
		return writeNames(w, g)
	case "json":
		return output.WriteJSON(w, Document(g, o))
	case "yaml":
		return output.WriteYAML(w, Document(g, o))
	default:
		document := Document(g, o)
		return jsonpath.Write(w, &document, o.Format)
	}
}

func writeNames(w io.Writer, g *graph.Graph) error {
	var b strings.Builder
	for _, node := range g.Nodes {
		b.WriteString(output.Text(node.ID.String()) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
