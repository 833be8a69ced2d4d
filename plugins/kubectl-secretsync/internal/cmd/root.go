// Package cmd is the command line of kubectl secretsync.
package cmd

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
)

// deps is what commands take from the world.
type deps struct {
	cli.Process
	now   func() time.Time
	pause api.Pause
	// clock has something each minute; nil is the real one.
	clock <-chan time.Time
	// selection are the flags that every command has. One command runs in a
	// process, so that common makes them once.
	selection *selectionFlags
	common    func() *pflag.FlagSet
}

// asks reports whether the command may be asked for. The flags of the others would
// only take time at each start.
func (d deps) asks(c *cobra.Command) bool { return d.Args == nil || slices.Contains(d.Args, c.Name()) }

const binary = "kubectl-secretsync"

// NewRoot returns the command for the arguments; if Args is nil, the whole one.
func NewRoot(p cli.Process) *cobra.Command {
	return newRoot(deps{Process: p, now: time.Now, pause: api.Sleep})
}

func newRoot(d deps) *cobra.Command {
	d.selection = &selectionFlags{}
	d.common = sync.OnceValue(func() *pflag.FlagSet {
		set := pflag.NewFlagSet("", pflag.ContinueOnError)
		d.selection.add(set)
		return set
	})
	root := &cobra.Command{
		Use:     binary,
		Short:   "Copy Secrets from one cluster to many, and look after the copies",
		Long:    rootLong,
		Example: rootExamples,
	}
	renew := cli.NewRenewCommand(cluster.RenewCommand, func(ctx context.Context, session string) error {
		return cluster.Renew(ctx, session, d.IOStreams, userAgent())
	})
	return cli.Root(d.Process, binary, "kubectl secretsync", root,
		newCopyCommand(d), newDiffCommand(d), newStatusCommand(d), newDeleteCommand(d), renew)
}

const rootLong = `Copy Secrets from one cluster to many, compare the copies with their source,
find those that have drifted, and delete them. There is no controller: each call
does its work once, and reports the result of every target.

All targets are read before the first is written. A Secret that is not its own
copy is overwritten only if a flag says so, and each refusal names the flag that
overrides it. Values are never printed, logged or put into annotations, except by
'copy -o manifest', which prints the copies and writes to no cluster.

` + cli.ExitCodesHelp

const rootExamples = `  # A pull secret from the management cluster to all production clusters
  kubectl secretsync copy ghcr-pull --from-context management --to-context 'prod-*' --to-namespace flux-system

  # What would change, by key
  kubectl secretsync diff ghcr-pull --from-context management --to-context 'prod-*' --to-namespace flux-system

  # Which copies have drifted
  kubectl secretsync status ghcr-pull --from-context management --to-context 'prod-*' --to-namespace flux-system

  # Delete the copies
  kubectl secretsync delete ghcr-pull --from-context management --to-context 'prod-*' --to-namespace flux-system`

func userAgent() string { return binary + "/" + cli.Version("").Version }
