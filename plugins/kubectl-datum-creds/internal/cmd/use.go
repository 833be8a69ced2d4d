package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

func newUseCommand(d Dependencies) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "use NAME",
		Short: "Make a session the one in use",
		Long: `Make a session the one that commands without --session use. Kubeconfigs that
update-kubeconfig wrote name their session, and stay who they are.`,
		Example: `  # change over to another account
  kubectl datum-creds use jane@example.com@api.datum.net

  # see the names
  kubectl datum-creds sessions -o name

  # who is it now?
  kubectl datum-creds whoami`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.Complete(func(context.Context) []string { return sessionNames(d) }),
	}
	return cli.Runs(cmd, func(args []string) (useOptions, error) { return useOptions{d, args[0]}, nil })
}

// useOptions are those of `use`.
type useOptions struct {
	deps    Dependencies
	session string
}

// Run makes the session the one in use.
func (o useOptions) Run(context.Context) error {
	env := o.deps.Auth()
	handle, err := env.Named(o.session)
	if err != nil {
		return err
	}
	if err := env.Home.SetCurrent(handle.Session.Name); err != nil {
		return err
	}
	fmt.Fprintf(o.deps.ErrOut, "Session %s is in use.\n", output.Text(handle.Session.Name))
	return nil
}

// sessionNames is what completion offers.
func sessionNames(d Dependencies) []string {
	all, _ := d.Auth().Home.Sessions() // completion shows what it can
	names := make([]string, 0, len(all))
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names
}

// nameOrCurrent returns the name, or without one that of the session in use.
func nameOrCurrent(env auth.Environment, name string) (string, error) {
	if name != "" {
		return name, nil
	}
	current, err := env.Home.Current()
	if err == nil && current == "" {
		err = failure.New(failure.LoginNeeded, "kubectl datum-creds login", "not signed in")
	}
	return current, err
}
