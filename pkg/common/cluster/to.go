package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// ToFlags name the target clusters.
type ToFlags struct {
	Contexts          []string
	Kubeconfigs       []string
	KubeconfigContext string
	InCluster         bool
	Secrets           SecretFlags
	// Projects and Organizations name control planes of Datum Cloud.
	Projects, Organizations []string

	As       string
	AsGroups []string
}

func (f *ToFlags) addFlags(set *pflag.FlagSet) {
	cli.StringArrayVar(set, &f.Contexts, "to-context", "", "Target the cluster of this context, or of all whose names match it as a glob (*), but for the source's; can be repeated.")
	cli.StringArrayVar(set, &f.Kubeconfigs, "to-kubeconfig", "", "Target the cluster of this kubeconfig file, which is read alone; can be repeated.")
	set.StringVar(&f.KubeconfigContext, "to-kubeconfig-context", "", "Context within the files of --to-kubeconfig; default: the current one.")
	set.BoolVar(&f.InCluster, "to-in-cluster", false, "Target the cluster whose Pod this is.")
	f.Secrets.addFlags(set)
	cli.StringArrayVar(set, &f.Projects, "to-datum-project", "", "Target the control plane of this Datum Cloud project, without a kubeconfig; can be repeated.")
	cli.StringArrayVar(set, &f.Organizations, "to-datum-organization", "", "Target the control plane of this Datum Cloud organization, without a kubeconfig; can be repeated.")
	set.StringVar(&f.As, "to-as", "", "Impersonate this user in target clusters.")
	cli.StringArrayVar(set, &f.AsGroups, "to-as-group", "", "Impersonate this group in target clusters; can be repeated.")
}

// Resolved is what the references to target clusters gave.
type Resolved struct {
	Members []Member
	// Refused are kubeconfigs out of Secrets that could not be used; the others
	// can.
	Refused  []Refusal
	Warnings []string
}

// Refusal is a target that is none, and why.
type Refusal struct {
	Name string
	Err  error
}

// resolver turns one kind of reference into members.
type resolver func(context.Context, *Resolved) error

// Targets resolves all references. source is the cluster that is copied from.
func (e *Ends) Targets(ctx context.Context, access Access, source Member, read SecretReader) (Resolved, error) {
	quiet()
	access.As, access.AsGroups = e.To.As, e.To.AsGroups
	var resolved Resolved
	if err := errors.Join(e.checkSession(), checkGroups("to", e.To.As, e.To.AsGroups)); err != nil {
		return resolved, err
	}
	for _, resolve := range []resolver{
		func(_ context.Context, r *Resolved) error { return e.toContexts(access, source, r) },
		func(_ context.Context, r *Resolved) error { return e.toFiles(access, r) },
		func(ctx context.Context, r *Resolved) error { return e.toSecrets(ctx, access, source, read, r) },
		func(_ context.Context, r *Resolved) error { return e.toPod(access, r) },
		func(_ context.Context, r *Resolved) error { return e.toPlanes(access, r) },
	} {
		if err := resolve(ctx, &resolved); err != nil {
			return resolved, err
		}
	}
	if len(resolved.Members)+len(resolved.Refused) == 0 {
		return resolved, failure.With(failure.BadInput, errors.New("no target cluster"), "name some with --to-context, --to-kubeconfig, --to-kubeconfig-secret or --to-datum-project")
	}
	return resolved, nil
}

func (e *Ends) toContexts(access Access, source Member, into *Resolved) error {
	if len(e.To.Contexts) == 0 {
		return nil
	}
	files, err := e.kubeconfigs.files()
	if err != nil {
		return err
	}
	named, err := e.matching(files, source)
	if err != nil {
		return err
	}
	for _, context := range named {
		member, warnings, err := files.Member(access, context.name)
		if err != nil {
			return failure.DefaultInput(err)
		}
		into.Warnings = append(into.Warnings, warnings...)
		if context.matched && source.Config != nil && member.Config.Host == source.Config.Host {
			into.Warnings = append(into.Warnings, fmt.Sprintf("context %q is at the source's address, and left out of the pattern; --to-context=%q names it", context.name, context.name))
			continue
		}
		member.Matched = context.matched
		into.Members = append(into.Members, member)
	}
	return nil
}

// chosen is a context, and whether a pattern has found it.
type chosen struct {
	name    string
	matched bool
}

// matching are the contexts that --to-context names, each once. A pattern leaves
// out the source.
func (e *Ends) matching(files *Files, source Member) ([]chosen, error) {
	var all []chosen
	for _, pattern := range e.To.Contexts {
		found := files.Match(pattern)
		if len(found) == 0 {
			return nil, nothingMatches("to-context", pattern, files)
		}
		for _, name := range found {
			one := chosen{name, name != pattern}
			leftOut := one.matched && name == source.Context && e.From.Kubeconfig == ""
			at := slices.IndexFunc(all, func(other chosen) bool { return other.name == name })
			switch {
			case leftOut:
			case at < 0:
				all = append(all, one)
			case !one.matched:
				all[at].matched = false
			}
		}
	}
	return all, nil
}

func (e *Ends) toFiles(access Access, into *Resolved) error {
	for _, path := range e.To.Kubeconfigs {
		files, err := LoadFile(path)
		if err != nil {
			return failure.DefaultInput(err)
		}
		name := e.To.KubeconfigContext
		if name == "" {
			name = files.Current()
		}
		if name == "" {
			return failure.With(failure.BadInput, fmt.Errorf("--to-kubeconfig=%q has no current context", path), "name one with --to-kubeconfig-context")
		}
		member, _, err := files.Member(access, name)
		if err != nil {
			return failure.DefaultInput(fmt.Errorf("--to-kubeconfig=%q: %w", path, err))
		}
		// Files of a fleet often all call their context the same.
		member.Name = path
		into.Members = append(into.Members, member)
	}
	return nil
}

func (e *Ends) toPod(access Access, into *Resolved) error {
	if !e.To.InCluster {
		return nil
	}
	member, err := access.InCluster()
	into.Members = append(into.Members, member)
	return failure.DefaultInput(err)
}
