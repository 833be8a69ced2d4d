package rollout

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
)

// TestRaces: what happens between plan and write is found out, and somebody
// else's Secret is never touched.
func TestRaces(t *testing.T) {
	t.Run("a foreign Secret comes first", func(t *testing.T) {
		r := newRig(t, 1)
		result := r.run(t.Context(), func() { foreign(r.servers[0]) })[0]
		if result.Outcome != Failed || result.Action.Verb != plan.Conflict || r.servers[0].Count(http.MethodPatch) > 1 {
			t.Errorf("%s %s", result.Action.Verb, result.Outcome)
		}
	})
	t.Run("a foreign Secret takes our copy's place", func(t *testing.T) {
		r := newRig(t, 1)
		r.run(t.Context(), nil)
		r.value = "new-value"
		result := r.run(t.Context(), func() { foreign(r.servers[0]) })[0]
		if result.Outcome != Failed || result.Action.Verb != plan.Conflict || r.servers[0].Get("n", "s")["data"].(map[string]any)["k"] != "eA==" {
			t.Errorf("%s %s", result.Action.Verb, result.Outcome)
		}
	})
	t.Run("our copy is changed meanwhile", func(t *testing.T) {
		r := newRig(t, 1)
		r.run(t.Context(), nil)
		r.value = "new-value"
		result := r.run(t.Context(), func() {
			object := r.servers[0].Get("n", "s")
			object["metadata"].(map[string]any)["resourceVersion"] = "changed"
		})[0]
		if result.Outcome != Done || result.Attempts != 2 {
			t.Errorf("%s after %d attempts", result.Outcome, result.Attempts)
		}
		r.checkStored(t, r.servers[0])
	})
	t.Run("our copy is changed over and over", func(t *testing.T) {
		r := newRig(t, 1)
		r.run(t.Context(), nil)
		r.value = "new-value"
		result := r.run(t.Context(), func() {
			r.servers[0].Break(times(99, http.MethodPatch, refuse(409, "Conflict", "the object has been modified")))
		})[0]
		if result.Outcome != Failed || result.Attempts != api.Attempts || !strings.Contains(result.Problem.Hint, "managedFields[*].manager") {
			t.Errorf("%s after %d attempts: %+v", result.Outcome, result.Attempts, result.Problem)
		}
	})
	t.Run("a foreign Secret is to be deleted in its place", func(t *testing.T) {
		r := newRig(t, 1)
		r.run(t.Context(), nil)
		jobs := r.jobs()
		r.observer().Observe(t.Context(), jobs)
		actions := []plan.Action{plan.RemoveOptions{}.Decide(jobs[0].Item)}
		foreign(r.servers[0])
		e := r.executor()
		e.Decide = plan.RemoveOptions{}.Decide
		result := e.Execute(t.Context(), jobs, actions)[0]
		if result.Action.Verb != plan.Refused || r.servers[0].Get("n", "s") == nil {
			t.Errorf("%s %s", result.Action.Verb, result.Outcome)
		}
	})
}

// TestOneTargetDoesNotStopOthers, be it hung or failing; and the flags that
// stop all the same.
func TestStopping(t *testing.T) {
	broken := refuse(422, "Invalid", "no")
	count := func(results []Result, outcome Outcome) (n int) {
		for _, r := range results {
			if r.Outcome == outcome {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		name                       string
		broken                     []int
		change                     func(*Executor)
		done, failed, notAttempted int
	}{
		{"goes on", []int{0, 2}, func(*Executor) {}, 6, 2, 0},
		{"stops after two", []int{0, 1}, func(e *Executor) { e.MaxFailures, e.Observer.Parallel = 2, 1 }, 0, 2, 6},
		{"fewer than it takes", []int{0, 5}, func(e *Executor) { e.MaxFailures = 3 }, 6, 2, 0},
		{"a canary dies", []int{1}, func(e *Executor) { e.Canary = 2 }, 1, 1, 6},
		{"canaries live", []int{5}, func(e *Executor) { e.Canary = 2 }, 7, 1, 0},
		{"more canaries than targets", []int{5}, func(e *Executor) { e.Canary = 99 }, 7, 1, 0},
		{"nothing can be recorded", nil, func(e *Executor) {
			e.Observer.Parallel = 1
			e.Audit = func(bool, Result) error { return errors.New("disk full") }
		}, 0, 0, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 8)
			for _, i := range c.broken {
				r.servers[i].Break(times(99, http.MethodPatch, broken))
			}
			results := r.run(t.Context(), nil, c.change)
			if count(results, Done) != c.done || count(results, Failed) != c.failed || count(results, NotAttempted) != c.notAttempted {
				t.Errorf("done %d, failed %d, not attempted %d", count(results, Done), count(results, Failed), count(results, NotAttempted))
			}
			for _, result := range results {
				if result.Outcome == NotAttempted && (result.Problem == nil || result.Problem.Text == "") {
					t.Error("nobody says why it was not attempted")
				}
			}
		})
	}
}

// TestInterrupt: what is under way may end, what hangs is cut off, and nothing
// new begins.
func TestInterrupt(t *testing.T) {
	r := newRig(t, 4)
	ctx, interrupt := context.WithCancel(t.Context())
	r.servers[0].Break(times(1, http.MethodPatch, func(s *apitest.Server, w http.ResponseWriter, req *http.Request) bool {
		interrupt()
		time.Sleep(10 * time.Millisecond)
		return false
	}))
	r.servers[1].Break(times(9, http.MethodPatch, hang))
	results := r.run(ctx, nil, func(e *Executor) { e.Observer.Parallel, e.Grace = 2, 5*time.Second })
	if results[0].Outcome != Done || results[1].Outcome != Failed || results[1].Problem.Kind != plan.KindInterrupted {
		t.Errorf("%s, %s %+v", results[0].Outcome, results[1].Outcome, results[1].Problem)
	}
	for _, result := range results[2:] {
		if result.Outcome != NotAttempted || result.Problem.Kind != plan.KindInterrupted {
			t.Errorf("%s %+v", result.Outcome, result.Problem)
		}
	}
	if !Unfinished(results) {
		t.Error("it is unfinished")
	}
}
