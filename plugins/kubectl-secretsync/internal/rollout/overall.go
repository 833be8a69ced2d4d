package rollout

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
)

// overallError is the cause of a context that ended because all targets together have
// taken too long. Requests end with it as with any other deadline.
type overallError struct{}

var errOverall error = overallError{}

// Error names the limit.
func (overallError) Error() string { return "the overall timeout has passed" }

// Timeout is true, as for net.Error.
func (overallError) Timeout() bool { return true }

// Temporary is false, as for net.Error.
func (overallError) Temporary() bool { return false }

// Is reports that it is a deadline.
func (overallError) Is(target error) bool { return target == context.DeadlineExceeded }

// within returns a context for all targets together; a limit of 0 is none.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, limit, errOverall)
}

// tooLate is the problem of a target that the overall timeout left no time for.
func tooLate(what string, limit time.Duration) *plan.Problem {
	return &plan.Problem{
		Kind: plan.KindTimeout, Text: fmt.Sprintf("not %s: the overall timeout of %s has passed", what, limit),
		Hint: "--overall-timeout gives all targets together more time, --parallel works on more of them at once",
	}
}

// unread marks the jobs that the overall timeout left unread. Without it they would
// look like targets that are not there.
func (o Observer) unread(ctx context.Context, jobs []Job, read []bool) {
	if !errors.Is(context.Cause(ctx), errOverall) {
		return
	}
	for i := range jobs {
		item := &jobs[i].Item
		if !read[i] && item.Refusal == "" && item.Seen.Problem == nil {
			item.Seen = plan.Observation{Problem: tooLate("read", o.Overall)}
		}
	}
}
