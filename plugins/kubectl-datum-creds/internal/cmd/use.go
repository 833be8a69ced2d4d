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
	return &cobra.Command{
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
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			env := d.Auth()
			handle, err := env.Named(args[0])
			if err != nil {
				return err
			}
			if err := env.Home.SetCurrent(handle.Session.Name); err != nil {
				return err
			}
			fmt.Fprintf(d.ErrOut, "Session %s is in use.\n", output.Text(handle.Session.Name))
			return nil
		},
		ValidArgsFunction: cli.Complete(func(context.Context) []string { return sessionNames(d) }),
	}
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
