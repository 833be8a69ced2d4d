package rollout

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// rig runs copies of one Secret to servers that can be broken.
type rig struct {
	servers []*apitest.Server
	scrub   *secret.Scrubber
	prints  *secret.Fingerprinter
	options plan.Options
	timeout time.Duration
	// waits are the pauses that were asked for; none is waited.
	mu    sync.Mutex
	waits []time.Duration
	value string
}

func newRig(t *testing.T, servers int) *rig {
	t.Helper()
	r := &rig{scrub: &secret.Scrubber{}, prints: secret.NewFingerprinter(), timeout: 10 * time.Second, value: "the-value"}
	for range servers {
		r.servers = append(r.servers, apitest.New(t))
	}
	return r
}

func (r *rig) pause(ctx context.Context, wait time.Duration) error {
	r.mu.Lock()
	r.waits = append(r.waits, wait)
	r.mu.Unlock()
	return ctx.Err()
}

// jobs are copies of the Secret n/s, which holds the rig's value.
func (r *rig) jobs() []Job {
	source := Source{
		Named: true, Origin: secret.Origin{Cluster: "c", Namespace: "n", Name: "s", UID: "source", ResourceVersion: "7"},
		Secret: secret.Secret{Type: "Opaque", Data: map[string]secret.Value{"k": secret.NewValue([]byte(r.value))}},
	}
	r.scrub.Add(source.Secret.Data)
	var clusters []*Cluster
	for i, server := range r.servers {
		config := server.Config()
		config.Timeout = r.timeout / 4
		clusters = append(clusters, NewCluster(cluster.Member{Name: strconv.Itoa(i), Config: config}, r.scrub, r.pause))
	}
	return Expansion{Prints: r.prints}.Jobs([]Source{source}, clusters)
}

func (r *rig) observer() Observer {
	return Observer{Prints: r.prints, Needs: Needs{Create: true, Patch: true}, Parallel: 8, Timeout: r.timeout}
}

func (r *rig) executor() *Executor {
	return &Executor{Observer: r.observer(), Decide: r.options.Decide, Grace: 50 * time.Millisecond, Pause: r.pause}
}

// run observes, plans and executes; between observing and executing it calls
// what is in between.
func (r *rig) run(ctx context.Context, between func(), change ...func(*Executor)) []Result {
	jobs := r.jobs()
	r.observer().Observe(ctx, jobs)
	items := make([]plan.Item, len(jobs))
	for i := range jobs {
		items[i] = jobs[i].Item
	}
	actions := plan.Copy(items, r.options)
	if between != nil {
		between()
	}
	e := r.executor()
	for _, c := range change {
		c(e)
	}
	return e.Execute(ctx, jobs, actions)
}

// times lets a fault happen so often, on requests of a method for Secrets.
func times(n int64, method string, fault apitest.Fault) apitest.Fault {
	var count atomic.Int64
	return func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		if r.Method != method || !strings.Contains(r.URL.Path, "/secrets") || count.Add(1) > n {
			return false
		}
		return fault(s, w, r)
	}
}

func refuse(code int, reason, message string, header ...string) apitest.Fault {
	return func(_ *apitest.Server, w http.ResponseWriter, _ *http.Request) bool {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		apitest.Refuse(w, code, reason, message)
		return true
	}
}

// reset cuts the connection, before or after the server has done its work.
func reset(after bool) apitest.Fault {
	return func(s *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
		if after {
			s.Handle(nowhere{}, r)
		}
		panic(http.ErrAbortHandler)
	}
}

// nowhere is an answer that nobody gets.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) WriteHeader(int)             {}

func hang(_ *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
	<-r.Context().Done()
	return true
}

// foreign puts somebody else's Secret into the place of the copy.
func foreign(s *apitest.Server) { s.Put("n", "s", map[string]any{"data": map[string]any{"k": "eA=="}}) }

// faultCase is a fault of the server and what has to come of a write.
type faultCase struct {
	name  string
	fault func(method string) apitest.Fault
	// writes is how many writes arrive.
	writes  int
	outcome Outcome
	problem string
}

// often is a fault that happens n times.
func often(n int64, fault apitest.Fault) func(string) apitest.Fault {
	return func(method string) apitest.Fault { return times(n, method, fault) }
}

func faultCases() []faultCase {
	return []faultCase{
		{"none", often(0, nil), 1, Done, ""},
		{"429 with Retry-After", often(2, refuse(429, "TooManyRequests", "slow down", "Retry-After", "3")), 3, Done, ""},
		{"429 without", often(2, refuse(429, "TooManyRequests", "slow down")), 3, Done, ""},
		{"429 for ever", often(99, refuse(429, "TooManyRequests", "slow down")), 10, Failed, plan.KindBusy},
		{"500", often(1, refuse(500, "InternalError", "etcdserver: leader changed")), 2, Done, ""},
		{"503", often(3, refuse(503, "", "")), 4, Done, ""},
		{"504 after it was stored", often(1, func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
			s.Handle(nowhere{}, r)
			return refuse(504, "Timeout", "timed out")(s, w, r)
		}), 1, Done, ""},
		{"a reset before", often(1, reset(false)), 2, Done, ""},
		{"a reset after it was stored", often(1, reset(true)), 1, Done, ""},
		{"a request that hangs", often(1, hang), 2, Done, ""},
		{"a conflict", often(1, refuse(409, "Conflict", "the object has been modified")), 2, Done, ""},
		{"denied", often(9, refuse(403, "Forbidden", `admission webhook "w" denied the request: no`)), 1, Failed, plan.KindDenied},
		{"invalid", often(9, refuse(422, "Invalid", "no")), 1, Failed, plan.KindInvalid},
		{"forbidden", often(9, refuse(403, "Forbidden", `User "u" cannot`)), 1, Failed, plan.KindForbidden},
		{"unauthorized", often(9, refuse(401, "Unauthorized", "Unauthorized")), 1, Failed, plan.KindUnauthorized},
		{"a redirect", often(9, func(_ *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "https://elsewhere.invalid/", http.StatusTemporaryRedirect)
			return true
		}), 1, Failed, plan.KindNoAPI},
		{"a login page", often(9, func(_ *apitest.Server, w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>"))
			return true
		}), 1, Failed, plan.KindNoAPI},
	}
}

// TestFaultsOfWrites: what a fault makes of a creation and of an update, how
// often the write arrives, and that a second run completes the first and
// changes nothing more.
func TestFaultsOfWrites(t *testing.T) {
	for _, c := range faultCases() {
		for _, method := range []string{http.MethodPost, http.MethodPatch} {
			t.Run(c.name+"/"+method, func(t *testing.T) {
				t.Parallel()
				c.check(t, method)
			})
		}
	}
}

func (c faultCase) check(t *testing.T, method string) {
	t.Helper()
	r := newRig(t, 1)
	r.timeout = 2 * time.Second
	if method == http.MethodPatch {
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
		r.servers[0].Break(times(2, http.MethodPost, refuse(429, "TooManyRequests", "x", "Retry-After", "7")))
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
			r.timeout = 2 * time.Second
			r.servers[0].Break(c.fault)
			results := r.run(t.Context(), nil)
			problem := results[0].Action.Seen.Problem
			if results[0].Outcome != c.outcome || c.problem != "" && (problem == nil || problem.Kind != c.problem || strings.Contains(problem.Text, "the-value")) {
				t.Errorf("%s, %+v", results[0].Outcome, problem)
			}
			if c.outcome == Failed && r.servers[0].Count(http.MethodPost) > 0 {
				t.Error("it was written all the same")
			}
			if results[1].Outcome != Done {
				t.Errorf("the other target: %s", results[1].Outcome)
			}
		})
	}
}

// TestRaces: what happens between plan and write is found out, and somebody
// else's Secret is never touched.
func TestRaces(t *testing.T) {
	t.Run("a foreign Secret comes first", func(t *testing.T) {
		r := newRig(t, 1)
		result := r.run(t.Context(), func() { foreign(r.servers[0]) })[0]
		if result.Outcome != Failed || result.Action.Verb != plan.Conflict || r.servers[0].Count(http.MethodPatch) > 0 {
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
	t.Run("a foreign Secret is to be deleted in its place", func(t *testing.T) {
		r := newRig(t, 1)
		r.run(t.Context(), nil)
		jobs := r.jobs()
		r.observer().Observe(t.Context(), jobs)
		actions := plan.Remove([]plan.Item{jobs[0].Item})
		foreign(r.servers[0])
		e := r.executor()
		e.Decide = plan.Removal
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
				r.servers[i].Break(times(99, http.MethodPost, broken))
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
	r.servers[0].Break(times(1, http.MethodPost, func(s *apitest.Server, w http.ResponseWriter, req *http.Request) bool {
		interrupt()
		time.Sleep(10 * time.Millisecond)
		return false
	}))
	r.servers[1].Break(times(9, http.MethodPost, hang))
	results := r.run(ctx, nil, func(e *Executor) { e.Observer.Parallel = 2 })
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

// TestRecreateFaults: however a recreation fails, the target is not left
// without a Secret.
func TestRecreateFaults(t *testing.T) {
	stores := func(r *http.Request) bool { return r.URL.Query().Get("dryRun") == "" }
	for _, c := range []struct {
		name  string
		fault func() apitest.Fault
		// kind is the type that the target has in the end.
		outcome Outcome
		kind    string
		says    string
	}{
		{"none", func() apitest.Fault { return nil }, Done, "Opaque", ""},
		{"refused beforehand", func() apitest.Fault { return times(9, http.MethodPost, refuse(422, "Invalid", "no")) }, Failed, "old/type", "no"},
		{"refused for good, after all", func() apitest.Fault {
			denied := false
			return func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost && stores(r) && strings.Contains(r.URL.Path, "secrets") && !denied {
					denied = true
					return refuse(403, "Forbidden", "denied the request: no")(s, w, r)
				}
				return false
			}
		}, Failed, "old/type", "the old one is back"},
		{"503 in between", func() apitest.Fault {
			n := 0
			return func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost && stores(r) && strings.Contains(r.URL.Path, "secrets") && n < 3 {
					n++
					return refuse(503, "", "")(s, w, r)
				}
				return false
			}
		}, Done, "Opaque", ""},
		{"a reset after it was created", func() apitest.Fault {
			done := false
			return func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost && stores(r) && strings.Contains(r.URL.Path, "secrets") && !done {
					done = true
					return reset(true)(s, w, r)
				}
				return false
			}
		}, Done, "Opaque", ""},
		{"it is changed before it is deleted", func() apitest.Fault {
			return times(1, http.MethodDelete, refuse(409, "Conflict", "the ResourceVersion in the precondition does not match"))
		}, Done, "Opaque", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 1)
			r.options.Recreate = true
			server := r.servers[0]
			r.value = "old-value"
			r.run(t.Context(), nil)
			server.Get("n", "s")["type"] = "old/type"
			r.value = "the-value"
			result := r.run(t.Context(), func() { server.Break(c.fault()) })[0]
			stored := server.Get("n", "s")
			if result.Outcome != c.outcome || stored == nil || stored["type"] != c.kind {
				t.Fatalf("%s %+v, stored %v", result.Outcome, result.Problem, stored["type"])
			}
			if c.says != "" && !strings.Contains(result.Problem.Text, c.says) {
				t.Errorf("%q", result.Problem.Text)
			}
			if c.kind == "old/type" && stored["data"].(map[string]any)["k"] != base64.StdEncoding.EncodeToString([]byte("old-value")) {
				t.Error("it is not the old one")
			}
		})
	}
}

// TestFailingProgramRunsOnce: a login that fails is not tried once for each of
// the requests side by side.
func TestFailingProgramRunsOnce(t *testing.T) {
	r := newRig(t, 1)
	log := filepath.Join(t.TempDir(), "runs")
	jobs := r.jobs()
	config := r.servers[0].Config()
	config.BearerToken = ""
	config.ExecProvider = &clientcmdapi.ExecConfig{
		APIVersion: "client.authentication.k8s.io/v1", Command: "sh", Args: []string{"-c", "echo run >>" + log + "; exit 1"}, InteractiveMode: clientcmdapi.NeverExecInteractiveMode,
	}
	jobs[0].Cluster = NewCluster(cluster.Member{Name: "x", Config: config}, r.scrub, r.pause)
	r.observer().Observe(t.Context(), jobs)
	text, err := os.ReadFile(log)
	if problem := jobs[0].Item.Seen.Problem; err != nil || string(text) != "run\n" || problem == nil || problem.Kind != plan.KindConfig {
		t.Errorf("%q, %v, %+v", text, err, problem)
	}
}

// TestStatusReadsNoValues: where metadata prove that a copy is in sync, no
// value is asked for.
func TestStatusReadsNoValues(t *testing.T) {
	r := newRig(t, 1)
	r.run(t.Context(), nil)
	server := r.servers[0]
	server.Get("n", "s")["metadata"].(map[string]any)["managedFields"] = []any{map[string]any{
		"manager": secret.Manager, "fieldsV1": map[string]any{"f:data": map[string]any{".": map[string]any{}, "f:k": map[string]any{}}},
	}}
	asked := []string{}
	server.Break(func(_ *apitest.Server, _ http.ResponseWriter, req *http.Request) bool {
		asked = append(asked, req.Header.Get("Accept"))
		return false
	})
	jobs := r.jobs()
	observer := r.observer()
	observer.Needs = Needs{Proof: true}
	observer.Observe(t.Context(), jobs)
	if got := plan.StateOf(r.options.Decide(jobs[0].Item)); got != plan.InSync {
		t.Errorf("%s", got)
	}
	if len(asked) != 1 || !strings.Contains(asked[0], "PartialObjectMetadata") {
		t.Errorf("asked for %q", asked)
	}
}
