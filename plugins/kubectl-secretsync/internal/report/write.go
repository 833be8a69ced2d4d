package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output/jsonpath"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
)

// Formats are what -o takes. A copy also has manifest, which is no report.
func Formats() []string {
	return []string{"table", "wide", "json", "yaml", "name", jsonpath.Format}
}

// Options say how to write a report.
type Options struct {
	Format    string
	Color     bool
	NoHeaders bool
	// Width is the terminal's; 0 cuts nothing.
	Width int
}

// Write writes the report.
func Write(w io.Writer, r v1alpha1.Report, o Options) error {
	switch {
	case o.Format == "json":
		return output.WriteJSON(w, r)
	case o.Format == "yaml":
		return output.WriteYAML(w, r)
	case o.Format == "name":
		return writeNames(w, r)
	case jsonpath.Is(o.Format):
		return jsonpath.Write(w, &r, o.Format)
	case r.Command == "diff":
		return writeDiff(w, r, o)
	}
	if o.Format == "wide" {
		o.Width = 0
	}
	if len(r.Targets) == 0 {
		return writeNone(w, o)
	}
	table := tableOf(r, o)
	if err := table.Write(w, output.TableOptions{Width: o.Width, Color: o.Color, NoHeaders: o.NoHeaders}); err != nil {
		return err
	}
	if o.NoHeaders {
		return nil
	}
	_, err := fmt.Fprintf(w, "\n%s\n", Summary(r))
	return err
}

// writeNames writes secret/NAMESPACE/NAME and the cluster of each target. The
// cluster comes last, as its name may hold any character.
func writeNames(w io.Writer, r v1alpha1.Report) error {
	var b strings.Builder
	for _, t := range r.Targets {
		if t.Name == "" {
			// A namespace that could not be looked into.
			continue
		}
		fmt.Fprintf(&b, "secret/%s/%s %s\n", output.Text(t.Namespace), output.Text(t.Name), output.Text(t.Cluster))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeNone says that there is nothing to list.
func writeNone(w io.Writer, o Options) error {
	if o.NoHeaders {
		return nil
	}
	_, err := fmt.Fprintln(w, "0 targets")
	return err
}

// column is a column of a table.
type column struct {
	name string
	wide bool
	cell func(v1alpha1.Target) output.Cell
}

func text(value func(v1alpha1.Target) string) func(v1alpha1.Target) output.Cell {
	return func(t v1alpha1.Target) output.Cell { return output.Cell{Text: output.Text(value(t))} }
}

func columns(command string) []column {
	state := column{"RESULT", false, result}
	if command == "status" {
		state = column{"STATE", false, stateCell}
	}
	return []column{
		{"CLUSTER", false, text(func(t v1alpha1.Target) string { return t.Cluster })},
		{"NAMESPACE", false, text(func(t v1alpha1.Target) string { return t.Namespace })},
		{"NAME", false, text(func(t v1alpha1.Target) string { return t.Name })},
		state,
		{"SOURCE", true, text(func(t v1alpha1.Target) string { return t.Source })},
		{"SERVER", true, text(func(t v1alpha1.Target) string { return t.Server })},
		{"SYNCED-AT", command != "status", text(func(t v1alpha1.Target) string { return t.SyncedAt })},
		{"CHANGES", true, text(changed)},
		{"MESSAGE", false, text(message)},
	}
}

func tableOf(r v1alpha1.Report, o Options) output.Table {
	var table output.Table
	used := slices.DeleteFunc(columns(r.Command), func(c column) bool { return c.wide && o.Format != "wide" })
	for _, c := range used {
		table.Columns = append(table.Columns, c.name)
	}
	for _, t := range r.Targets {
		row := make([]output.Cell, len(used))
		for i, c := range used {
			row[i] = c.cell(t)
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func result(t v1alpha1.Target) output.Cell {
	color := output.Plain
	switch t.Outcome {
	case "done":
		color = output.Green
	case "planned", "validated", "not-attempted":
		color = output.Yellow
	case "failed":
		color = output.Red
	}
	word := Word(t)
	if written(t) {
		word = withFields(word, t)
	}
	return output.Cell{Text: output.Text(word), Color: color}
}

func stateCell(t v1alpha1.Target) output.Cell {
	color := output.Red
	switch plan.State(t.State) {
	case plan.InSync:
		color = output.Green
	case plan.Drifted, plan.Outdated, plan.OutdatedDrifted, plan.Orphaned:
		color = output.Yellow
	}
	return output.Cell{Text: output.Text(withFields(t.State, t)), Color: color}
}

func message(t v1alpha1.Target) string {
	parts := t.Warnings
	said := t.Message
	if t.Action == string(plan.Reduce) && t.Problem == "" {
		said += ": " + changed(t)
	}
	if said != "" {
		parts = append([]string{said}, parts...)
	}
	return strings.Join(parts, "; ")
}

// changed lists keys as +added, -removed, ~changed and =kept.
func changed(t v1alpha1.Target) string {
	if t.Changes == nil {
		return ""
	}
	var words []string
	for _, key := range t.Changes.Keys {
		words = append(words, sign(key.Change)+key.Key)
	}
	return strings.Join(words, " ")
}

func sign(change string) string {
	switch change {
	case plan.Added:
		return "+"
	case plan.Removed:
		return "-"
	case plan.Kept:
		return "="
	default:
		return "~"
	}
}

// Summary is one line of counts.
func Summary(r v1alpha1.Report) string {
	var parts []string
	for _, word := range slices.Sorted(maps.Keys(r.Summary)) {
		parts = append(parts, fmt.Sprintf("%d %s", r.Summary[word], word))
	}
	noun := "targets"
	if len(r.Targets) == 1 {
		noun = "target"
	}
	if len(parts) == 0 {
		return "0 targets: none"
	}
	return fmt.Sprintf("%d %s: %s", len(r.Targets), noun, strings.Join(parts, ", "))
}

// maxHints is how many different hints are worth reading.
const maxHints = 4

// Hints are the different hints of the targets that did not get what was asked
// for, in their order.
func Hints(r v1alpha1.Report) []string {
	var hints []string
	for _, t := range r.Targets {
		if t.Hint != "" && !slices.Contains(hints, t.Hint) && len(hints) < maxHints {
			hints = append(hints, t.Hint)
		}
	}
	return hints
}
