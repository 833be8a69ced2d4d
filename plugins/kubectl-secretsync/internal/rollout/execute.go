package rollout

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
)

// Outcome is what came of an action.
type Outcome string

// The outcomes.
const (
	// Done is a write that was carried out.
	Done Outcome = "done"
	// Intended is a write that was not asked for: a dry run.
	Intended Outcome = "planned"
	// Validated is a write that the server took as a dry run.
	Validated Outcome = "validated"
	// Nothing was to be done.
	Nothing Outcome = "nothing"
	// Failed is a write that was tried, or an action that stopped before.
	Failed Outcome = "failed"
	// NotAttempted is a write that was never begun.
	NotAttempted Outcome = "not-attempted"
)

// Result is an action and what came of it.
type Result struct {
	Action  plan.Action
	Outcome Outcome
	// Problem says why it failed or was not attempted.
	Problem *plan.Problem
	Written api.Written
	// Attempts counts how often the write was tried.
	Attempts int
}

// Stopped tells that the target does not hold what was asked for.
func (r Result) Stopped() bool { return r.Outcome == Failed || r.Outcome == NotAttempted }

// Planned are the results of a plan that is not carried out.
func Planned(actions []plan.Action) []Result {
	results := make([]Result, len(actions))
	for i, action := range actions {
		results[i] = before(action)
		if results[i].Outcome == NotAttempted {
			results[i].Outcome = Intended
		}
	}
	return results
}

// Unfinished tells that some write was not begun.
func Unfinished(results []Result) bool {
	for _, r := range results {
		if r.Outcome == NotAttempted {
			return true
		}
	}
	return false
}

// Executor carries plans out.
type Executor struct {
	Observer Observer
	// Decide decides anew on a target that has changed meanwhile.
	Decide func(plan.Item) plan.Action
	// DryRun has the servers validate the writes and store nothing.
	DryRun bool
	// MaxFailures stops after as many targets have failed; 0 never does.
	MaxFailures int
	// Canary is how many writes must all succeed before the others begin.
	Canary int
	// Grace is how long a write that is under way may take after an interrupt.
	Grace time.Duration
	Pause api.Pause
	// Audit is told before and after each write. An error stops the run.
	Audit func(begin bool, r Result) error

	failures atomic.Int64
	stop     atomic.Pointer[plan.Problem]
}

// Execute carries the actions out, each in the cluster of its job, and returns
// a result for each, in order.
func (e *Executor) Execute(ctx context.Context, jobs []Job, actions []plan.Action) []Result {
	results := make([]Result, len(actions))
	var writes []int
	for i, action := range actions {
		results[i] = before(action)
		if action.Verb.Writes() {
			writes = append(writes, i)
		} else if action.Verb.Stops() {
			e.failed()
		}
	}
	run := func(indexes []int) {
		each(ctx, len(indexes), e.Observer.Parallel, func(n int) {
			e.one(ctx, &jobs[indexes[n]], &results[indexes[n]])
		})
	}
	canaries := min(max(e.Canary, 0), len(writes))
	run(writes[:canaries])
	if e.canariesDied(results, writes[:canaries]) {
		return e.finish(ctx, results)
	}
	run(writes[canaries:])
	return e.finish(ctx, results)
}

// before is what holds of an action until it is begun.
func before(action plan.Action) Result {
	switch {
	case action.Verb.Writes():
		return Result{Action: action, Outcome: NotAttempted}
	case action.Verb.Stops():
		return Result{Action: action, Outcome: Failed}
	default:
		return Result{Action: action, Outcome: Nothing}
	}
}

func (e *Executor) canariesDied(results []Result, canaries []int) bool {
	for _, i := range canaries {
		if results[i].Stopped() {
			e.stop.CompareAndSwap(nil, &plan.Problem{Kind: plan.KindInterrupted, Text: "a canary failed"})
			return true
		}
	}
	return false
}

// finish says why writes were not begun.
func (e *Executor) finish(ctx context.Context, results []Result) []Result {
	why := e.stop.Load()
	if ctx.Err() != nil {
		why = &plan.Problem{Kind: plan.KindInterrupted, Text: "interrupted"}
	}
	for i := range results {
		if results[i].Outcome == NotAttempted && results[i].Problem == nil {
			results[i].Problem = why
		}
	}
	return results
}

// failed counts a failure, and stops the run where there are too many.
func (e *Executor) failed() {
	if e.MaxFailures > 0 && e.failures.Add(1) >= int64(e.MaxFailures) {
		e.stop.CompareAndSwap(nil, &plan.Problem{Kind: plan.KindInterrupted, Text: "too many failures (--max-failures)"})
	}
}

// one carries one action out within the budget of its target.
func (e *Executor) one(ctx context.Context, job *Job, result *Result) {
	if e.stop.Load() != nil {
		return
	}
	ctx, cancel := e.budget(ctx)
	defer cancel()
	result.Outcome = Failed
	if err := e.audit(true, *result); err != nil {
		result.Outcome, result.Problem = NotAttempted, err
		return
	}
	e.attempts(ctx, job, result)
	if e.Observer.Progress != nil {
		e.Observer.Progress()
	}
	if err := e.audit(false, *result); err != nil && result.Problem == nil {
		result.Action.Warnings = append(result.Action.Warnings, err.Text)
	}
	if result.Outcome == Failed {
		e.failed()
	}
}

func (e *Executor) audit(begin bool, result Result) *plan.Problem {
	if e.Audit == nil {
		return nil
	}
	if err := e.Audit(begin, result); err != nil {
		problem := &plan.Problem{Kind: plan.KindAudit, Text: "audit log: " + err.Error()}
		e.stop.CompareAndSwap(nil, problem)
		return problem
	}
	return nil
}

// budget is the time of one target. An interrupt leaves a write that is under
// way the grace to end.
func (e *Executor) budget(ctx context.Context) (context.Context, context.CancelFunc) {
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.Observer.Timeout)
	var timer *time.Timer
	var mu sync.Mutex
	stop := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		timer = time.AfterFunc(e.Grace, cancel)
	})
	return own, func() {
		stop()
		mu.Lock()
		defer mu.Unlock()
		if timer != nil {
			timer.Stop()
		}
		cancel()
	}
}

// errDecided ends the attempts: the target is now such that nothing is to be
// written, or nothing may be.
var errDecided = errors.New("decided anew")

// attempts tries until the write is done, or fails for good. After anything
// that leaves its outcome open, the target is read and decided upon anew, so
// that nothing is ever done twice and a foreign object is never touched.
func (e *Executor) attempts(ctx context.Context, job *Job, result *Result) {
	asked := result.Action
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
			return
		}
		if err := e.again(ctx, job, result, asked); err != nil {
			return
		}
	}
}

func (e *Executor) success() Outcome {
	if e.DryRun {
		return Validated
	}
	return Done
}

// repeatable tells that reading the target anew may show a way on.
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
		written, err := client.Create(ctx, a.Place, a.Content, nil, e.DryRun)
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
	return client.Create(ctx, a.Place, a.Content, nil, false)
}

// perform tries the write once.
func (e *Executor) perform(ctx context.Context, job *Job, result *Result) (err error) {
	client, a := job.Cluster.client, result.Action
	switch a.Verb {
	case plan.Create:
		result.Written, err = e.create(ctx, client, result)
	case plan.Update:
		result.Written, err = client.Update(ctx, a, e.DryRun)
	case plan.Recreate:
		result.Written, err = e.recreate(ctx, client, result)
	case plan.Delete:
		err = client.Delete(ctx, a.Place, a.Seen.Object.Meta, e.DryRun)
	}
	return err
}
