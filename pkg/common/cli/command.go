package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Operation is what a command line asks for, parsed and checked.
type Operation interface {
	// Run carries it out until ctx ends.
	Run(ctx context.Context) error
}

// Runs returns c, which parses its arguments and flags into an operation and runs
// it. An error of parse that has no exit code is one of input.
func Runs[O Operation](c *cobra.Command, parse func(args []string) (O, error)) *cobra.Command {
	c.RunE = func(c *cobra.Command, args []string) error {
		operation, err := parse(args)
		if err != nil {
			return failure.DefaultInput(err)
		}
		return operation.Run(c.Context())
	}
	return c
}
