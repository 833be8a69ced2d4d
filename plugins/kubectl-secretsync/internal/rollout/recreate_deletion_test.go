package rollout

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
)

// TestRecreateWhoseDeletionIsNotAnswered: the deletion is carried out, sooner or
// later, and nobody says so. The new Secret has what others gave the old one; one
// that is refused leaves the old one.
func TestRecreateWhoseDeletionIsNotAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		// deletion does not answer the first DELETE.
		deletion func(context.CancelFunc) apitest.Fault
		budget   time.Duration
		refused  bool
		kind     string
	}{
		"the answer is lost":                              {deletion: lost, kind: "Opaque"},
		"the answer is lost, the new one is refused":      {deletion: lost, refused: true, kind: "old/type"},
		"it is carried out later":                         {deletion: late, kind: "Opaque"},
		"it is carried out later, the new one is refused": {deletion: late, refused: true, kind: "old/type"},
		"the answer does not come in time":                {deletion: silent, budget: 5 * time.Second, kind: "Opaque"},
		"an interrupt comes before the answer":            {deletion: interrupted, kind: "Opaque"},
		"nothing answers for a while":                     {deletion: outage, kind: "Opaque"},
		"a proxy repeats it":                              {deletion: replayed, kind: "Opaque"},
		"a proxy repeats it, the new one is refused":      {deletion: replayed, refused: true, kind: "old/type"},
		"a proxy gives up":                                {deletion: gaveUp, kind: "Opaque"},
		"a proxy gives up, the new one is refused":        {deletion: gaveUp, refused: true, kind: "old/type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 1)
			r.options.Recreate = true
			server := r.servers[0]
			r.run(t.Context(), nil)
			server.Get("n", "s")["type"] = "old/type"
			server.Get("n", "s")["metadata"].(map[string]any)["labels"].(map[string]any)["team"] = "them"
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			deletion := c.deletion(cancel)
			var deleting atomic.Bool
			creation := times(1, http.MethodPost, refuse(403, "Forbidden", "denied the request: no"))
			result := r.run(ctx, func() {
				server.Break(func(s *apitest.Server, w http.ResponseWriter, req *http.Request) bool {
					if req.Method == http.MethodDelete {
						deleting.Store(true)
					}
					stores := deleting.Load() && req.URL.Query().Get("dryRun") == "" && strings.HasSuffix(req.URL.Path, "/secrets")
					return deletion(s, w, req) || c.refused && stores && creation(s, w, req)
				})
			}, func(e *Executor) {
				if c.budget > 0 {
					e.Observer.Timeout = c.budget
				}
			})[0]
			stored := server.Get("n", "s")
			if stored == nil || stored["type"] != c.kind {
				t.Fatalf("%s %s %+v, stored %v", result.Action.Verb, result.Outcome, result.Problem, stored)
			}
			if stored["metadata"].(map[string]any)["labels"].(map[string]any)["team"] != "them" {
				t.Error("somebody's label is lost")
			}
			if (result.Outcome == Done) == c.refused {
				t.Errorf("%s %+v", result.Outcome, result.Problem)
			}
		})
	}
}

// TestRecreateThatLosesItsServer: what nobody knows is said.
func TestRecreateThatLosesItsServer(t *testing.T) {
	r := newRig(t, 1)
	r.options.Recreate = true
	server := r.servers[0]
	r.run(t.Context(), nil)
	server.Get("n", "s")["type"] = "old/type"
	deleted := false
	result := r.run(t.Context(), func() {
		server.Break(func(s *apitest.Server, w http.ResponseWriter, req *http.Request) bool {
			deleted = deleted || req.Method == http.MethodDelete
			return deleted && refuse(503, "", "gone away")(s, w, req)
		})
	})[0]
	if result.Outcome != Failed || !strings.Contains(result.Problem.Text, "whether the old Secret is deleted is not known: ") {
		t.Errorf("%s %+v", result.Outcome, result.Problem)
	}
}

func lost(context.CancelFunc) apitest.Fault { return times(1, http.MethodDelete, reset(true)) }

// late carries the deletion out once somebody has seen that it was not.
func late(context.CancelFunc) apitest.Fault {
	cut := times(1, http.MethodDelete, reset(false))
	var asked, seen atomic.Bool
	return func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		if asked.Load() && r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/secrets/s") && !seen.Swap(true) {
			s.Handle(w, r)
			s.Delete("n", "s")
			return true
		}
		asked.CompareAndSwap(false, r.Method == http.MethodDelete)
		return cut(s, w, r)
	}
}

// outage loses more questions than one reading repeats.
func outage(cancel context.CancelFunc) apitest.Fault {
	first, out := lost(cancel), times(12, http.MethodGet, reset(false))
	var deleted atomic.Bool
	return func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodDelete {
			deleted.Store(true)
		}
		return first(s, w, r) || deleted.Load() && out(s, w, r)
	}
}

// replayed lets the second of two deletions answer.
func replayed(context.CancelFunc) apitest.Fault {
	return times(1, http.MethodDelete, func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		s.Delete("n", "s")
		s.Handle(w, r)
		return true
	})
}

// gaveUp is a refusal that is not the server's.
func gaveUp(context.CancelFunc) apitest.Fault {
	return times(1, http.MethodDelete, func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		s.Handle(nowhere{}, r)
		w.WriteHeader(http.StatusRequestTimeout)
		return true
	})
}

func silent(context.CancelFunc) apitest.Fault {
	return times(1, http.MethodDelete, func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		s.Handle(nowhere{}, r)
		return hang(s, w, r)
	})
}

func interrupted(cancel context.CancelFunc) apitest.Fault {
	return times(1, http.MethodDelete, func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		s.Handle(nowhere{}, r)
		cancel()
		return hang(s, w, r)
	})
}
