package cmd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/manifest"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/repository"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree"
)

// readTree renders the folder, if it is one tree that can be; false where its files
// are to be read as they are.
func (o sourceOptions) readTree(ctx context.Context, streams genericiooptions.IOStreams) ([]input, bool, error) {
	raw := func(why string) ([]input, bool, error) {
		if o.tree.given() {
			return nil, false, failure.With(failure.BadInput, fmt.Errorf("not rendered: %s", why), "--root, --entry, --source, --resource and --var are for -f with a folder that is rendered")
		}
		return nil, false, nil
	}
	switch {
	case o.tree.raw:
		return nil, false, nil
	case len(o.files) != 1:
		return raw("several paths are read as they are")
	case !isFolder(o.files[0]):
		return raw("it is no folder")
	}
	request, err := o.request()
	if err != nil {
		return nil, false, failure.Input(err)
	}
	result, err := tree.Run(ctx, request)
	switch {
	case ctx.Err() != nil:
		return nil, false, ctx.Err()
	case err != nil:
		return nil, false, failure.With(failure.BadInput, fmt.Errorf("%s: %w", o.files[0], errors.New(output.Text(err.Error()))), "--raw reads the files as they are")
	case result.Raw != "":
		fmt.Fprintln(streams.ErrOut, output.Text("raw: "+o.files[0]+" is read as it is: "+result.Raw))
		return raw(result.Raw)
	}
	inputs, err := o.inputs(ctx, result)
	if err == nil {
		fmt.Fprintln(streams.ErrOut, output.Text(summary(o.files[0], result)))
	}
	return inputs, err == nil, err
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// request is what the renderer is asked for. Paths are made absolute, as the
// renderer is told no more.
func (o sourceOptions) request() (tree.Request, error) {
	found, err := repository.Around(o.files[0], o.tree.root)
	if err != nil {
		return tree.Request{}, err
	}
	request := tree.Request{
		Root: found.Root, Shown: found.Shown, Dir: found.Dir, URLs: found.URLs,
		Entries: o.tree.entries, Resources: o.tree.resources, Vars: o.tree.vars,
	}
	for _, m := range o.tree.sources {
		dir, err := filepath.Abs(m.Dir)
		if err != nil {
			return request, err
		}
		request.Sources = append(request.Sources, tree.Mapping{Ref: m.Ref, Dir: dir})
	}
	return request, nil
}

// inputs turns each entry into what a graph is built from.
func (o sourceOptions) inputs(ctx context.Context, result tree.Result) ([]input, error) {
	for _, name := range o.tree.entries {
		if !slices.Contains(result.Known, name) {
			return nil, failure.With(failure.BadInput, fmt.Errorf("no entry %s", output.Text(name)), "entries of this tree: "+output.Text(strings.Join(result.Known, ", ")))
		}
	}
	var inputs []input
	for _, entry := range result.Entries {
		inputs = append(inputs, o.entry(ctx, entry))
	}
	if len(inputs) > 0 && result.Unread > 0 {
		last := &inputs[len(inputs)-1]
		last.unread = result.Unread
	}
	return inputs, ctx.Err()
}

func (o sourceOptions) entry(ctx context.Context, entry tree.Entry) input {
	rendered := make([]manifest.Rendered, len(entry.Objects))
	for i, object := range entry.Objects {
		rendered[i] = manifest.Rendered{JSON: object.JSON, Origin: object.Origin, DependsOn: object.DependsOn}
	}
	result := manifest.ReadRendered(ctx, rendered)
	return input{
		snapshot: &flux.Snapshot{
			Entry: entry.Name, Entries: 1, Objects: result.Objects, Opaque: entry.Opaque,
			Findings: slices.Concat(entry.Findings, result.Findings), Unchecked: slices.Concat(entry.Unchecked, result.Unchecked),
		},
		warnings: append(warningTexts(result.Warnings), remarkTexts(slices.Concat(entry.Findings, entry.Unchecked), entry.Notes)...),
	}
}

// fewNotes is how many notes of one rule are shown.
const fewNotes = 3

// remarkTexts are the remarks as warnings: all faults, and of the notes the first
// few of each rule.
func remarkTexts(faults, notes []flux.Remark) []string {
	var texts []string
	for _, r := range faults {
		texts = append(texts, remarkText(r))
	}
	counts := map[flux.Rule]int{}
	for _, r := range notes {
		if counts[r.Rule]++; counts[r.Rule] <= fewNotes {
			texts = append(texts, remarkText(r))
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(counts)) {
		if more := counts[rule] - fewNotes; more > 0 {
			texts = append(texts, fmt.Sprintf("and %d more notes of the kind %s", more, rule))
		}
	}
	return texts
}

func remarkText(r flux.Remark) string {
	text := r.Object + " " + r.Text
	if place := r.Place(); place != "" {
		text = place + ": " + text
	}
	return text
}

// summary says what was rendered.
func summary(path string, result tree.Result) string {
	builds, names := 0, make([]string, len(result.Entries))
	for i, entry := range result.Entries {
		builds, names[i] = builds+entry.Builds, entry.Name
	}
	return fmt.Sprintf("rendered: %s as Flux's controllers do, %d builds for %s", path, builds, strings.Join(names, ", "))
}
