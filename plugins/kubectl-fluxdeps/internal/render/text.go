package render

import (
	"io"
	"regexp"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// writeText writes the tree as a table, group by group, and what it comes to.
func writeText(w io.Writer, g *graph.Graph, o Options) error {
	o.Group = o.Group.forText(g.Nodes, o)
	groups := o.Group.split(g.Nodes)
	for i, group := range groups {
		title := ""
		if i > 0 {
			title = "\n"
		}
		if group.title != "" {
			title += bold(output.Text(group.title), o.Color) + "\n"
		}
		if _, err := io.WriteString(w, title); err != nil {
			return err
		}
		options := output.TableOptions{Width: o.Width, Color: o.Color, NoHeaders: o.NoHeaders}
		if err := textTable(g, group, o).Write(w, options); err != nil {
			return err
		}
	}
	if o.NoHeaders {
		return nil
	}
	text := footer(g, o)
	if len(groups) > 0 {
		text = "\n" + text
	}
	_, err := io.WriteString(w, text)
	return err
}

func bold(text string, color bool) string {
	if !color {
		return text
	}
	return output.Bold.Paint(text)
}

// column is one column of the tree.
type column struct {
	name string
	// wide columns are shown by -o wide only.
	wide bool
	cell func(line, Options) output.Cell
}

func columns() []column {
	return []column{
		{name: "NAMESPACE", cell: namespaceCell},
		{name: "NAME", cell: nameCell},
		{name: "STATE", cell: stateCell},
		{name: "SINCE", cell: sinceCell},
		{name: "DEPENDENCY", cell: dependencyCell},
		{name: "REASON", wide: true, cell: nodeCell((*graph.Node).Reason)},
		{name: "REVISION", wide: true, cell: nodeCell(shortRevision)},
		{name: "SOURCE", wide: true, cell: nodeCell(sourceOf)},
		{name: "FILE", wide: true, cell: nodeCell(fileOf)},
		{name: "MESSAGE", cell: messageCell},
	}
}

func textTable(g *graph.Graph, group group, o Options) output.Table {
	var shown []column
	var table output.Table
	for _, column := range columns() {
		if column.wide && o.Format != "wide" || column.name == "NAMESPACE" && o.Group == ByNamespace {
			continue
		}
		shown = append(shown, column)
		table.Columns = append(table.Columns, column.name)
	}
	for _, line := range forest(g, group.ids) {
		row := make([]output.Cell, len(shown))
		for i, column := range shown {
			row[i] = column.cell(line, o)
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func namespaceCell(l line, _ Options) output.Cell {
	return output.Cell{Text: output.Text(l.node.Namespace)}
}

func nameCell(l line, _ Options) output.Cell {
	cell := output.Cell{Lead: l.branch, Text: output.Text(l.node.Kind + "/" + l.node.Name)}
	if l.again {
		cell.Color = output.Grey
	}
	return cell
}

func stateCell(l line, _ Options) output.Cell {
	if l.again || l.node.State == graph.Unknown {
		return output.Cell{Text: suspendedMark(l, "")}
	}
	return output.Cell{Text: suspendedMark(l, string(l.node.State)), Color: stateColor(l.node)}
}

func suspendedMark(l line, state string) string {
	switch {
	case l.again || !l.node.Suspended():
		return state
	case state == "":
		return "suspended"
	default:
		return state + ",suspended"
	}
}

func stateColor(node *graph.Node) output.Color {
	switch node.State {
	case graph.Ready:
		return output.Green
	case graph.Reconciling, graph.Waiting, graph.Pending:
		return output.Yellow
	case graph.Failed, graph.Missing, graph.Forbidden:
		return output.Red
	default:
		return output.Plain
	}
}

func sinceCell(l line, o Options) output.Cell {
	since := l.node.Since()
	if l.again || since.IsZero() {
		return output.Cell{}
	}
	return output.Cell{Text: age(o.Now, since)}
}

// age is how long ago it was. A cluster's clock may be ahead of ours.
func age(now, since time.Time) string { return duration.HumanDuration(max(0, now.Sub(since))) }

// dependencyCell shows the verdict on the edge to the line above, or what type
// the edge is where no verdict is given.
func dependencyCell(l line, _ Options) output.Cell {
	switch {
	case l.edge == nil || l.edge.Verdict == verdict.Unknown:
		return output.Cell{}
	case l.edge.Verdict == "":
		return output.Cell{Text: string(l.edge.Type), Color: output.Grey}
	default:
		return output.Cell{Text: string(l.edge.Verdict), Color: verdictColor(l.edge.Verdict)}
	}
}

func verdictColor(v verdict.Verdict) output.Color {
	switch met, known := v.Met(); {
	case met:
		return output.Green
	case v.Transient(), !known, v == verdict.NotReady:
		return output.Yellow
	default:
		return output.Red
	}
}

// nodeCell shows a text of the node, once.
func nodeCell(text func(*graph.Node) string) func(line, Options) output.Cell {
	return func(l line, _ Options) output.Cell {
		if l.again {
			return output.Cell{}
		}
		return output.Cell{Text: output.Text(text(l.node))}
	}
}

// digest is the hash in a revision.
var digest = regexp.MustCompile(`(sha[0-9]+:)?[0-9a-f]{40,}`)

// shortDigests cuts hashes, as flux get does: eight digits tell them apart.
func shortDigests(text string) string {
	if !strings.Contains(text, "sha") {
		return text // which is quicker to find out
	}
	return digest.ReplaceAllStringFunc(text, func(hash string) string {
		return hash[:strings.Index(hash, ":")+1+8]
	})
}

func shortRevision(node *graph.Node) string { return shortDigests(node.Revision()) }

func sourceOf(node *graph.Node) string {
	if node.Object == nil || node.Object.Source == nil {
		return ""
	}
	return shortName(node.Object.Source.In(node.Namespace))
}

func fileOf(node *graph.Node) string {
	if node.Object == nil || node.Object.Origin == nil {
		return ""
	}
	return node.Object.Origin.String()
}

// shortName is an ID as people write it: without a namespace that is not known.
func shortName(id flux.ID) string {
	if id.Namespace == "" {
		return id.Kind + "/" + id.Name
	}
	return id.String()
}
