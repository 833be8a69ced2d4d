package cmd

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/render"
)

// completions make values of flags and arguments known to shells.
func (f *graphFlags) completions(command *cobra.Command) {
	cli.CompleteFlags(command, f.source.cluster.Completions(userAgent()))
	objects := func(c *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		kind, _, named := strings.Cut(typed, "/")
		if !named {
			begun, _ := cli.Complete(cli.Fixed(beginnings(typed)...))(c, nil, typed)
			return begun, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		}
		return cli.Complete(func(ctx context.Context) []string {
			return written(kind, f.source.objects(ctx, kind), strings.Count(typed, "/") > 1)
		})(c, nil, typed)
	}
	command.ValidArgsFunction = objects
	_ = command.RegisterFlagCompletionFunc("focus", objects)
	cli.CompleteFlags(command, map[string]cli.Values{
		"edges":    cli.Fixed(names(graph.EdgeTypes())...),
		"output":   cli.Fixed(render.Formats()...),
		"group-by": cli.Fixed(string(render.ByNamespace), string(render.BySource)),
		"color":    cli.Fixed(string(output.ColorAuto), string(output.ColorAlways), string(output.ColorNever)),
		"status":   cli.Fixed(statuses()...),
		"kind":     cli.Fixed(kinds()...),
	})
}

// beginnings are the kinds, in small letters for who types small letters.
func beginnings(typed string) []string {
	var all []string
	for _, kind := range kinds() {
		if typed != "" && typed == strings.ToLower(typed) {
			kind = strings.ToLower(kind)
		}
		all = append(all, kind+"/")
	}
	return all
}

// written writes objects as KIND/NAME where the name tells them apart and full
// is not wanted, else as KIND/NAMESPACE/NAME.
func written(kind string, objects []cluster.Named, full bool) []string {
	times := map[string]int{}
	for _, object := range objects {
		times[object.Name]++
	}
	texts := make([]string, len(objects))
	for i, object := range objects {
		texts[i] = kind + "/" + object.Name
		if full || times[object.Name] > 1 {
			texts[i] = kind + "/" + object.Namespace + "/" + object.Name
		}
	}
	slices.Sort(texts)
	return texts
}

// objects are those of a kind in the files given, else in the cluster; none
// where they cannot be had.
func (f *sourceFlags) objects(ctx context.Context, kind string) []cluster.Named {
	canonical, err := flux.ParseKind(kind)
	if err != nil || slices.Contains(f.files, "-") {
		return nil // standard input is the terminal
	}
	info, _ := flux.LookupKind(canonical)
	if len(f.files) > 0 {
		return f.inFiles(ctx, info)
	}
	return f.inCluster(ctx, info)
}

func (f *sourceFlags) inFiles(ctx context.Context, kind flux.KindInfo) (found []cluster.Named) {
	// As they are: completion has no time to render.
	read, err := sourceOptions{files: f.files, cluster: f.cluster}.readFiles(ctx, genericiooptions.IOStreams{In: strings.NewReader("")})
	if err != nil {
		return nil
	}
	for _, object := range read.snapshot.Objects {
		if object.Kind == kind.Kind {
			found = append(found, cluster.Named{Namespace: object.Namespace, Name: object.Name})
		}
	}
	return found
}

// inCluster looks where the command itself would: see sourceOptions.scope.
func (f *sourceFlags) inCluster(ctx context.Context, kind flux.KindInfo) []cluster.Named {
	target, err := f.cluster.Target(userAgent())
	if err != nil {
		return nil
	}
	collection := cluster.Collection{Group: string(kind.Group), Versions: kind.Versions, Plural: kind.Plural, Namespace: f.namespace()}
	found, err := cluster.Names(ctx, target.Config, collection)
	if errors.Is(err, cluster.ErrForbidden) && collection.Namespace == "" {
		collection.Namespace = target.Namespace
		found, _ = cluster.Names(ctx, target.Config, collection)
	}
	return found
}
