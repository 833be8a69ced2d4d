package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/gate"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/render"
)

// graphOptions are what `graph` does, parsed.
type graphOptions struct {
	streams   genericiooptions.IOStreams
	source    sourceOptions
	selection selection
	edges     []graph.EdgeType
	full      bool
	check     checkOptions
	color     output.ColorMode
	render    render.Options
}

// newGraphCommand returns `graph`. display is how the program is called.
func newGraphCommand(display string, streams genericiooptions.IOStreams) *cobra.Command {
	flags := newGraphFlags()
	command := &cobra.Command{
		Use:     "graph [KIND/NAME...]",
		Short:   "Show the dependency graph of a cluster or of files",
		Long:    graphLong,
		Example: strings.ReplaceAll(graphExamples, "kubectl fluxdeps", display),
	}
	flags.add(command)
	return cli.Runs(command, func(args []string) (*graphOptions, error) {
		if err := misspelt(command, args); err != nil {
			return nil, err
		}
		return flags.options(streams, args)
	})
}

// misspelt reports an argument that is almost the name of a command.
func misspelt(c *cobra.Command, args []string) error {
	for _, arg := range args {
		if names := c.Root().SuggestionsFor(arg); len(names) > 0 && !strings.Contains(arg, "/") {
			return failure.With(failure.BadInput, fmt.Errorf("%q is not a command", arg), fmt.Sprintf("did you mean '%s %s'?", c.Root().CommandPath(), names[0]))
		}
	}
	return nil
}

const graphLong = `Show what depends on what among Flux Kustomizations, HelmReleases and
ResourceSets, of the current cluster or of files.

What is needed stands above what needs it. Column DEPENDENCY tells whether
Flux's controller lets the object pass because of the one above: ok,
suspended-but-ok, reconciling, not-ready, stale-generation, stale-revision,
expr-false, expr-error, missing, wrong-kind, forbidden, cycle or deadlock.

Below the picture stand cycles, deadlocks over all that objects wait for
(dependsOn, wait, healthChecks, who applies whom), frozen sources and starved
workers, whatever edges are drawn.

All namespaces are shown unless -n is given; where listing them all is not
allowed, the context's namespace. With KIND/NAME or KIND/NAMESPACE/NAME only
what these objects need, and what needs them, is shown, in all namespaces: -n
then says in which namespace KIND/NAME is. Without such names, what other
namespaces need of the one given with -n is not looked for.

With --exit-code the code is 0 if everything was checked and nothing found, and
1 for a finding or for an object that could not be checked. A finding is a
cycle, a dependency that is missing or of the wrong kind, a dependsOn that the
API server refuses, a readyExpr that does not compile, or an object that is
stated twice. Not checked is what is unknown and may change a name, a namespace,
a path, a source or a dependsOn: a document that cannot be parsed, an object
without its source, a name that may mean several objects. The last line counts
what was checked and what was not. If there is no object to check, it is 2.

` + cli.ExitCodesHelp

const graphExamples = `  # The whole cluster
  kubectl fluxdeps graph

  # What HelmRelease podinfo needs, two steps far
  kubectl fluxdeps graph helmrelease/podinfo --up --depth 2

  # A Git tree, without a cluster, as a picture
  kubectl fluxdeps graph -f ./clusters/production -o dot | dot -Tsvg -o graph.svg

  # In a pipeline: fail on what is wrong, and on what could not be checked
  kubectl fluxdeps graph -f ./clusters --exit-code

  # The same, but accept a file that is known to be encrypted
  kubectl fluxdeps graph -f ./clusters --exit-code --allow-unchecked clusters/tokens.yaml='no Flux objects'`

// Run reads, builds, selects and writes.
func (o *graphOptions) Run(ctx context.Context) error {
	collectRarely()
	inputs, err := o.source.read(ctx, o.streams)
	for _, input := range inputs {
		for _, warning := range input.warnings {
			fmt.Fprintln(o.streams.ErrOut, "warning: "+output.Text(warning))
		}
	}
	if err != nil {
		return err
	}
	wholes, err := o.build(ctx, inputs)
	if err != nil {
		return err
	}
	report, err := o.judge(inputs, wholes)
	if err != nil {
		return err
	}
	parts := make([]render.Part, len(inputs))
	for i, input := range inputs {
		parts[i] = o.part(input, wholes[i])
	}
	if err := o.write(parts, report); err != nil {
		return err
	}
	return o.check.outcome(report, o.streams, o.render)
}

// build returns the graph of each input. Objects in focus must be in one of them.
func (o *graphOptions) build(ctx context.Context, inputs []input) ([]*graph.Graph, error) {
	var wholes []*graph.Graph
	var missing error
	found := false
	for _, input := range inputs {
		whole := graph.Build(ctx, input.snapshot, o.edges...)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		wholes = append(wholes, whole)
		if err := o.selection.check(whole, input.snapshot.Unreadable); err != nil && missing == nil {
			missing = err
		} else if err == nil {
			found = true
		}
	}
	if !found {
		return nil, missing
	}
	return wholes, nil
}

// judge checks each graph; nil where that is not wanted.
func (o *graphOptions) judge(inputs []input, wholes []*graph.Graph) (*gate.Report, error) {
	if !o.check.wanted {
		return nil, nil //nolint:nilnil // no report where none is wanted
	}
	if err := o.source.checked(inputs, wholes); err != nil {
		return nil, err
	}
	reports := make([]*gate.Report, len(inputs))
	for i, input := range inputs {
		reports[i] = o.check.run(wholes[i], o.selection.apply(wholes[i]), input.snapshot)
	}
	return gate.Merge(reports), nil
}

// part returns what is shown of a graph.
func (o *graphOptions) part(input input, whole *graph.Graph) render.Part {
	o.render.Folded, o.render.FoldedTroubled, o.render.Implied = 0, 0, 0
	picture := o.picture(whole)
	o.render.Warnings, o.render.Entry, o.render.Unread = input.warnings, input.snapshot.Entry, input.unread
	if len(picture.Nodes) == 0 && o.render.Folded == 0 && !render.Structured(o.render.Format) {
		fmt.Fprintln(o.streams.ErrOut, output.Text(o.nothing(whole)))
	}
	return render.Part{Graph: picture, Options: o.render}
}

// picture returns the part of the graph to show, and remembers what is folded
// away. Programs get all of it.
func (o *graphOptions) picture(whole *graph.Graph) *graph.Graph {
	picture := o.selection.apply(whole)
	if render.Structured(o.render.Format) {
		return picture
	}
	if o.selection.folds() {
		picture = o.fold(picture)
	}
	if o.full {
		return picture
	}
	reduced := picture.Reduced()
	o.render.Implied = len(picture.Edges) - len(reduced.Edges)
	return reduced
}

// fold leaves out the isolated objects and counts them.
func (o *graphOptions) fold(picture *graph.Graph) *graph.Graph {
	return picture.Subgraph(func(n *graph.Node) bool {
		if !n.Isolated || n.Stuck() {
			return true
		}
		o.render.Folded++
		if n.State != graph.Ready && n.State != graph.Unknown {
			o.render.FoldedTroubled++
		}
		return false
	})
}

// nothing says why there is nothing to show.
func (o *graphOptions) nothing(whole *graph.Graph) string {
	if len(whole.Nodes) > 0 {
		return o.selection.empty(whole) + "."
	}
	return o.source.nothing() + "."
}

func (o *graphOptions) write(parts []render.Part, report *gate.Report) error {
	for i := range parts {
		p := &parts[i]
		p.Now, p.Color, p.Width = time.Now(), o.color.For(o.streams.Out), output.TerminalWidth(o.streams.Out)
		if p.Format == "wide" {
			p.Width = 0
		}
	}
	// Half an answer is none: only the template, or a picture of several graphs, can
	// be at fault here.
	var out bytes.Buffer
	switch err := render.WriteParts(&out, parts, report); {
	case errors.Is(err, render.ErrOnePicture):
		names := make([]string, len(parts))
		for i, p := range parts {
			names[i] = p.Entry
		}
		return failure.With(failure.BadInput, fmt.Errorf("-o %s: %w", o.render.Format, err), "--entry chooses one of "+output.Text(strings.Join(names, ", ")))
	case err != nil:
		return failure.Input(err)
	}
	_, err := out.WriteTo(o.streams.Out)
	return err
}
