package main

import (
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/devcluster"
)

// newSupervise is the background process itself. `up` starts it.
func newSupervise() *cobra.Command {
	return &cobra.Command{
		Use:    "supervise",
		Short:  "Own the clusters (started by up)",
		Hidden: true,
		Args:   noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			state, err := currentState()
			if err != nil {
				return err
			}
			return devcluster.Supervise(c.Context(), state, slog.New(slog.NewTextHandler(os.Stdout, nil)))
		},
	}
}
