package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/report"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// lookFlags are the flags of commands that only look.
type lookFlags struct {
	selection *selectionFlags
	run       runFlags
	mode      string
}

func (f *lookFlags) add(c *cobra.Command) {
	f.selection.completions(c)
	f.run.add(c)
	modeFlag(c, &f.mode)
}

// look is a command that only looks, checked and ready.
type look struct {
	*session
	names   []string
	spec    secret.Spec
	options plan.Options
}

func (f *lookFlags) options(d deps, names []string) (*look, error) {
	l := &look{session: newSession(d, f.selection, &f.run), names: names}
	// Nothing is created here, and so nothing hindered by a missing namespace.
	l.options = plan.Options{OnConflict: plan.Fail, Recreate: true, CreateNamespace: true, Looks: true}
	var err error
	if l.options.Mode, err = parseMode(f.mode); err != nil {
		return nil, err
	}
	if l.spec, err = f.selection.spec.parse(); err != nil {
		return nil, err
	}
	return l, errors.Join(f.selection.check(names), f.run.check())
}

const diffLong = `Compare copies with what 'copy' with the same flags would make of them: which
keys would be added, removed or changed, and their sizes. Values are never
shown. It only reads.

` + cli.ExitCodesHelp

const diffExamples = `  # What has become of the copies
  kubectl secretsync diff ghcr-pull -n flux-system --from-context management --to-context 'prod-*'

  # In a pipeline: fail on any difference, with the details as JSON
  kubectl secretsync diff --all -n shared --from-context management --to-context prod-1 -o json

  # Count keys that only the copies have as differences
  kubectl secretsync diff tls --from-context management --to-kubeconfig edge.yaml --mode exact`

func newDiffCommand(d deps) *cobra.Command {
	flags := &lookFlags{selection: d.selection, run: newRunFlags()}
	c := &cobra.Command{
		Use:     "diff NAME... | -l SELECTOR | --all | -f FILE",
		Short:   "Show which keys of copies differ, never their values",
		Long:    diffLong,
		Example: diffExamples,
	}
	if d.asks(c) {
		c.Flags().AddFlagSet(d.common())
		flags.add(c)
	}
	return cli.Runs(c, func(names []string) (diffRun, error) {
		l, err := flags.options(d, names)
		return diffRun{l}, err
	})
}

// diffRun is a `diff` that is checked and ready.
type diffRun struct{ *look }

// Run shows how the copies differ from their sources.
func (l diffRun) Run(ctx context.Context) error {
	jobs, err := l.jobs(ctx, l.names, l.expansion(l.spec))
	if err != nil {
		return err
	}
	if err := l.observe(ctx, jobs, rollout.Needs{}); err != nil {
		return err
	}
	results := rollout.Planned(plan.Copy(items(jobs), l.options))
	if err := l.print(report.Head{Command: "diff"}, results); err != nil {
		return err
	}
	found := false
	for _, r := range results {
		found = found || r.Action.Verb != plan.Unchanged && r.Action.Verb != plan.Skip
	}
	return report.ExitFound(results, found)
}
