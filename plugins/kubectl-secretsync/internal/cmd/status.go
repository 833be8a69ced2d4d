package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/report"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
)

const statusLong = `Tell how each copy stands to its source:

  in-sync   it holds what the source holds, or what the target's admission makes
            of that
  drifted   somebody has changed it, or other flags are given than it was copied with
  outdated  the source has changed since it was copied; with drifted+outdated,
            somebody has changed the copy too
  missing   there is none
  foreign   something else is in its place
  unknown   it could not be read
  orphaned  with --orphans: the plan has made it, and this call would not

Where the metadata of a copy says that it was made of the source as it is now and
that nobody has written its data since, its values are not read. Whoever may write
Secrets in the target can forge that; 'diff' always compares values.

` + cli.ExitCodesHelp

const statusExamples = `  # All copies of a Secret
  kubectl secretsync status ghcr-pull -n flux-system --from-context management --to-context 'prod-*'

  # Of all Secrets with a label, for a script
  kubectl secretsync status -l fleet=all -n shared --from-context management --to-context 'prod-*' -o json

  # Only the table's rows
  kubectl secretsync status tls --from-context management --to-kubeconfig edge.yaml --no-headers`

func newStatusCommand(d deps) *cobra.Command {
	flags, orphans := &lookFlags{selection: d.selection, run: newRunFlags()}, &orphanFlags{}
	c := &cobra.Command{
		Use:     "status NAME... | -l SELECTOR | --all | -f FILE",
		Short:   "Show which copies are in sync, drifted, missing or foreign",
		Long:    statusLong,
		Example: statusExamples,
	}
	if d.asks(c) {
		c.Flags().AddFlagSet(d.common())
		flags.add(c)
		orphans.add(c, "Show")
	}
	return cli.Runs(c, func(names []string) (statusRun, error) {
		l, err := flags.options(d, names)
		if err == nil {
			err = orphans.check(l.selection)
		}
		return statusRun{l, *orphans}, err
	})
}

// statusRun is a `status` that is checked and ready.
type statusRun struct {
	*look
	orphans orphanFlags
}

// Run shows the states of the copies.
func (l statusRun) Run(ctx context.Context) error {
	f := l.orphans
	jobs, err := l.kept(ctx, f.wanted)
	if err != nil {
		return err
	}
	if err := l.observe(ctx, jobs, rollout.Needs{Proof: true}); err != nil {
		return err
	}
	actions := plan.Copy(items(jobs), l.options)
	if f.wanted {
		lost, orphans, err := l.findOrphans(ctx, l.names, f)
		if err != nil {
			return err
		}
		for _, job := range lost {
			actions = append(actions, orphans.Decide(job.Item))
		}
	}
	results := rollout.Planned(actions)
	if err := l.print(report.Head{Command: "status"}, results); err != nil {
		return err
	}
	found := false
	for _, r := range results {
		found = found || plan.StateOf(r.Action) != plan.InSync && r.Action.Verb != plan.Skip
	}
	return report.ExitFound(results, found)
}

// kept are the copies that the flags lead to. Where orphans are looked for, their
// sources may be gone.
func (l *look) kept(ctx context.Context, orphans bool) ([]rollout.Job, error) {
	x := l.expansion(l.spec)
	if !orphans {
		return l.jobs(ctx, l.names, x)
	}
	if err := l.connect(ctx); err != nil {
		return nil, err
	}
	sources, err := l.present(ctx, l.names)
	return x.Jobs(sources, l.clusters), err
}
