package rollout

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
	// manifest makes the source a manifest without an ID.
	manifest bool
}

func newRig(t *testing.T, servers int) *rig {
	t.Helper()
	r := &rig{scrub: &secret.Scrubber{}, prints: secret.NewFingerprinter(), timeout: time.Minute, value: "the-value"}
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
	if r.manifest {
		source.Secret.Meta = secret.Meta{Namespace: "n", Name: "s"}
		source = FromManifests([]secret.Secret{source.Secret}, "")[0]
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

// writes lets a fault happen on any write of a Secret, and on no delete.
func writes(fault apitest.Fault) apitest.Fault {
	return func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		writes := r.Method == http.MethodPatch || r.Method == http.MethodPost
		return writes && strings.Contains(r.URL.Path, "/secrets") && fault(s, w, r)
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
