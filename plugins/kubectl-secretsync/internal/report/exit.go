package report

import (
	"errors"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
)

// Exit is the error that a command ends with, nil where all targets hold what
// was asked for. The report has said everything by then.
func Exit(results []rollout.Result) error {
	fine, refused, failed := count(results)
	switch {
	case noneUsable(results):
		return failure.Silent(failure.Refused)
	case refused+failed == 0 && slices.ContainsFunc(results, func(r rollout.Result) bool { return len(r.Written.Changed) > 0 }):
		// It was done, and is not what was sent.
		return failure.Silent(failure.Found)
	case refused+failed == 0:
		return nil
	case fine > 0:
		return failure.Silent(failure.SomeFailed)
	case failed == 0:
		return failure.Silent(failure.Refused)
	case refused == 0 && allUnauthorized(results):
		return failure.With(failure.LoginNeeded, errors.New("no target accepts the credentials"), "log in again, then repeat the command")
	default:
		return failure.Silent(failure.Unable)
	}
}

// noneUsable reports whether each target cluster was skipped because this process
// cannot use it. Success would claim copies that nobody has looked at.
func noneUsable(results []rollout.Result) bool {
	usable := func(r rollout.Result) bool {
		problem := r.Action.Seen.Problem
		return problem == nil || problem.Kind != plan.KindSkipped
	}
	return len(results) > 0 && !slices.ContainsFunc(results, usable)
}

func count(results []rollout.Result) (fine, refused, failed int) {
	for _, r := range results {
		switch {
		case !r.Stopped():
			fine++
		case r.Action.Verb == plan.Conflict || r.Action.Verb == plan.Refused:
			refused++
		default:
			failed++
		}
	}
	return fine, refused, failed
}

func allUnauthorized(results []rollout.Result) bool {
	for _, r := range results {
		problem := r.Problem
		if problem == nil {
			problem = r.Action.Seen.Problem
		}
		if problem == nil || problem.Kind != plan.KindUnauthorized {
			return false
		}
	}
	return true
}

// ExitFound is for commands that look: differences are found, and what could
// not be looked at counts more.
func ExitFound(results []rollout.Result, found bool) error {
	readable, unreadable := 0, 0
	for _, r := range results {
		if r.Action.Verb == plan.Failed || r.Action.Verb == plan.Forbidden {
			unreadable++
		} else {
			readable++
		}
	}
	switch {
	case noneUsable(results):
		return failure.Silent(failure.Refused)
	case unreadable > 0 && readable > 0:
		return failure.Silent(failure.SomeFailed)
	case unreadable > 0:
		return failure.Silent(failure.Unable)
	case found:
		return failure.Silent(failure.Found)
	default:
		return nil
	}
}
