package cluster

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// kubeconfigs are the files in which both sides look up contexts, read once.
type kubeconfigs struct {
	path   string
	loaded *Files
}

// AddFlag adds --kubeconfig.
func (k *kubeconfigs) addFlag(set *pflag.FlagSet) {
	set.StringVar(&k.path, "kubeconfig", "", "Path to the kubeconfig file in which contexts are looked up, in the place of $KUBECONFIG.")
}

func (k *kubeconfigs) files() (*Files, error) {
	if k.loaded != nil {
		return k.loaded, nil
	}
	load := LoadDefault
	if k.path != "" {
		load = func() (*Files, error) { return LoadFile(k.path) }
	}
	var err error
	k.loaded, err = load()
	return k.loaded, failure.DefaultInput(err)
}

// Ends are the flags that name the cluster to copy from and those to copy to.
// Each reference is a flag of its own, for the name of a context may hold any
// character that could be taken for a separator.
type Ends struct {
	kubeconfigs kubeconfigs
	From        FromFlags
	To          ToFlags
	// Session is of kubectl datum-creds, for control planes of Datum Cloud.
	Session string
}

// AddFlags adds the flags of both ends.
func (e *Ends) AddFlags(set *pflag.FlagSet) {
	from := pflag.NewFlagSet("", pflag.ContinueOnError)
	e.From.addFlags(from)
	e.kubeconfigs.addFlag(from)
	from.StringVar(&e.Session, "datum-session", "", "Session of kubectl datum-creds to use control planes of Datum Cloud as, of either side; the one in use by default.")
	cli.GroupFlags(from, "Flags for the source cluster")
	to := pflag.NewFlagSet("", pflag.ContinueOnError)
	e.To.addFlags(to)
	cli.GroupFlags(to, "Flags for the target clusters")
	set.AddFlagSet(from)
	set.AddFlagSet(to)
}

// FromFlags name the source cluster.
type FromFlags struct {
	Context    string
	Kubeconfig string
	InCluster  bool
	// Project and Organization name control planes of Datum Cloud.
	Project, Organization string

	As       string
	AsGroups []string
}

func (f *FromFlags) addFlags(set *pflag.FlagSet) {
	cli.TextVar(set, &f.Context, "from-context", "Copy from the cluster of this context; default: the current one, in a Pod without kubeconfig its cluster.")
	cli.TextVar(set, &f.Kubeconfig, "from-kubeconfig", "Copy from the cluster of this kubeconfig file, which is read alone; with --from-context of that context in it.")
	set.BoolVar(&f.InCluster, "from-in-cluster", false, "Copy from the cluster whose Pod this is.")
	cli.TextVar(set, &f.Project, "from-datum-project", "Copy from the control plane of this Datum Cloud project, without a kubeconfig.")
	cli.TextVar(set, &f.Organization, "from-datum-organization", "Copy from the control plane of this Datum Cloud organization, without a kubeconfig.")
	set.StringVar(&f.As, "from-as", "", "Impersonate this user in the source cluster.")
	cli.StringArrayVar(set, &f.AsGroups, "from-as-group", "", "Impersonate this group in the source cluster; can be repeated.")
}

// Source returns the cluster to copy from, and warnings.
func (e *Ends) Source(access Access) (Member, []string, error) {
	quiet()
	access.As, access.AsGroups = e.From.As, e.From.AsGroups
	if err := errors.Join(e.checkSession(), checkGroups("from", e.From.As, e.From.AsGroups)); err != nil {
		return Member{}, nil, err
	}
	if member, named, err := e.fromPlane(access); named {
		return member, nil, err
	}
	if e.From.InCluster {
		if e.From.Context != "" || e.From.Kubeconfig != "" {
			return Member{}, nil, failure.Input(errors.New("--from-in-cluster names a cluster, and so do --from-context and --from-kubeconfig"))
		}
		member, err := access.InCluster()
		return member, nil, failure.DefaultInput(err)
	}
	files, err := e.fromFiles()
	if err != nil {
		return Member{}, nil, err
	}
	context := e.From.Context
	if context == "" {
		context = files.Current()
	}
	if context == "" {
		return e.noContext(access, files)
	}
	member, warnings, err := files.Member(access, context)
	return member, warnings, failure.DefaultInput(err)
}

// checkGroups refuses groups without a user, as API servers do.
func checkGroups(side, user string, groups []string) error {
	if user == "" && len(groups) > 0 {
		return failure.Input(fmt.Errorf("--%s-as-group goes with --%s-as", side, side))
	}
	return nil
}

func (e *Ends) fromFiles() (*Files, error) {
	if e.From.Kubeconfig == "" {
		return e.kubeconfigs.files()
	}
	files, err := LoadFile(e.From.Kubeconfig)
	return files, failure.DefaultInput(err)
}

// noContext is the Pod's cluster where there is no kubeconfig at all.
func (e *Ends) noContext(access Access, files *Files) (Member, []string, error) {
	if files.Empty() && os.Getenv("KUBERNETES_SERVICE_HOST") != "" {
		member, err := access.InCluster()
		return member, nil, failure.DefaultInput(err)
	}
	return Member{}, nil, failure.With(failure.BadInput, errors.New("no source cluster: no kubeconfig has a current context"),
		"name it with --from-context NAME or --from-kubeconfig FILE")
}

func nothingMatches(flag, pattern string, files *Files) error {
	hint := "kubectl config get-contexts lists the contexts"
	if files.Empty() {
		hint = "no kubeconfig was found; --kubeconfig names one"
	}
	return failure.With(failure.BadInput, fmt.Errorf("--%s=%q matches no context", flag, pattern), hint)
}
