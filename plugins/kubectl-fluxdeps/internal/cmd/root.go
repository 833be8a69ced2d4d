// Package cmd is the command line of kubectl fluxdeps.
package cmd

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
)

const binary = "kubectl-fluxdeps"

func userAgent() string { return binary + "/" + cli.Version("").Version }

// NewRoot returns the whole command. It calls itself in help the way that the
// program was called.
func NewRoot(p cli.Process) *cobra.Command {
	name := binaryName(p.Program)
	display := displayName(name)
	root := newGraphCommand(display, p.IOStreams)
	root.Use = name + " [KIND/NAME...]"
	root.Short = "Show what depends on what among Flux objects"
	root.Long = rootLong(display)
	root.Args = cobra.ArbitraryArgs     // else cobra takes the first for a command
	root.SuggestionsMinimumDistance = 2 // what cobra takes for its own
	renew := cli.NewRenewCommand(cluster.RenewCommand, func(ctx context.Context, session string) error {
		return cluster.Renew(ctx, session, p.IOStreams, userAgent())
	})
	return cli.Root(p, binary, display, root, newGraphCommand(display, p.IOStreams), renew)
}

func binaryName(program string) string {
	return strings.TrimSuffix(filepath.Base(program), ".exe")
}

// displayName is what a user types to get here: kubectl and flux both find
// their plugins by the name of the binary.
func displayName(name string) string {
	if name == "flux-deps" {
		return "flux deps"
	}
	return "kubectl fluxdeps"
}

func rootLong(display string) string {
	return `Show what depends on what among Flux Kustomizations, HelmReleases and
ResourceSets: the graph, and for each dependency whether Flux's controllers
let it pass, and why not.

Without a command it does what '` + display + ` graph' does.

` + cli.ExitCodesHelp
}
