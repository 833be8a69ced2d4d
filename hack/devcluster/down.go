package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/devcluster"
)

func newDown() *cobra.Command {
	return &cobra.Command{
		Use:     "down",
		Short:   "Stop all clusters and remove everything of them",
		Example: `  go run ./hack/devcluster down`,
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			state, err := currentState()
			if err != nil {
				return err
			}
			found, err := devcluster.Down(c.Context(), state, c.ErrOrStderr())
			if err != nil {
				return err
			}
			word := "no cluster ran"
			if found {
				word = "all clusters are gone"
			}
			fmt.Fprintln(c.OutOrStdout(), word)
			return nil
		},
	}
}
