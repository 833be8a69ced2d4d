// Command release does what goreleaser does not: bills of materials, manifests
// for krew and the Flux CLI, and the checks of what was built.
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	command := &cobra.Command{
		Use:           "release",
		Short:         "Finish and check what a release build has left in dist/",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	command.AddCommand(newSBOM(), newManifests(), newNotices(), newCheck(), newNotes())
	return int(cli.Report(os.Stderr, command.ExecuteContext(ctx)))
}
