package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/report"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
)

// deleteFlags are the flags of `delete` as they are typed.
type deleteFlags struct {
	selection     selectionFlags
	run           runFlags
	write         writeFlags
	orphans       bool
	allNamespaces bool
}

const deleteLong = `Delete copies. Only Secrets that carry the marks of a copy of the source are
deleted, and only if they are still the object that was read; nothing else ever
is, and no flag changes that. A source that is gone may still be named.

With --orphans it finds copies by their marks instead, in the namespaces that
--to-namespace names (default: the source's): those whose source is gone and,
with -l or --all, those that the selection does not lead to any more; with names
only copies of these are looked at.

` + cli.ExitCodesHelp

const deleteExamples = `  # Take all copies away
  kubectl secretsync delete ghcr-pull -n flux-system --from-context management --to-context 'prod-*'

  # Which copies have lost their source
  kubectl secretsync delete --orphans --all-namespaces --from-context management -n flux-system --to-context 'prod-*' --dry-run

  # What the selection used to lead to
  kubectl secretsync delete --orphans -l fleet=all -n shared --from-context management --to-context 'prod-*'`

func newDeleteCommand(d deps) *cobra.Command {
	flags := &deleteFlags{run: newRunFlags()}
	c := &cobra.Command{
		Use:     "delete NAME... | -l SELECTOR | --all | -f FILE | --orphans",
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
	flags.run.add(c)
	flags.write.add(c)
	cli.Finishes(c)
	c.Flags().BoolVar(&flags.orphans, "orphans", false, "Delete copies whose source, or whose place in the selection, is gone.")
	c.Flags().BoolVarP(&flags.allNamespaces, "all-namespaces", "A", false, "With --orphans, look in all namespaces of the targets.")
	return c
}

// deleteRun is a `delete` that is checked and ready.
type deleteRun struct {
	*session
	names                  []string
	write                  writeFlags
	orphans, allNamespaces bool
}

func (f *deleteFlags) options(d deps, names []string) (*deleteRun, error) {
	r := &deleteRun{session: newSession(d, &f.selection, &f.run), names: names, write: f.write, orphans: f.orphans, allNamespaces: f.allNamespaces}
	switch {
	case f.allNamespaces && !f.orphans:
		return nil, cli.Use(errors.New("--all-namespaces goes with --orphans"))
	case f.orphans && len(f.selection.files) > 0:
		return nil, cli.Use(errors.New("--orphans looks for sources in a cluster, not in manifests"))
	}
	err := errors.Join(f.run.check(), f.write.check())
	if !r.selectsNothing() || !f.orphans {
		err = errors.Join(err, f.selection.check(names))
	}
	return r, err
}

// selectsNothing tells that --orphans stands alone.
func (r *deleteRun) selectsNothing() bool {
	return len(r.names) == 0 && r.selection.selector == "" && !r.selection.all && len(r.selection.files) == 0
}

func (r *deleteRun) delete(ctx context.Context) error {
	audit, closeAudit, err := r.openAudit(r.write, "delete")
	if err != nil {
		return err
	}
	defer closeAudit()
	find := r.copies
	if r.orphans {
		find = r.findOrphans
	}
	jobs, err := find(ctx)
	if err != nil {
		return err
	}
	if err := r.observe(ctx, jobs, rollout.Needs{Delete: true}); err != nil {
		return err
	}
	actions := plan.Remove(items(jobs))
	return r.carryOut(ctx, report.Head{Command: "delete"}, jobs, actions, r.write, plan.Removal, audit)
}

// copies are the places that the selection leads to.
func (r *deleteRun) copies(ctx context.Context) ([]rollout.Job, error) {
	x := r.expansion(r.plainSpec())
	x.Plain = true
	return r.jobs(ctx, r.names, x)
}
