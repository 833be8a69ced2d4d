package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

func newServers() *cobra.Command {
	var flux, kubectl, cli bool
	command := &cobra.Command{
		Use:   "servers",
		Short: "Build the servers that are not there yet, and tell where they are",
		Example: `  go run ./hack/devcluster servers
  go run ./hack/devcluster servers --flux --kubectl`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			names := []servers.Name{servers.Etcd, servers.APIServer, servers.ControllerManager}
			if kubectl {
				names = append(names, servers.Kubectl)
			}
			if flux {
				names = append(names, servers.KustomizeController)
			}
			if cli {
				names = append(names, servers.FluxCLI)
			}
			return provide(c, names)
		},
	}
	command.Flags().BoolVar(&flux, "flux", false, "also kustomize-controller")
	command.Flags().BoolVar(&cli, "flux-cli", false, "also the Flux CLI")
	command.Flags().BoolVar(&kubectl, "kubectl", false, "also kubectl, unless there is one on PATH")
	return command
}

func provide(c *cobra.Command, names []servers.Name) error {
	provider, err := servers.New(c.ErrOrStderr())
	if err != nil {
		return err
	}
	paths, err := provider.Ensure(c.Context(), names...)
	if err != nil {
		return err
	}
	for _, name := range names {
		fmt.Fprintln(c.OutOrStdout(), paths[name])
	}
	return nil
}
