package devcluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/process"
)

// probePatience is how long a server may take to say how it is.
const probePatience = 3 * time.Second

// reported returns the supervisor's last report.
func (s State) reported() (Report, error) {
	var report Report
	err := s.read(reportFile, &report)
	return report, err
}

// Status finds out how things are: what the supervisor has told, whether its
// processes still run, and what the servers say themselves.
func Status(ctx context.Context, state State) (Report, error) {
	report, err := state.reported()
	if errors.Is(err, fs.ErrNotExist) {
		report, err = newReport(state), nil
	}
	if err != nil {
		return Report{}, err
	}
	supervisor, err := state.supervisor()
	report.Running = err == nil
	if report.Running {
		report.Supervisor = supervisor.PID
	}
	var group sync.WaitGroup
	for i := range report.Clusters {
		group.Go(func() { inspect(ctx, state, &report.Clusters[i]) })
	}
	group.Wait()
	return report, nil
}

// inspect looks at one cluster.
func inspect(ctx context.Context, state State, cluster *ClusterReport) {
	cluster.Processes = processes(state.path("pids/" + cluster.Name))
	if cluster.Phase != Ready {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	for _, check := range []func(context.Context, *ClusterReport) error{runs, apiReady, fluxReady} {
		if err := check(ctx, cluster); err != nil {
			cluster.Phase, cluster.Message = NotReady, err.Error()
			return
		}
	}
}

// processes lists the servers of a cluster, by name.
func processes(dir string) []ProcessReport {
	records, err := process.Records(dir)
	if err != nil {
		return nil
	}
	var found []ProcessReport
	for path, id := range records {
		found = append(found, ProcessReport{Name: filepath.Base(path), PID: id.PID, Running: id.Alive()})
	}
	slices.SortFunc(found, func(a, b ProcessReport) int { return strings.Compare(a.Name, b.Name) })
	return found
}

// runs checks that no server has ended.
func runs(_ context.Context, cluster *ClusterReport) error {
	if len(cluster.Processes) == 0 {
		return errors.New("no server runs")
	}
	for _, server := range cluster.Processes {
		if !server.Running {
			return fmt.Errorf("%s has ended; its log is %s", server.Name, filepath.Join(cluster.Logs, server.Name+".log"))
		}
	}
	return nil
}

// apiReady asks the API server.
func apiReady(ctx context.Context, cluster *ClusterReport) error {
	config, err := clientcmd.BuildConfigFromFlags("", cluster.Kubeconfig)
	if err != nil {
		return err
	}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return err
	}
	return answers(ctx, client, config.Host+"/readyz")
}

// fluxReady asks kustomize-controller.
func fluxReady(ctx context.Context, cluster *ClusterReport) error {
	if cluster.FluxHealth == "" {
		return nil
	}
	return answers(ctx, http.DefaultClient, cluster.FluxHealth+"/readyz")
}

func answers(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}
