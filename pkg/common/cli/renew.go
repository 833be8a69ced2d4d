package cli

import (
	"context"

	"github.com/spf13/cobra"
)

// NewRenewCommand returns the hidden command called name of the process that
// renews a session of Datum Cloud; see package handover.
func NewRenewCommand(name string, renew func(ctx context.Context, session string) error) *cobra.Command {
	var session string
	c := &cobra.Command{
		Use: name, Hidden: true, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return renew(c.Context(), session) },
	}
	c.Flags().StringVar(&session, "session", "", "The session.")
	return c
}
