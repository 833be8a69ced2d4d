package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/kubeconfig"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/entries"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/linediff"
)

type updateOptions struct {
	deps     Dependencies
	plane    planeFlags
	file     fileFlags
	session  string
	name     string
	noSwitch bool
	dryRun   bool
	remove   bool
}

func newUpdateKubeconfigCommand(d Dependencies) *cobra.Command {
	o := &updateOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "update-kubeconfig",
		Short: "Add a control plane to the kubeconfig",
		Long: `Add a control plane to the kubeconfig: a cluster, a context and one user entry
for each session. The context names its session, and stays who it is when
another one comes into use. Lines that are not about it stay to the byte.`,
		Example: `  # a project, with the session in use
  kubectl datum-creds update-kubeconfig --project my-project

  # an organization, under another name, as another session, without switching to it
  kubectl datum-creds update-kubeconfig --organization my-org --session robot --name org --no-switch

  # what would change; and taking it out again
  kubectl datum-creds update-kubeconfig --project my-project --dry-run
  kubectl datum-creds update-kubeconfig --project my-project --remove`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	o.plane.add(flags)
	o.file.add(flags)
	flags.StringVar(&o.session, "session", "", "Name of the session; the one in use by default.")
	flags.StringVar(&o.name, "name", "", "Name of the cluster and context; datum-project-PROJECT and the like by default.")
	flags.BoolVar(&o.noSwitch, "no-switch", false, "Leave the current context as it is.")
	flags.BoolVar(&o.dryRun, "dry-run", false, "Print the lines that would change, without the secrets in them, and change nothing.")
	flags.BoolVar(&o.remove, "remove", false, "Remove the context, and its cluster and user where no other context needs them.")
	return cli.Runs(cmd, func([]string) (*updateOptions, error) { return o, o.file.check() })
}

// Run edits the kubeconfig.
func (o *updateOptions) Run(ctx context.Context) error {
	wish, err := o.wish()
	if err != nil {
		return err
	}
	paths, err := o.file.paths(o.deps)
	if err != nil {
		return err
	}
	change := wish.Add
	if o.remove {
		change = wish.Remove
	}
	edited, err := editKubeconfig(ctx, o.deps, paths, o.dryRun, change)
	if err != nil {
		return err
	}
	o.tell(wish, edited)
	return nil
}

func (o *updateOptions) wish() (entries.Wish, error) {
	env := o.deps.Auth()
	wish := entries.Wish{Name: o.name, Mode: o.file.mode, Switch: !o.noSwitch}
	if o.remove && o.name != "" {
		return wish, nil
	}
	name, err := nameOrCurrent(env, o.session)
	if err != nil {
		return wish, err
	}
	handle, err := env.Named(name)
	if err != nil {
		return wish, err
	}
	plane, err := o.plane.plane(handle.Session)
	if err != nil {
		return wish, err
	}
	bundle, err := auth.Bundle(handle.Session.CAFile)
	if err != nil {
		return wish, err
	}
	wish.Session = name
	wish.Cluster = entries.NewCluster(plane.URL(handle.Session.API), bundle)
	if wish.Name == "" {
		wish.Name = plane.Name()
	}
	return wish, nil
}

// editKubeconfig makes the change, or with dryRun prints it.
func editKubeconfig(ctx context.Context, d Dependencies, paths []string, dryRun bool, change func(kubeconfig.Set) (kubeconfig.Change, error)) ([]kubeconfig.Edited, error) {
	if !dryRun {
		return kubeconfig.Update(ctx, paths, change)
	}
	set, err := kubeconfig.Read(paths)
	if err != nil {
		return nil, err
	}
	want, err := change(set)
	if err != nil {
		return nil, err
	}
	edited, err := set.Plan(want)
	if err != nil {
		return nil, err
	}
	return edited, showDiff(d, edited)
}

func showDiff(d Dependencies, edited []kubeconfig.Edited) error {
	for _, e := range edited {
		if err := linediff.Write(d.Out, e.Path, e.Before, e.After); err != nil {
			return err
		}
	}
	return nil
}

func (o *updateOptions) tell(wish entries.Wish, edited []kubeconfig.Edited) {
	w := o.deps.ErrOut
	switch {
	case len(edited) == 0:
		fmt.Fprintf(w, "Nothing to change: context %s is as it should be.\n", output.Text(wish.Name))
		return
	case o.dryRun:
		fmt.Fprintln(w, "Nothing was changed (--dry-run).")
		return
	}
	for _, e := range edited {
		fmt.Fprintf(w, "Updated %s.\n", output.Text(e.Path))
	}
	if o.remove {
		fmt.Fprintf(w, "Context %s is removed.\n", output.Text(wish.Name))
		return
	}
	fmt.Fprintf(w, "Context %s is session %s.\n", output.Text(wish.Name), output.Text(wish.Session))
	fmt.Fprintf(w, `If your kuberc allows only some credential plugins, allow this one:
  kubectl kuberc set --section credentialplugin --policy=Allowlist --allowlist-entry="command=%s"
`, entries.Command)
}
