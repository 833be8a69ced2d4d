package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/render"
)

// graphFlags are the flags of `graph` as they are typed.
type graphFlags struct {
	source    sourceFlags
	selection selectionFlags
	edges     []string
	full      bool
	check     checkFlags
	noHeaders bool
	format    string
	group     render.Grouping
	color     output.ColorMode
}

func newGraphFlags() *graphFlags {
	return &graphFlags{source: newSourceFlags(), color: output.ColorAuto}
}

func (f *graphFlags) add(command *cobra.Command) {
	set := command.Flags()
	f.source.add(set)
	f.selection.add(set)
	set.StringSliceVar(&f.edges, "edges", nil,
		"Edges to show beside dependsOn: source, health (healthChecks, wait) and parent (who applies whom).")
	set.BoolVar(&f.full, "full", false, "Also draw dependencies that follow from others. JSON and YAML always hold them, marked as implied.")
	f.check.add(set)
	set.BoolVar(&f.noHeaders, "no-headers", false, "Leave out column names and totals.")
	set.StringVarP(&f.format, "output", "o", "text", "Output format: "+strings.Join(render.Formats(), ", ")+"TEMPLATE.")
	set.Var(&f.group, "group-by", "Draw what has the same namespace or source together.")
	set.Var(&f.color, "color", "When to colour.")
	f.completions(command)
}

// options checks what was typed.
func (f *graphFlags) options(streams genericiooptions.IOStreams, args []string) (*graphOptions, error) {
	if err := render.Check(f.format); err != nil {
		return nil, failure.Input(err)
	}
	edges, err := f.edgeTypes()
	if err != nil {
		return nil, failure.Input(err)
	}
	selection, err := f.selection.parse(args, f.source.namespace())
	if err != nil {
		return nil, err
	}
	check, err := f.check.parse()
	if err != nil {
		return nil, failure.Input(err)
	}
	source, err := f.source.parse()
	if err != nil {
		return nil, failure.Input(err)
	}
	source.sources, source.focused = slices.Contains(edges, graph.Source), len(selection.focus.Patterns) > 0
	return &graphOptions{
		streams: streams, source: source, selection: selection, edges: edges,
		full: f.full, check: check, color: f.color,
		render: render.Options{Format: f.format, NoHeaders: f.noHeaders, Group: f.group},
	}, nil
}

// edgeTypes returns dependsOn and what --edges adds.
func (f *graphFlags) edgeTypes() ([]graph.EdgeType, error) {
	types := []graph.EdgeType{graph.DependsOn}
	for _, name := range f.edges {
		kind := graph.EdgeType(name)
		if !slices.Contains(graph.EdgeTypes(), kind) {
			return nil, fmt.Errorf("--edges=%q: want one of %s", name, strings.Join(names(graph.EdgeTypes()), ", "))
		}
		if !slices.Contains(types, kind) {
			types = append(types, kind)
		}
	}
	return types, nil
}

func names[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = string(value)
	}
	return out
}
