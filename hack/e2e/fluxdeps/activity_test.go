package fluxdeps_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// chain is the example, in the order in which it must become ready.
var chain = []string{
	"clickhouse-keeper", "clickhouse-database", "clickhouse-migrations",
	"activity-apiserver", "activity-processor", "activity-ui",
}

// The graph follows the example while the controller rolls it out.
func TestTheActivityChainBecomesReadyInOrder(t *testing.T) {
	cluster := bed.Cluster(t)
	example := example(t)
	cluster.Kubectl(t, "apply", "--server-side", "-k", filepath.Join(example, "local"))
	t.Cleanup(func() { deleteExample(t, cluster) })
	checkBeforeTheRelease(t)
	cluster.Publish(t, "OCIRepository/flux-system/activity", "1.2.0", os.DirFS(filepath.Join(example, "artifact")))

	seen := map[string]bool{}
	testbed.Eventually(t, "all six are ready", 3*time.Minute, func() error {
		read := readGraph(t, "flux-system")
		ready := checkOrder(t, read)
		for _, edge := range read.Edges {
			seen[edge.Verdict] = true
		}
		if ready < len(chain) {
			return fmt.Errorf("%d are", ready)
		}
		return nil
	})
	for _, verdict := range []string{"ok", "not-ready", "reconciling"} {
		if !seen[verdict] {
			t.Errorf("no dependency was ever %s on the way; seen: %v", verdict, seen)
		}
	}
	checkTimes(t, readGraph(t, "flux-system"))
}

// The overlays for real clusters are accepted by the API server.
func TestTheActivityOverlaysAreValid(t *testing.T) {
	cluster := bed.Cluster(t)
	for _, overlay := range []string{"staging", "production"} {
		said := cluster.Kubectl(t, "apply", "--server-side", "--dry-run=server", "--force-conflicts", "-k", filepath.Join(example(t), overlay))
		if n := strings.Count(said, "kustomization."); n != len(chain) {
			t.Errorf("%s has %d steps:\n%s", overlay, n, said)
		}
	}
}

// The same chain comes from the files.
func TestTheActivityChainFromFiles(t *testing.T) {
	read := parse(t, fluxdeps(t, "graph", "-f", filepath.Join(example(t), "base"), "-o", "json"))
	for i, name := range chain[1:] {
		if edge := read.edge(activityID(name), activityID(chain[i])); edge.Verdict != "unknown" {
			t.Errorf("%s → %s: %+v", name, chain[i], edge)
		}
	}
	if len(read.Nodes) != len(chain) || len(read.Edges) != len(chain)-1 {
		t.Errorf("%d nodes and %d edges", len(read.Nodes), len(read.Edges))
	}
}

func example(t *testing.T) string {
	t.Helper()
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, "examples", "activity")
}

func activityID(name string) string { return "Kustomization/flux-system/" + name }

// deleteExample leaves the namespaces to others. The controller deletes what
// the steps have applied.
func deleteExample(t *testing.T, cluster *testbed.Cluster) {
	t.Helper()
	cluster.Kubectl(t, "delete", "kustomizations,ocirepositories", "-n", "flux-system", "--all", "--timeout=60s")
	cluster.Kubectl(t, "delete", "namespace", "activity-system", "--wait=false")
}

// checkBeforeTheRelease: without an artifact no step is ready, and the edges
// say so.
func checkBeforeTheRelease(t *testing.T) {
	t.Helper()
	read := readGraph(t, "flux-system")
	for i, name := range chain[1:] {
		if edge := read.edge(activityID(name), activityID(chain[i])); edge.Met == nil || *edge.Met {
			t.Errorf("before the release, %s → %s is met: %+v", name, chain[i], edge)
		}
	}
}

// checkOrder checks that whoever is ready stands on those that are, and
// returns how many that is.
func checkOrder(t *testing.T, read document) (ready int) {
	t.Helper()
	var states []string
	for _, name := range chain {
		states = append(states, read.node(activityID(name)).State)
	}
	for ready < len(states) && states[ready] == "ready" {
		ready++
	}
	if ready < len(states) && slices.Contains(states[ready:], "ready") {
		t.Errorf("not in order: %v", states)
	}
	for i, name := range chain[1:] {
		edge := read.edge(activityID(name), activityID(chain[i]))
		met := edge.Met != nil && *edge.Met
		// The controller writes the condition first and the observed generation
		// a moment later; in between, the dependent does not pass.
		between := edge.Verdict == "stale-generation"
		if met != (i < ready) && !between {
			t.Errorf("%s → %s with states %v: %+v", name, chain[i], states, edge)
		}
	}
	return ready
}

// checkTimes compares when the steps became ready.
func checkTimes(t *testing.T, read document) {
	t.Helper()
	for i, name := range chain[1:] {
		before, after := read.node(activityID(chain[i])).Since, read.node(activityID(name)).Since
		if before.IsZero() || after.Before(before) {
			t.Errorf("%s became ready at %s, before %s at %s", name, after, chain[i], before)
		}
	}
}
