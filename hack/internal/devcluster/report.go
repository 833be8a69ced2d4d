package devcluster

import (
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/artifact"
)

// reportFile is where the supervisor tells how things are.
const reportFile = "report.json"

// Phase is how far a cluster is.
type Phase string

// The phases of a cluster.
const (
	Starting Phase = "Starting"
	Ready    Phase = "Ready"
	Failed   Phase = "Failed"
	// NotReady is a cluster that was ready and does not answer now.
	NotReady Phase = "NotReady"
)

// Report is how things are.
type Report struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// Running is whether the supervisor runs.
	Running bool `json:"running"`
	// Supervisor is its process id.
	Supervisor int `json:"supervisor,omitempty"`
	// State is the folder of everything.
	State string `json:"state"`
	// Kubeconfig has a context for every cluster.
	Kubeconfig string `json:"kubeconfig,omitempty"`
	// Artifacts is the store that Flux's artifacts are served from.
	Artifacts artifact.Store `json:"artifacts,omitzero"`
	// Answered is the time of the wish that the clusters answer to.
	Answered time.Time       `json:"answered,omitzero"`
	Clusters []ClusterReport `json:"clusters"`
}

// ClusterReport is how one cluster is.
type ClusterReport struct {
	// Name is also the name of its context.
	Name string `json:"name"`
	// Phase and Message say how it is, and why if not well.
	Phase   Phase  `json:"phase"`
	Message string `json:"message,omitempty"`
	// Server is its address.
	Server string `json:"server,omitempty"`
	// Kubeconfig has its context alone.
	Kubeconfig string `json:"kubeconfig,omitempty"`
	// Flux is whether kustomize-controller runs in it, FluxHealth the address
	// of its health endpoints.
	Flux       bool   `json:"flux"`
	FluxHealth string `json:"fluxHealth,omitempty"`
	// Logs is the folder of its servers' logs.
	Logs string `json:"logs"`
	// Processes are its servers.
	Processes []ProcessReport `json:"processes,omitempty"`
}

// ProcessReport is one server process.
type ProcessReport struct {
	Name    string `json:"name"`
	PID     int    `json:"pid"`
	Running bool   `json:"running"`
}

// newReport returns an empty report.
func newReport(state State) Report {
	return Report{
		APIVersion: "devcluster.datum.net/v1alpha1",
		Kind:       "DevclusterStatus",
		State:      state.Dir(),
		Clusters:   []ClusterReport{},
	}
}

// Well says whether everything that should run does.
func (r Report) Well() bool {
	for _, cluster := range r.Clusters {
		if cluster.Phase != Ready {
			return false
		}
	}
	return r.Running && len(r.Clusters) > 0
}
