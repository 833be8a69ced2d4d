package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// watch runs the command until it returns, or an interrupt leaves it behind.
// Before a command begins, as while it parses its flags, a Ctrl-C ends the process
// by itself, so that showing help starts none of this.
func (r *running) watch(c *cobra.Command, run func() error) error {
	finishes := c.Annotations[finishes] != ""
	if finishes {
		defer outlive()()
	}
	ctx, stop := signal.NotifyContext(c.Context(), append(hangup(), syscall.SIGINT, syscall.SIGTERM)...)
	defer stop()
	// A second Ctrl-C ends the process at once: only the first is waited for.
	context.AfterFunc(ctx, stop)
	c.SetContext(ctx)
	done := make(chan error, 1)
	go func() { done <- run() }()
	err := wait(ctx, done, finishes)
	r.interrupted = ctx.Err() != nil
	return err
}

// hangup is the signal of a terminal that closes, none under nohup.
func hangup() []os.Signal {
	if signal.Ignored(syscall.SIGHUP) {
		return nil
	}
	return []os.Signal{syscall.SIGHUP}
}

// outlive keeps the process alive, until end is called, when the reader of its
// output is gone, which is then an error of the write, and when a closing terminal
// says so more than once. The signals are caught, not ignored: the programs that
// it starts would ignore them too.
func outlive() (end func()) {
	unread := make(chan os.Signal, 1)
	signal.Notify(unread, append(hangup(), syscall.SIGPIPE)...)
	return func() { signal.Stop(unread) }
}
