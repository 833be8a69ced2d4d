package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/live"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/manifest"
)

// sourceFlags say where to read from, as typed.
type sourceFlags struct {
	files         []string
	allNamespaces bool
	cluster       *cluster.Flags
	tree          treeFlags
}

func newSourceFlags() sourceFlags { return sourceFlags{cluster: cluster.NewFlags()} }

func (f *sourceFlags) add(set *pflag.FlagSet) {
	set.StringSliceVarP(&f.files, "filename", "f", nil,
		"Files, folders or - (stdin) to read instead of a cluster. A folder with a Git tree of Flux is rendered as Flux's controllers do; others are read with all below them.")
	set.BoolVarP(&f.allNamespaces, "all-namespaces", "A", false,
		"Look at all namespaces, and at nothing less where that is not allowed.")
	f.tree.add(set)
	f.cluster.AddFlags(set)
	files := set.Lookup("filename")
	files.Value, files.DefValue = notEmpty{files.Value}, ""
	set.Lookup("namespace").Usage = "Look at this namespace, and at what it depends on in others. With KIND/NAME, the namespace of these names. " +
		"With -f, the namespace of objects that state none; none is left out."
}

// notEmpty refuses an empty value: -f "$DIR" must not read the cluster where
// DIR is not set.
type notEmpty struct{ pflag.Value }

// Set takes a value that is not empty.
func (v notEmpty) Set(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("want a file, a folder or -")
	}
	return v.Value.Set(text)
}

// sourceOptions say where to read from: files where there are any, else the
// cluster.
type sourceOptions struct {
	files         []string
	allNamespaces bool
	cluster       *cluster.Flags
	tree          treeOptions
	// sources reports whether Flux sources are wanted as such.
	sources bool
	// focused reports whether objects were asked for by name: what needs them may
	// be in any namespace.
	focused bool
}

func (f *sourceFlags) parse() (sourceOptions, error) {
	options, err := f.tree.parse()
	if len(f.files) == 0 && (options.raw || options.given()) {
		err = errors.New("--raw, --root, --entry, --source, --resource and --var need -f")
	}
	return sourceOptions{files: f.files, allNamespaces: f.allNamespaces, cluster: f.cluster, tree: options}, err
}

// namespace is the one given with -n; -A takes it back.
func (f *sourceFlags) namespace() string {
	if f.allNamespaces {
		return ""
	}
	return f.cluster.GivenNamespace()
}

// input is what was read for one graph, and what of it is missing.
type input struct {
	snapshot *flux.Snapshot
	warnings []string
	// unread counts files that no build reads.
	unread int
}

// read returns an input for each graph: several where a Git tree has several
// entries.
func (o sourceOptions) read(ctx context.Context, streams genericiooptions.IOStreams) ([]input, error) {
	if len(o.files) == 0 {
		o.cluster.Notices = streams.ErrOut
		return one(o.readCluster(ctx))
	}
	if inputs, rendered, err := o.readTree(ctx, streams); err != nil || rendered {
		return inputs, err
	}
	return one(o.readFiles(ctx, streams))
}

func one(read input, err error) ([]input, error) { return []input{read}, err }

func (o sourceOptions) readCluster(ctx context.Context) (input, error) {
	target, err := o.cluster.Target(userAgent())
	if err != nil {
		return input{}, err
	}
	api, err := live.NewAPI(target.Config)
	if err != nil {
		return input{}, failure.With(failure.BadInput, fmt.Errorf("kubeconfig: %w", err), "")
	}
	snapshot, warnings, err := live.Read(ctx, api, o.scope(target))
	if err != nil {
		return input{warnings: warnings}, explain(target, err)
	}
	o.account(snapshot, o.scope(target))
	return input{snapshot: snapshot, warnings: warnings}, nil
}

// account notes which kinds could not be read, or not where they were asked
// for. Sources decide no edge.
func (o sourceOptions) account(snapshot *flux.Snapshot, asked live.Options) {
	snapshot.Entries = 1
	for _, kind := range flux.Kinds() {
		text, unread := snapshot.Unreadable[kind.Kind]
		if namespace := snapshot.Listed[kind.Kind]; !unread && namespace != "" && asked.Namespace == "" {
			text, unread = "only those in namespace "+namespace+" may be listed", true
		}
		if unread && kind.Depends {
			snapshot.Unchecked = append(snapshot.Unchecked, flux.Remark{Rule: flux.RuleUnreadable, Object: kind.Plural + "." + string(kind.Group), Text: text})
		}
	}
}

// explain knows what helps where nothing at all may be listed.
func explain(target cluster.Target, err error) error {
	explained := cluster.Explain(target, err)
	if !errors.Is(err, live.ErrNothing) || !apierrors.IsForbidden(err) {
		return explained
	}
	return failure.With(failure.Unable, explained, "-n NAMESPACE looks at a namespace that you may read; kubectl auth can-i --list -n NAMESPACE shows what that is")
}

// scope is the namespace to look at: the one given, else all, else where that
// is not allowed the context's. Around objects in focus it is all too, because
// what needs them may be anywhere; where that is not allowed, the one given.
func (o sourceOptions) scope(target cluster.Target) live.Options {
	switch {
	case o.allNamespaces:
		return live.Options{Sources: o.sources}
	case target.NamespaceGiven && !o.focused:
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
		err = failure.Input(errors.New(output.Text(err.Error()))) // names of files are not to be trusted
	}
	if err != nil {
		return input{}, err
	}
	snapshot := &flux.Snapshot{
		Objects: result.Objects, Findings: result.Findings, Unchecked: result.Unchecked,
		Entries: len(o.files), EntriesLost: result.Empty,
	}
	if namespace := o.cluster.GivenNamespace(); namespace != "" {
		snapshot.DefaultNamespace(namespace)
	}
	return input{snapshot: snapshot, warnings: warningTexts(result.Warnings)}, nil
}

func warningTexts(warnings []manifest.Warning) []string {
	texts := make([]string, len(warnings))
	for i, warning := range warnings {
		texts[i] = warning.String()
	}
	return texts
}

// nothing says that what was read holds no object.
func (o sourceOptions) nothing() string {
	where := "the cluster"
	switch namespace := o.cluster.GivenNamespace(); {
	case len(o.files) > 0:
		where = "the files"
	case namespace != "" && !o.allNamespaces:
		where = "namespace " + namespace
	}
	return "No Kustomizations, HelmReleases or ResourceSets found in " + where
}

// checked reports an error where files were to be checked and hold nothing
// that can be: a pipeline must not pass on a tree that nobody looked at.
func (o sourceOptions) checked(inputs []input, wholes []*graph.Graph) error {
	if len(o.files) == 0 {
		return nil
	}
	for i, whole := range wholes {
		if len(whole.Nodes) > 0 || inputs[i].snapshot.Entry != "" && len(inputs[i].snapshot.Findings)+len(inputs[i].snapshot.Unchecked) > 0 {
			return nil
		}
	}
	return failure.With(failure.BadInput, errors.New(o.nothing()+", so nothing was checked"),
		"a folder whose Kustomizations name paths of its repository is rendered; what else a kustomization.yaml takes from elsewhere is not read: kubectl kustomize DIR | kubectl fluxdeps -f - --exit-code")
}
