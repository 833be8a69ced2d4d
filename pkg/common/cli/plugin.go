package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// Process is what commands know of the process that they run in.
type Process struct {
	genericiooptions.IOStreams
	// Program is the path that it was called by.
	Program string
	// Args are its arguments, without the program.
	Args []string
}

// name returns the name of the plugin: that of its binary, or, if the Flux CLI
// called it, the one that this CLI knows it by.
func (p Process) name(binary string) string {
	if called := strings.TrimSuffix(filepath.Base(p.Program), ".exe"); strings.HasPrefix(called, "flux-") {
		return called
	}
	return binary
}

// NewProcess returns this process.
func NewProcess() Process {
	return Process{
		IOStreams: genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr},
		Program:   os.Args[0], Args: arguments(os.Args),
	}
}

// Run runs the command of a plugin and exits. It is the one place that does.
func Run(p Process, root *cobra.Command) {
	os.Stderr = unseen(p.Args, os.Stderr)
	os.Exit(int(Main(context.Background(), root, p.IOStreams, p.Args)))
}

// Root completes the root command of the plugin whose binary has that name: with
// the commands that all plugins have, and help that calls the plugin as users do.
func Root(p Process, binary, display string, root *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: display}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(commands...)
	root.AddCommand(NewCompletionCommand(binary, p.IOStreams), NewVersionCommand(p.name(binary), p.IOStreams))
	SetHelp(root)
	return root
}
