package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/notices"
)

func newNotices() *cobra.Command {
	return &cobra.Command{
		Use:   "notices",
		Short: "Write THIRD_PARTY_NOTICES: the licenses of all that the plugins link",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			text, err := notices.Of(c.Context(), ".", "./plugins/...", dist.Platforms())
			if err != nil {
				return err
			}
			return os.WriteFile("THIRD_PARTY_NOTICES", []byte(text), 0o644)
		},
	}
}
