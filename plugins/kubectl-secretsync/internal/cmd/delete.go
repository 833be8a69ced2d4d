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
	selection selectionFlags
	run       runFlags
	write     writeFlags
}

const deleteLong = `Delete copies. Only Secrets that carry the marks of a copy of the source are
deleted, and only if they are still the object that was read; nothing else ever
is, and no flag changes that. A source that is gone may still be named.

Flags of copy that say what copies look like are taken and do not matter, so that
a call of copy becomes one of delete by its first word.

` + cli.ExitCodesHelp

const deleteExamples = `  # Take all copies away
  kubectl secretsync delete ghcr-pull -n flux-system --from-context management --to-context 'prod-*'

  # See first what would go
  kubectl secretsync delete -l fleet=all -n shared --from-context management --to-context 'prod-*' --dry-run`

func newDeleteCommand(d deps) *cobra.Command {
	flags := &deleteFlags{run: newRunFlags()}
	c := &cobra.Command{
		Use:     "delete NAME... | -l SELECTOR | --all | -f FILE",
		Short:   "Delete copies, and nothing else",
		Long:    deleteLong,
		Example: deleteExamples,
		RunE: func(c *cobra.Command, names []string) error {
			run, err := flags.options(d, names)
			if err != nil {
				return err
			}
			return run.delete(c.Context())
		},
	}
	flags.selection.add(c.Flags())
	flags.selection.completions(c)
	hideSpec(c)
	flags.run.add(c)
	flags.write.add(c)
	cli.Finishes(c)
	return c
}

// hideSpec leaves out of help what does not matter to a deletion.
func hideSpec(c *cobra.Command) {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	(&specFlags{}).add(set)
	set.VisitAll(func(f *pflag.Flag) { c.Flags().Lookup(f.Name).Hidden = true })
	c.Flags().Lookup("allow-type").Hidden = true
}

// deleteRun is a `delete` that is checked and ready.
type deleteRun struct {
	*session
	names []string
	write writeFlags
}

func (f *deleteFlags) options(d deps, names []string) (*deleteRun, error) {
	r := &deleteRun{session: newSession(d, &f.selection, &f.run), names: names, write: f.write}
	return r, errors.Join(f.selection.check(names), f.run.check(), f.write.check())
}

func (r *deleteRun) delete(ctx context.Context) error {
	audit, closeAudit, err := r.openAudit(r.write, "delete")
	if err != nil {
		return err
	}
	defer closeAudit()
	// What does not look into Secrets needs to know of copies only the places.
	x := r.expansion(secret.Spec{})
	x.Plain = true
	jobs, err := r.jobs(ctx, r.names, x)
	if err != nil {
		return err
	}
	if err := r.observe(ctx, jobs, rollout.Needs{Delete: true}); err != nil {
		return err
	}
	actions := plan.Remove(items(jobs))
	return r.carryOut(ctx, report.Head{Command: "delete"}, jobs, actions, r.write, plan.Removal, audit)
}
