package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/report"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// expansion is how sources become copies.
func (s *session) expansion(spec secret.Spec) rollout.Expansion {
	return rollout.Expansion{
		Destination: s.selection.to, Spec: spec, Prints: s.prints, AllowTypes: s.selection.allowTypes,
		Stamp: secret.Stamp{Time: s.now(), Tool: cli.Version("").Version},
	}
}

// jobs connects to both ends and reads the sources.
func (s *session) jobs(ctx context.Context, names []string, x rollout.Expansion) ([]rollout.Job, error) {
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	sources, err := s.sources(ctx, names, x.Plain)
	if err != nil {
		return nil, err
	}
	return x.Jobs(sources, s.clusters), nil
}

// observe reads the targets. After an interrupt nothing has been written.
func (s *session) observe(ctx context.Context, jobs []rollout.Job, needs rollout.Needs) error {
	observer, done := s.observer(needs, len(jobs), "reading targets")
	observer.Observe(ctx, jobs)
	done()
	if err := ctx.Err(); err != nil {
		fmt.Fprintln(s.ErrOut, "warning: interrupted while reading; nothing was written")
		return err
	}
	s.warn()
	return nil
}

func items(jobs []rollout.Job) []plan.Item {
	all := make([]plan.Item, len(jobs))
	for i, job := range jobs {
		all[i] = job.Item
	}
	return all
}

// carryOut writes what the plan says, and reports it.
func (s *session) carryOut(ctx context.Context, head report.Head, jobs []rollout.Job, actions []plan.Action, write writeFlags, decide func(plan.Item) plan.Action, audit *rollout.Audit) error {
	head.ServerMessages = write.serverMessages
	var results []rollout.Result
	switch write.dryRun {
	case "client":
		head.DryRun = "client"
		results = rollout.Planned(actions)
	default:
		if write.dryRun == "server" {
			head.DryRun = "server"
		}
		s.announce(actions)
		results = s.execute(ctx, jobs, actions, write, decide, audit)
	}
	printed := s.print(head, results)
	ended := report.Exit(results)
	if printed != nil {
		ended = s.unshown(printed, report.Build(head, results), ended)
	}
	if ctx.Err() != nil && rollout.Unfinished(results) {
		return ctx.Err()
	}
	return ended
}

// unshown is a report that could not be written. What was done was done all the
// same: the code says what came of it, and that something failed.
func (s *session) unshown(err error, built v1alpha1.Report, ended error) error {
	fmt.Fprintln(s.ErrOut, output.Text(report.Summary(built)))
	code := failure.SomeFailed
	var known *failure.Error
	if errors.As(ended, &known) {
		code = known.Code
	}
	return failure.With(code, fmt.Errorf("the report cannot be written: %w", err), "")
}

// announce shows the plan before it is carried out.
func (s *session) announce(actions []plan.Action) {
	built := report.Build(report.Head{Command: "plan"}, rollout.Planned(actions))
	fmt.Fprintln(s.ErrOut, "plan for "+output.Text(report.Summary(built)))
}

func (s *session) execute(ctx context.Context, jobs []rollout.Job, actions []plan.Action, write writeFlags, decide func(plan.Item) plan.Action, audit *rollout.Audit) []rollout.Result {
	observer, done := s.observer(rollout.Needs{}, len(actions), "writing")
	defer done()
	executor := &rollout.Executor{
		Observer: observer, Decide: decide, DryRun: write.dryRun == "server",
		MaxFailures: write.maxFailures, Canary: write.canary, Grace: interruptGrace, Pause: s.pause,
	}
	if audit != nil {
		executor.Audit = audit.Record
	}
	return executor.Execute(ctx, jobs, actions)
}
