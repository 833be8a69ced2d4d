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
	ctx, cancel := within(ctx, e.Observer.Overall)
	defer cancel()
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
	switch {
	case errors.Is(context.Cause(ctx), errOverall):
		why = tooLate("written", e.Observer.Overall)
	case ctx.Err() != nil:
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
