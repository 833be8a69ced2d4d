package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/live"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/manifest"
)

// sourceFlags say where to read from, as typed.
type sourceFlags struct {
	files         []string
	allNamespaces bool
	cluster       *cluster.Flags
}

func newSourceFlags() sourceFlags { return sourceFlags{cluster: cluster.NewFlags()} }

func (f *sourceFlags) add(set *pflag.FlagSet) {
	set.StringSliceVarP(&f.files, "filename", "f", nil,
		"Files, folders or - (stdin) to read instead of a cluster. Folders are read with all below them; nothing is rendered.")
	set.BoolVarP(&f.allNamespaces, "all-namespaces", "A", false,
		"Look at all namespaces, and at nothing less where that is not allowed.")
	f.cluster.AddFlags(set)
}

// sourceOptions say where to read from: files where there are any, else the
// cluster.
type sourceOptions struct {
	files         []string
	allNamespaces bool
	cluster       *cluster.Flags
	// sources tells that Flux sources are wanted as such.
	sources bool
}

func (f *sourceFlags) parse(sources bool) sourceOptions {
	return sourceOptions{files: f.files, allNamespaces: f.allNamespaces, cluster: f.cluster, sources: sources}
}

// input is what was read, and what of it is missing.
type input struct {
	snapshot *flux.Snapshot
	warnings []string
}

func (o sourceOptions) read(ctx context.Context, streams genericiooptions.IOStreams) (input, error) {
	if len(o.files) > 0 {
		return o.readFiles(ctx, streams)
	}
	return o.readCluster(ctx)
}

func (o sourceOptions) readCluster(ctx context.Context) (input, error) {
	target, err := o.cluster.Target(userAgent())
	if err != nil {
		return input{}, err
	}
	api, err := live.NewAPI(target.Config)
	if err != nil {
		return input{}, cli.Fail(cli.BadUse, fmt.Errorf("kubeconfig: %w", err), "")
	}
	snapshot, warnings, err := live.Read(ctx, api, o.scope(target))
	if err != nil {
		return input{warnings: warnings}, cluster.Explain(target, err)
	}
	return input{snapshot, warnings}, nil
}

// scope is the namespace to look at: the one given, else all, else where that
// is not allowed the context's.
func (o sourceOptions) scope(target cluster.Target) live.Options {
	switch {
	case o.allNamespaces:
		return live.Options{Sources: o.sources}
	case target.NamespaceGiven:
		return live.Options{Sources: o.sources, Namespace: target.Namespace}
	default:
		return live.Options{Sources: o.sources, Fallback: target.Namespace}
	}
}

// readFiles reads manifests. Objects that state no namespace are taken to be
// in the one given, as kubectl would apply them.
func (o sourceOptions) readFiles(ctx context.Context, streams genericiooptions.IOStreams) (input, error) {
	result, err := manifest.Read(ctx, o.files, streams.In)
	if errors.Is(err, manifest.ErrNothing) {
		err = cli.Use(err)
	}
	if err != nil {
		return input{}, err
	}
	snapshot := &flux.Snapshot{Objects: result.Objects}
	if namespace := o.cluster.GivenNamespace(); namespace != "" {
		snapshot.DefaultNamespace(namespace)
	}
	return input{snapshot, warningTexts(result.Warnings)}, nil
}

func warningTexts(warnings []manifest.Warning) []string {
	texts := make([]string, len(warnings))
	for i, warning := range warnings {
		texts[i] = warning.String()
	}
	return texts
}

// nothing says that what was read holds nothing to show.
func (o sourceOptions) nothing() string {
	where := "the cluster"
	if len(o.files) > 0 {
		where = "the files"
	}
	return "No Kustomizations, HelmReleases or ResourceSets found in " + where + "."
}

func userAgent() string { return "kubectl-fluxdeps/" + cli.Version("").Version }
