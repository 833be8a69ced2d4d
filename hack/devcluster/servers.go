package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

func newServers() *cobra.Command {
	var flux, kubectl, cli, krew bool
	command := &cobra.Command{
		Use:   "servers [NAME...]",
		Short: "Build the named programs, or those of a control plane, unless cached; print their paths",
		Example: `  go run ./hack/devcluster servers
  go run ./hack/devcluster servers --flux --kubectl
  go run ./hack/devcluster servers kubectl krew`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return provide(c, named(args))
			}
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
			if krew {
				names = append(names, servers.Krew, servers.KrewValidator)
			}
			return provide(c, names)
		},
	}
	command.Flags().BoolVar(&flux, "flux", false, "also kustomize-controller")
	command.Flags().BoolVar(&cli, "flux-cli", false, "also the Flux CLI")
	command.Flags().BoolVar(&krew, "krew", false, "also krew and its validator of manifests")
	command.Flags().BoolVar(&kubectl, "kubectl", false, "also kubectl, unless there is one on PATH")
	return command
}

func named(args []string) (names []servers.Name) {
	for _, arg := range args {
		names = append(names, servers.Name(arg))
	}
	return names
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
