package main

import (
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/devcluster"
)

// newSupervise is the background process itself. `up` starts it.
func newSupervise() *cobra.Command {
	var dir string
	command := &cobra.Command{
		Use:    "supervise",
		Short:  "Own the clusters (started by up)",
		Hidden: true,
		Args:   noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			return devcluster.Supervise(c.Context(), devcluster.StateAt(dir), slog.New(slog.NewTextHandler(os.Stdout, nil)))
		},
	}
	command.Flags().StringVar(&dir, "state", "", "the folder of the state")
	// The flag is defined right above.
	_ = command.MarkFlagRequired("state")
	return command
}
