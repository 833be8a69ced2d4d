package rollout

import (
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
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
	// old is what a recreation has deleted, or may have: nobody has said.
	old *secret.Secret
}

// doubt says that a recreation ended without an answer to its deletion.
func (r *Result) doubt() {
	if r.old != nil && r.Outcome == Failed && r.Problem != nil {
		r.Problem.Text = "whether the old Secret is deleted is not known: " + r.Problem.Text
	}
}

// Stopped reports whether the target does not hold what was asked for.
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

// Unfinished reports whether some write was not begun.
func Unfinished(results []Result) bool {
	for _, r := range results {
		if r.Outcome == NotAttempted {
			return true
		}
	}
	return false
}
