package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/report"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// deleteFlags are the flags of `delete` as they are typed.
type deleteFlags struct {
	selection *selectionFlags
	run       runFlags
	write     writeFlags
	orphans   orphanFlags
	foreign   bool
}

const deleteLong = `Delete copies. Only Secrets that carry the marks of a copy of the source are
deleted, and only if they are still the object that was read; nothing else ever
is, and no flag changes that. A source that is gone may still be named.

Where others have put keys into a copy, or it had them before it was adopted, only
the keys, labels and annotations that are ours are deleted. A type or an immutable
Secret that needs our keys is refused; --delete-foreign-keys deletes the whole.

With --orphans it deletes what 'copy' with the same flags has made and would make no
more. A copy records the plan that makes it: a name, given with --plan, else an ID
made of the flags that select Secrets and say where copies go, whichever the target
clusters are. So flags that have changed since are another plan, whose orphans need
--replaces-plan; a plan with a name stays the same. Each source is asked for by name
before its copies are deleted. One that is there may be another call's, where the
plan has only a name: that takes --allow-live-source. Copies that another plan makes
too stay and are no longer of this one, and those stay that were made before plans
were recorded. Nothing is deleted unless all of the source could be read.

Flags of copy that say what copies look like are taken and do not matter, so that
a call of copy becomes one of delete by its first word.

` + cli.ExitCodesHelp

const deleteExamples = `  # Take all copies away
  kubectl secretsync delete ghcr-pull -n flux-system --from-context management --to-context 'prod-*'

  # What the selection has led to, and does no longer
  kubectl secretsync delete --orphans -l fleet=all -n shared --from-context management --to-context 'prod-*' --dry-run

  # See first what would go
  kubectl secretsync delete -l fleet=all -n shared --from-context management --to-context 'prod-*' --dry-run`

func newDeleteCommand(d deps) *cobra.Command {
	flags := &deleteFlags{selection: d.selection, run: newRunFlags()}
	c := &cobra.Command{
		Use:     "delete NAME... | -l SELECTOR | --all | -f FILE",
		Short:   "Delete copies, and nothing else",
		Long:    deleteLong,
		Example: deleteExamples,
	}
	if d.asks(c) {
		hideSpec(c, d.common())
		c.Flags().AddFlagSet(d.common())
		flags.selection.completions(c)
		flags.run.add(c)
		flags.write.add(c)
		flags.orphans.add(c, "Delete")
		c.Flags().BoolVar(&flags.foreign, "delete-foreign-keys", false, "Delete copies as a whole that hold keys of others, too, which stay otherwise.")
	}
	cli.Finishes(c)
	return cli.Runs(c, func(names []string) (*deleteRun, error) { return flags.options(d, names) })
}

// hideSpec leaves out of help what does not matter to a deletion. The flags are
// other commands' too, which show them.
func hideSpec(c *cobra.Command, all *pflag.FlagSet) {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	(&specFlags{}).add(set)
	set.VisitAll(func(f *pflag.Flag) { hide(c, all, f.Name) })
	hide(c, all, "allow-type")
}

func hide(c *cobra.Command, all *pflag.FlagSet, name string) {
	hidden := *all.Lookup(name)
	hidden.Hidden = true
	c.Flags().AddFlag(&hidden)
}

// deleteRun is a `delete` that is checked and ready.
type deleteRun struct {
	*session
	names   []string
	write   writeFlags
	orphans orphanFlags
	remove  plan.RemoveOptions
}

func (f *deleteFlags) options(d deps, names []string) (*deleteRun, error) {
	r := &deleteRun{session: newSession(d, f.selection, &f.run), names: names, write: f.write, orphans: f.orphans}
	r.remove.DeleteForeign = f.foreign
	return r, errors.Join(f.selection.check(names), f.run.check(), f.write.check(), f.orphans.check(f.selection))
}

// Run plans the deletions and carries the plan out.
func (r *deleteRun) Run(ctx context.Context) error {
	audit, closeAudit, err := r.openAudit(r.write, "delete")
	if err != nil {
		return err
	}
	defer closeAudit()
	find := r.copies
	if r.orphans.wanted {
		find = r.lost
	}
	jobs, needs, decide, err := find(ctx)
	if err != nil {
		return err
	}
	if err := r.observe(ctx, jobs, needs); err != nil {
		return err
	}
	actions := make([]plan.Action, len(jobs))
	for i, job := range jobs {
		actions[i] = decide(job.Item)
	}
	return r.carryOut(ctx, report.Head{Command: "delete"}, jobs, actions, r.write, decide, audit)
}

// copies are the places that the selection leads to.
func (r *deleteRun) copies(ctx context.Context) ([]rollout.Job, rollout.Needs, func(plan.Item) plan.Action, error) {
	// What does not look into Secrets needs to know of copies only the places.
	x := r.expansion(secret.Spec{})
	x.Plain = true
	jobs, err := r.jobs(ctx, r.names, x)
	return jobs, rollout.Needs{Delete: true, Patch: true}, r.remove.Decide, err
}

// lost are the orphans of the plan.
func (r *deleteRun) lost(ctx context.Context) ([]rollout.Job, rollout.Needs, func(plan.Item) plan.Action, error) {
	if err := r.connect(ctx); err != nil {
		return nil, rollout.Needs{}, nil, err
	}
	jobs, orphans, err := r.findOrphans(ctx, r.names, r.orphans)
	if err != nil {
		return nil, rollout.Needs{}, nil, err
	}
	orphans.Remove = r.remove
	return jobs, rollout.Needs{Delete: true, Patch: true, Found: true}, orphans.Decide, nil
}
