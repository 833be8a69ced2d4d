package rollout

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
)

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
