package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// Main runs the command with args and returns the code to exit with. It is the
// one place that prints an error.
func Main(ctx context.Context, root *cobra.Command, streams genericiooptions.IOStreams, args []string) failure.Code {
	if completes(args) {
		root.SetArgs(args)
		return complete(ctx, root, streams)
	}
	state := prepare(root, streams, args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return failure.OK
	case state.interrupted:
		fmt.Fprintln(streams.ErrOut, "error: interrupted")
		return failure.Interrupted
	case !state.started:
		err = failure.With(failure.BadInput, err, fmt.Sprintf("see '%s --help'", root.CommandPath()))
	}
	return Report(streams.ErrOut, err)
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
	started bool
	// interrupted reports whether it was told to stop, or its context has ended.
	interrupted bool
}

// errLeft is of a command that is left where it stands.
var errLeft = errors.New("interrupted")

// wait waits for the command, after an interrupt only for a moment unless it
// finishes.
func wait(ctx context.Context, done <-chan error, finishes bool) error {
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	var late <-chan time.Time // never, for a command that finishes
	if !finishes {
		late = time.After(grace)
	}
	select {
	case err := <-done:
		return err
	case <-late:
		return errLeft
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
		state.started = c.ValidateRequiredFlags() == nil && c.ValidateFlagGroups() == nil
		return nil // cobra asks both again, and reports them
	}
	state.wrap(root)
	return state
}

// wrap has the command, and all below it, watched while they run.
func (r *running) wrap(c *cobra.Command) {
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			return r.watch(c, func() error { return run(c, args) })
		}
	}
	for _, below := range c.Commands() {
		r.wrap(below)
	}
}

// Report prints an error and its hint, and returns the code to exit with.
func Report(w io.Writer, err error) failure.Code {
	if err == nil {
		return failure.OK
	}
	known := failure.Of(err)
	if text := err.Error(); text != "" {
		indented := strings.ReplaceAll(strings.TrimSpace(text), "\n\t", "\n  ") // cobra's suggestions
		fmt.Fprintln(w, "error: "+output.Lines(indented))
	}
	if known.Hint != "" {
		fmt.Fprintln(w, "hint: "+output.Text(known.Hint))
	}
	var coded *failure.Error
	if errors.Is(err, context.Canceled) && !errors.As(err, &coded) {
		return failure.Interrupted
	}
	return known.Code
}
