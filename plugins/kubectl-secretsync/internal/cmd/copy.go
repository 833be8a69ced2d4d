package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/report"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// interruptGrace is how long a write that is under way may take after Ctrl-C.
const interruptGrace = 5 * time.Second

// copyFlags are the flags of `copy` as they are typed.
type copyFlags struct {
	selection  *selectionFlags
	run        runFlags
	write      writeFlags
	onConflict string
	mode       string
	recreate   bool
	createNS   bool
	allowLive  bool
}

const copyLong = `Copy Secrets to other clusters, namespaces or names.

All targets are read first, and the whole plan is made before anything is
written: create, update, recreate, unchanged, conflict (somebody else owns the
target), forbidden (a permission is missing), refused (a rule stops it). Then
targets are written, many at once; one that fails never stops the others.

A copy has labels and annotations that say where it came from. What it holds is
applied: the API server knows which keys, labels and annotations are ours. Those are
repaired whoever has edited them, and leave with the flag or the source's key; those
of others stay, as do owners and finalizers. Where the target's admission changes
what is written, that is said, with exit code 1.

Never copied are ownerReferences, finalizers, last-applied configurations, and the
labels by which controllers know what is their own. Nor is a source's immutable:
true: a copy must be able to follow its source.

With -o manifest it prints the copies as manifests, values included, and writes
to no cluster.

Refused unless a flag says otherwise are targets that are not copies of this
source (--on-conflict), changes of type or of immutable Secrets (--recreate),
and service account tokens, bootstrap tokens and Helm releases (--allow-type).

` + cli.ExitCodesHelp

const copyExamples = `  # One Secret to all production clusters; the pattern leaves out the source
  kubectl secretsync copy ghcr-pull -n flux-system --from-context management --to-context 'prod-*'

  # See the plan first, then have the API servers validate it
  kubectl secretsync copy ghcr-pull --to-context 'prod-*' --to-namespace flux-system --dry-run=server

  # A token that is in no cluster yet, to the clusters of Cluster API
  kubectl create secret generic deploy-token --from-file=token --dry-run=client -o yaml |
    kubectl secretsync copy -f - --source-id deploy-token --to-kubeconfig-secret-selector cluster.x-k8s.io/cluster-name \
      --to-kubeconfig-secret-namespace capi --to-kubeconfig-secret-context management --to-namespace flux-system`

func newCopyCommand(d deps) *cobra.Command {
	flags := &copyFlags{selection: d.selection, run: newRunFlags("manifest")}
	c := &cobra.Command{
		Use:     "copy NAME... | -l SELECTOR | --all | -f FILE",
		Short:   "Copy Secrets to other clusters",
		Long:    copyLong,
		Example: copyExamples,
	}
	if d.asks(c) {
		c.Flags().AddFlagSet(d.common())
		flags.add(c)
	}
	cli.Finishes(c)
	return cli.Runs(c, func(names []string) (*copyRun, error) { return flags.options(d, names) })
}

func (f *copyFlags) add(c *cobra.Command) {
	set := c.Flags()
	f.selection.completions(c)
	f.run.add(c)
	f.write.add(c)
	modeFlag(c, &f.mode)
	set.StringVar(&f.onConflict, "on-conflict", string(plan.Fail), "What becomes of targets that are not copies of the source: fail reports them, skip leaves them, adopt takes over those that nobody claims, overwrite also those whose owner is gone.")
	set.BoolVar(&f.allowLive, "allow-live-owner", false, "With --on-conflict=overwrite: take over also from an owner that is still there, or that cannot be looked up. It may take the target back, or delete it.")
	set.BoolVar(&f.recreate, "recreate", false, "Delete and create anew what cannot be updated: another type, immutable Secrets. The new one is validated first, and the old one put back should it be refused.")
	set.BoolVar(&f.createNS, "create-namespace", false, "Create the target's namespace where it is missing.")
	complete(c, "on-conflict", string(plan.Fail), string(plan.SkipIt), string(plan.Adopt), string(plan.Overwrite))
}

// copyRun is a `copy` that is checked and ready.
type copyRun struct {
	*session
	names   []string
	spec    secret.Spec
	options plan.Options
	write   writeFlags
}

func (f *copyFlags) options(d deps, names []string) (*copyRun, error) {
	r := &copyRun{session: newSession(d, f.selection, &f.run), names: names, write: f.write}
	r.options = plan.Options{OnConflict: plan.OnConflict(f.onConflict), Recreate: f.recreate, CreateNamespace: f.createNS, AllowLive: f.allowLive}
	var err error
	if r.options.Mode, err = parseMode(f.mode); err != nil {
		return nil, err
	}
	if r.spec, err = f.selection.spec.parse(); err != nil {
		return nil, err
	}
	r.spec.Plan = f.selection.planID(names)
	return r, errors.Join(f.selection.check(names), f.run.check(), f.write.check(), f.checkOwner(),
		oneOf("on-conflict", f.onConflict, string(plan.Fail), string(plan.SkipIt), string(plan.Adopt), string(plan.Overwrite)))
}

func (f *copyFlags) checkOwner() error {
	if f.allowLive && f.onConflict != string(plan.Overwrite) {
		return failure.Input(errors.New("--allow-live-owner goes with --on-conflict=overwrite"))
	}
	return nil
}

// Run plans the copies and carries the plan out.
func (r *copyRun) Run(ctx context.Context) error {
	if r.run.format == "manifest" {
		return r.manifest(ctx)
	}
	audit, closeAudit, err := r.openAudit(r.write, "copy")
	if err != nil {
		return err
	}
	defer closeAudit()
	jobs, err := r.jobs(ctx, r.names, r.expansion(r.spec))
	if err != nil {
		return err
	}
	needs := rollout.Needs{Create: true, Patch: true, Delete: r.options.Recreate, CreateNamespace: r.options.CreateNamespace}
	r.rehearses, r.owners = r.options.Rehearses, r.options.Owners
	if err := r.observe(ctx, jobs, needs); err != nil {
		return err
	}
	actions := plan.Copy(items(jobs), r.options)
	return r.carryOut(ctx, report.Head{Command: "copy"}, jobs, actions, r.write, r.options.Decide, audit)
}

// manifest prints the copies and asks no target. Targets need not be named.
func (r *copyRun) manifest(ctx context.Context) error {
	if r.needsSource() {
		if err := r.connectSource(); err != nil {
			return err
		}
	}
	sources, err := r.sources(ctx, r.names, false)
	if err != nil {
		return err
	}
	r.warn()
	jobs := r.expansion(r.spec).Jobs(sources, []*rollout.Cluster{rollout.Broken("", plan.Problem{})})
	refused := 0
	for _, job := range jobs {
		if job.Item.Refusal != "" && !job.Item.Selected {
			refused++
			fmt.Fprintf(r.ErrOut, "warning: %s: %s\n", output.Text(job.Item.Origin.Path()), output.Text(job.Item.Refusal))
			fmt.Fprintf(r.ErrOut, "hint: %s\n", output.Text(job.Item.Lift))
		}
	}
	if err := writeManifests(r.Out, jobs); err != nil {
		return err
	}
	if refused > 0 {
		return failure.Silent(failure.Refused)
	}
	return nil
}
