package rollout

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
)

// faultCase is a fault of the server and what has to come of a write.
type faultCase struct {
	name  string
	fault func(method string) apitest.Fault
	// writes is how many writes arrive.
	writes  int
	outcome Outcome
	problem string
	// hangs is a fault that only a timeout ends.
	hangs bool
}

// untilHungUp is the timeout where a server hangs: long enough for what does not,
// on a busy machine too.
const untilHungUp = 12 * time.Second

// often is a fault that happens n times.
func often(n int64, fault apitest.Fault) func(string) apitest.Fault {
	return func(method string) apitest.Fault { return times(n, method, fault) }
}

func faultCases() []faultCase {
	return []faultCase{
		{"none", often(0, nil), 1, Done, "", false},
		{"429 with Retry-After", often(2, refuse(429, "TooManyRequests", "slow down", "Retry-After", "3")), 3, Done, "", false},
		{"429 without", often(2, refuse(429, "TooManyRequests", "slow down")), 3, Done, "", false},
		{"429 for ever", often(99, refuse(429, "TooManyRequests", "slow down")), 10, Failed, plan.KindBusy, false},
		{"500", often(1, refuse(500, "InternalError", "etcdserver: leader changed")), 2, Done, "", false},
		{"503", often(3, refuse(503, "", "")), 4, Done, "", false},
		{"504 after it was stored", often(1, func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
			s.Handle(nowhere{}, r)
			return refuse(504, "Timeout", "timed out")(s, w, r)
		}), 1, Done, "", false},
		{"a reset before", often(1, reset(false)), 2, Done, "", false},
		{"a reset after it was stored", often(1, reset(true)), 1, Done, "", false},
		{"a request that hangs", often(1, hang), 2, Done, "", true},
		{"a conflict", often(1, refuse(409, "Conflict", "the object has been modified")), 2, Done, "", false},
		{"denied", often(9, refuse(403, "Forbidden", `admission webhook "w" denied the request: no`)), 1, Failed, plan.KindDenied, false},
		{"invalid", often(9, refuse(422, "Invalid", "no")), 1, Failed, plan.KindInvalid, false},
		{"forbidden", func(string) apitest.Fault { return writes(refuse(403, "Forbidden", `User "u" cannot`)) }, 1, Failed, plan.KindForbidden, false},
		{"unauthorized", often(9, refuse(401, "Unauthorized", "Unauthorized")), 1, Failed, plan.KindUnauthorized, false},
		{"a redirect", often(9, func(_ *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "https://elsewhere.invalid/", http.StatusTemporaryRedirect)
			return true
		}), 1, Failed, plan.KindNoAPI, false},
		{"a login page", often(9, func(_ *apitest.Server, w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>"))
			return true
		}), 1, Failed, plan.KindNoAPI, false},
	}
}

// TestFaultsOfWrites: what a fault makes of a creation and of an update, how
// often the write arrives, and that a second run completes the first and
// changes nothing more.
func TestFaultsOfWrites(t *testing.T) {
	for _, c := range faultCases() {
		for _, verb := range []plan.Verb{plan.Create, plan.Update} {
			t.Run(c.name+"/"+string(verb), func(t *testing.T) {
				t.Parallel()
				c.check(t, verb)
			})
		}
	}
}

func (c faultCase) check(t *testing.T, verb plan.Verb) {
	t.Helper()
	const method = http.MethodPatch
	r := newRig(t, 1)
	if c.hangs {
		r.timeout = untilHungUp
	}
	if verb == plan.Update {
		r.value = "old-value"
		r.run(t.Context(), nil)
		r.value = "the-value"
	}
	server := r.servers[0]
	before := server.Count(method)
	result := r.run(t.Context(), func() { server.Break(c.fault(method)) })[0]
	if result.Outcome != c.outcome || server.Count(method)-before != c.writes {
		t.Errorf("%s after %d writes: %+v", result.Outcome, server.Count(method)-before, result.Problem)
	}
	if c.problem != "" && (result.Problem == nil || result.Problem.Kind != c.problem || result.Problem.Text == "") {
		t.Errorf("%+v", result.Problem)
	}
	server.Break(nil)
	r.run(t.Context(), nil)
	r.checkStored(t, server)
	writes := server.Count(http.MethodPost) + server.Count(http.MethodPatch)
	if again := r.run(t.Context(), nil)[0]; again.Outcome != Nothing || server.Count(http.MethodPost)+server.Count(http.MethodPatch) != writes {
		t.Errorf("a third run: %s", again.Outcome)
	}
}

// checkStored checks that the copy holds the value.
func (r *rig) checkStored(t *testing.T, server *apitest.Server) {
	t.Helper()
	stored := server.Get("n", "s")
	if data, ok := stored["data"].(map[string]any); !ok || data["k"] != base64.StdEncoding.EncodeToString([]byte(r.value)) {
		t.Errorf("stored: %v", stored)
	}
}

// TestRetryAfter: the server's wish is the wait.
func TestRetryAfter(t *testing.T) {
	r := newRig(t, 1)
	r.run(t.Context(), func() {
		r.servers[0].Break(times(2, http.MethodPatch, refuse(429, "TooManyRequests", "x", "Retry-After", "7")))
	})
	if len(r.waits) != 2 || r.waits[0] != 7*time.Second {
		t.Errorf("waits %v", r.waits)
	}
}

// TestFaultsOfReads: a target that cannot be read is not written, and leaves
// the others alone.
func TestFaultsOfReads(t *testing.T) {
	for _, c := range []struct {
		name    string
		fault   apitest.Fault
		problem string
		outcome Outcome
	}{
		{"503 twice", times(2, http.MethodGet, refuse(503, "", "")), "", Done},
		{"resets", times(2, http.MethodGet, reset(false)), "", Done},
		{"503 for ever", times(99, http.MethodGet, refuse(503, "", "")), plan.KindServer, Failed},
		{"hangs", times(99, http.MethodGet, hang), plan.KindTimeout, Failed},
		{"forbidden", times(99, http.MethodGet, refuse(403, "Forbidden", "no")), plan.KindForbidden, Failed},
		{"not Kubernetes", times(99, http.MethodGet, func(_ *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
			http.NotFound(w, r)
			return true
		}), plan.KindNoAPI, Failed},
		{"nonsense", times(99, http.MethodGet, func(_ *apitest.Server, w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"kind":"Secret","data":{"k":"the-value!"}}`))
			return true
		}), plan.KindNoAPI, Failed},
		{"endless", times(99, http.MethodGet, func(_ *apitest.Server, w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "application/json")
			for range 200 {
				_, _ = w.Write(make([]byte, 64<<10))
			}
			return true
		}), plan.KindNoAPI, Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 2)
			if c.problem == plan.KindTimeout {
				r.timeout = untilHungUp
			}
			r.servers[0].Break(c.fault)
			results := r.run(t.Context(), nil)
			problem := results[0].Action.Seen.Problem
			if results[0].Outcome != c.outcome || c.problem != "" && (problem == nil || problem.Kind != c.problem || strings.Contains(problem.Text, "the-value")) {
				t.Errorf("%s, %+v", results[0].Outcome, problem)
			}
			if c.outcome == Failed && r.servers[0].Count(http.MethodPatch) > 0 {
				t.Error("it was written all the same")
			}
			if results[1].Outcome != Done {
				t.Errorf("the other target: %s", results[1].Outcome)
			}
		})
	}
}
