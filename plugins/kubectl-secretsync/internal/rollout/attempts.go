package rollout

import (
	"context"
	"errors"
	"fmt"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// errDecided ends the attempts: the target is now such that nothing is to be
// written, or nothing may be.
var errDecided = errors.New("decided anew")

// attempts tries until the write is done, or fails for good. After anything
// that leaves its outcome open, the target is read and decided upon anew, so
// that nothing is ever done twice and a foreign object is never touched.
func (e *Executor) attempts(ctx context.Context, job *Job, result *Result) {
	asked := result.Action
	defer result.doubt()
	for n := 0; ; n++ {
		result.Attempts = n + 1
		err := e.perform(ctx, job, result)
		if err == nil {
			result.Outcome, result.Problem = e.success(), nil
			return
		}
		failed := api.AsError(err)
		problem := failed.Problem()
		if problem.Kind == plan.KindInterrupted {
			problem.Text = "interrupted on its way: whether it was stored is not known"
		}
		result.Problem = &problem
		if !repeatable(failed) || n+1 >= api.Attempts || e.Pause(ctx, api.Wait(n, failed)) != nil {
			if problem.Kind == plan.KindConflict && result.Attempts > 1 {
				problem.Hint = raceHint(job.Item.Place)
			}
			return
		}
		if err := e.again(ctx, job, result, asked); err != nil {
			return
		}
	}
}

// raceHint helps against somebody who writes the target over and over.
func raceHint(place plan.Place) string {
	return fmt.Sprintf("somebody else keeps writing it; kubectl get secret %s -n %s -o jsonpath='{.metadata.managedFields[*].manager}' names who", place.Name, place.Namespace)
}

func (e *Executor) success() Outcome {
	if e.DryRun {
		return Validated
	}
	return Done
}

// repeatable reports whether reading the target anew may show a way on.
func repeatable(e *api.Error) bool {
	return e.Transient() || e.Problem().Kind == plan.KindConflict || e.Problem().Kind == plan.KindNotFound
}

// again reads the target and decides anew.
func (e *Executor) again(ctx context.Context, job *Job, result *Result, asked plan.Action) error {
	if err := e.Observer.Again(ctx, job); err != nil {
		problem := api.AsError(err).Problem()
		result.Problem = &problem
		return err
	}
	decided := e.Decide(job.Item)
	switch {
	case decided.Verb.Writes():
		decided.CreateNamespace = asked.CreateNamespace
		result.Action = decided
		return nil
	case decided.Verb == plan.Failed:
		// An old object that is still going away: wait for it.
		result.Problem = &plan.Problem{Kind: plan.KindConflict, Text: decided.Reason, Hint: decided.Hint}
		return nil
	case decided.Verb == plan.Unchanged, decided.Verb == plan.Absent:
		// The write that seemed to fail was carried out.
		result.Outcome, result.Problem = e.success(), nil
	case decided.Verb == plan.Skip:
		result.Action, result.Outcome, result.Problem = decided, Nothing, nil
	default:
		result.Action, result.Problem = decided, nil
	}
	return errDecided
}

// create creates the copy, and before it the namespace where that is known, or
// turns out, to be missing.
func (e *Executor) create(ctx context.Context, client *api.Client, result *Result) (api.Written, error) {
	a := result.Action
	missing := a.CreateNamespace && a.Seen.Namespace == plan.NamespaceMissing
	if !missing {
		written, err := client.Create(ctx, e.Observer.Prints, a, e.DryRun)
		missing = a.CreateNamespace && err != nil && api.AsError(err).Problem().Kind == plan.KindNoNamespace
		if !missing {
			return written, err
		}
	}
	if err := client.CreateNamespace(ctx, a.Place.Namespace, e.DryRun); err != nil {
		return api.Written{}, err
	}
	if e.DryRun {
		return api.Written{Warnings: []string{"the namespace is not there yet, so that the server could not validate the Secret"}}, nil
	}
	return client.Create(ctx, e.Observer.Prints, a, false)
}

// perform tries the write once.
func (e *Executor) perform(ctx context.Context, job *Job, result *Result) (err error) {
	client, a := job.Cluster.client, result.Action
	switch a.Verb {
	case plan.Create:
		if old := result.old; old != nil {
			result.old = nil
			result.Written, err = e.replace(ctx, client, a, *old)
			break
		}
		result.Written, err = e.create(ctx, client, result)
	case plan.Update:
		result.Written, err = client.Apply(ctx, e.Observer.Prints, a, e.DryRun)
	case plan.Recreate:
		result.Written, err = e.recreate(ctx, client, result)
	case plan.Reduce:
		result.Written, err = client.Prepare(ctx, a, e.DryRun)
	case plan.Release:
		result.Written, err = client.Annotate(ctx, a.Place, a.Seen.Object.Meta, secret.WithPlans(a.Plans), e.DryRun)
	case plan.Delete:
		err = client.Delete(ctx, a.Place, a.Seen.Object.Meta, e.DryRun)
	}
	if err == nil {
		e.note(ctx, client, result)
	}
	return err
}

// note records in the copy what admission has changed, once: later runs then know
// that it is no drift. What cannot be recorded is found out anew by the next run.
func (e *Executor) note(ctx context.Context, client *api.Client, result *Result) {
	written := result.Written
	if len(written.Changed) == 0 || e.DryRun || result.Action.Seen.Access.Patch == plan.Denied {
		return
	}
	if noted, err := client.Note(ctx, e.Observer.Prints, result.Action, written); err == nil {
		result.Written.ResourceVersion = noted.ResourceVersion
	}
}
