// Package fluxdeps_test runs kubectl fluxdeps against a real API server and
// Flux's own kustomize-controller, and compares what the one says with what
// the other does.
package fluxdeps_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// few is a cluster whose kustomize-controller has two workers, and leaves the
// objects of shards to others.
const few = "few"

var bed = testbed.New(testbed.WithFlux(), testbed.WithFluxFlags(few, "--concurrent=2", "--watch-label-selector=!sharding.fluxcd.io/key"))

func TestMain(m *testing.M) { bed.Main(m) }

// patience is how long the controller may take for anything. It looks at
// unready dependencies every two seconds.
const patience = time.Minute

// document is what a reader of -o json relies on.
type document struct {
	APIVersion, Kind string
	Nodes            []node
	Edges            []edge
	Cycles           [][]string
	Deadlocks        []struct{ Waits []wait }
	FrozenSources    []frozenSource
	StarvedWorkers   []starvedWorkers
}

type wait struct{ From, To, Type string }

type frozenSource struct {
	Source        string
	Cycles        [][]string
	Users, Behind []string
}

type starvedWorkers struct {
	Controller        string
	Workers           int
	Parents, Children []string
}

type behind struct {
	Source, From, To, Why string
	Since                 time.Time
	Cycle                 []string
}

type never struct {
	Since time.Time
	Why   string
}

type node struct {
	ID, APIVersion, State, Reason, Message, ControllerSays string
	Since                                                  time.Time
	Suspended, Terminating, Remote, Starved                bool
	Behind                                                 *behind
	NeverReconciled                                        *never
	SuspendedWaits                                         []string
}

type edge struct {
	From, To, Type, Verdict, Message, Detail, Hint string
	Met                                            *bool
}

// fluxdeps runs the plugin as an administrator.
func fluxdeps(t testing.TB, args ...string) testbed.Result {
	t.Helper()
	call := testbed.Call{Kubeconfig: bed.Cluster(t).Kubeconfig(), Args: args}
	return bed.Plugin(t, "kubectl-fluxdeps").Run(t, call)
}

// readGraph returns the graph of a namespace as the plugin sees it now.
func readGraph(t testing.TB, namespace string) document {
	t.Helper()
	return parse(t, fluxdeps(t, "graph", "--namespace", namespace, "--output", "json", "--all"))
}

func parse(t testing.TB, result testbed.Result) document {
	t.Helper()
	var read document
	if err := json.Unmarshal([]byte(result.Stdout), &read); err != nil || result.Code != 0 {
		t.Fatalf("not a graph: %v\n%s", err, result)
	}
	return read
}

// node returns a node by its id.
func (d document) node(id string) node {
	for _, node := range d.Nodes {
		if node.ID == id {
			return node
		}
	}
	return node{}
}

// edge returns the dependsOn edge between two ids.
func (d document) edge(from, to string) edge {
	for _, edge := range d.Edges {
		if edge.From == from && edge.To == to && edge.Type == "dependsOn" {
			return edge
		}
	}
	return edge{}
}
