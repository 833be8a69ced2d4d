package cli

import (
	"context"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// Main runs the command with args and returns the code to exit with. It is the
// one place that prints an error.
func Main(ctx context.Context, root *cobra.Command, streams genericiooptions.IOStreams, args []string) Code {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C ends the process at once: only the first is waited for.
	context.AfterFunc(ctx, stop)

	started := prepare(root, streams, args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return OK
	case ctx.Err() != nil:
		fmt.Fprintln(streams.ErrOut, "error: interrupted")
		return Interrupted
	case !*started:
		err = Fail(BadUse, err, fmt.Sprintf("see '%s --help'", root.CommandPath()))
	}
	return report(streams.ErrOut, err)
}

// prepare wires the command to the streams. What it returns turns true when a
// command begins to run: an error before that is one of use.
func prepare(root *cobra.Command, streams genericiooptions.IOStreams, args []string) *bool {
	started := new(bool)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetArgs(args)
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		*started = c.ValidateRequiredFlags() == nil && c.ValidateFlagGroups() == nil
		return nil // cobra asks both again, and reports them
	}
	return started
}

// report prints the error and its hint and returns the exit code.
func report(w io.Writer, err error) Code {
	code, hint := describe(err)
	if text := err.Error(); text != "" {
		fmt.Fprintln(w, "error: "+output.Lines(strings.TrimSpace(text)))
	}
	if hint != "" {
		fmt.Fprintln(w, "hint: "+output.Lines(hint))
	}
	return code
}
