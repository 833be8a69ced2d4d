package cli

import (
	"context"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

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

	state := prepare(root, streams, args)
	err, ended := state.execute(ctx, root)
	switch {
	case ended && err == nil:
		return OK
	case ctx.Err() != nil:
		fmt.Fprintln(streams.ErrOut, "error: interrupted")
		return Interrupted
	case !state.started.Load():
		err = Fail(BadUse, err, fmt.Sprintf("see '%s --help'", root.CommandPath()))
	}
	return report(streams.ErrOut, err)
}

// grace is how long an interrupted command may take to put things in order.
const grace = 200 * time.Millisecond

// finishes annotates a command that is waited for when it is interrupted.
const finishes = "finishes"

// Finishes marks a command that must say what it did and did not do when it is
// interrupted, as one that changes things: Main waits until it returns, or for
// a second Ctrl-C. Any other command is left where it stands after a moment,
// because not all that it may wait for heeds its context: client-go waits for
// an exec credential plugin to the end.
func Finishes(c *cobra.Command) {
	if c.Annotations == nil {
		c.Annotations = map[string]string{}
	}
	c.Annotations[finishes] = "true"
}

// running is what Main knows of the command that runs.
type running struct {
	// started turns true when a command begins to run: an error before that is
	// one of use.
	started atomic.Bool
	// finishes is that of the command which runs.
	finishes atomic.Bool
}

// execute runs the command; ended is false where it was interrupted and did
// not return in time.
func (r *running) execute(ctx context.Context, root *cobra.Command) (err error, ended bool) {
	done := make(chan error, 1)
	go func() { done <- root.ExecuteContext(ctx) }()
	select {
	case err = <-done:
		return err, true
	case <-ctx.Done():
	}
	var late <-chan time.Time // never, for a command that finishes
	if !r.finishes.Load() {
		late = time.After(grace)
	}
	select {
	case err = <-done:
		return err, true
	case <-late:
		return nil, false
	}
}

// prepare wires the command to the streams.
func prepare(root *cobra.Command, streams genericiooptions.IOStreams, args []string) *running {
	state := &running{}
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetArgs(args)
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		state.finishes.Store(c.Annotations[finishes] != "")
		state.started.Store(c.ValidateRequiredFlags() == nil && c.ValidateFlagGroups() == nil)
		return nil // cobra asks both again, and reports them
	}
	return state
}

// report prints the error and its hint and returns the exit code.
func report(w io.Writer, err error) Code {
	code, hint := describe(err)
	if text := err.Error(); text != "" {
		indented := strings.ReplaceAll(strings.TrimSpace(text), "\n\t", "\n  ") // cobra's suggestions
		fmt.Fprintln(w, "error: "+output.Lines(indented))
	}
	if hint != "" {
		fmt.Fprintln(w, "hint: "+output.Text(hint))
	}
	return code
}
