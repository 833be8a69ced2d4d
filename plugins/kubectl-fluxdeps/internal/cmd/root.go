// Package cmd is the command line of kubectl fluxdeps.
package cmd

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
)

// NewRoot returns the whole command. It calls itself in help the way that the
// program was called.
func NewRoot(program string, streams genericiooptions.IOStreams) *cobra.Command {
	name := binaryName(program)
	display := displayName(name)
	root := NewGraphCommand(display, streams)
	root.Use = name + " [KIND/NAME...]"
	root.Short = "Show what depends on what among Flux objects"
	root.Long = rootLong(display)
	root.Args = cobra.ArbitraryArgs // else cobra takes the first for a command
	root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: display}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SuggestionsMinimumDistance = 2 // what cobra takes for its own
	root.AddCommand(NewGraphCommand(display, streams), cli.NewCompletionCommand("kubectl-fluxdeps", streams), cli.NewVersionCommand(name, streams))
	cli.SetHelp(root)
	return root
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
