package devcluster

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
)

// grant starts what a wish asks for and does not run yet. That a cluster
// cannot be started is told in the report and ends nothing.
func (s *supervisor) grant(ctx context.Context, wish Wish) error {
	s.log.Info("wish", "clusters", wish.Clusters, "flux", wish.Flux)
	var group sync.WaitGroup
	for _, name := range wish.names() {
		group.Go(func() { s.provide(ctx, name, wish.Flux) })
	}
	group.Wait()
	if ctx.Err() != nil {
		return nil
	}
	if err := s.mergeKubeconfigs(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Answered = wish.Asked
	return s.state.write(reportFile, s.report)
}

// provide makes one cluster be as it is wished for.
func (s *supervisor) provide(ctx context.Context, name string, flux bool) {
	s.mu.Lock()
	cluster := s.clusters[name]
	s.mu.Unlock()
	if cluster == nil {
		s.tell(name, nil, Starting, nil)
	}
	cluster, err := s.start(ctx, cluster, name, flux)
	if err != nil {
		s.log.Error("cluster", "name", name, "error", err)
		s.tell(name, cluster, Failed, err)
		return
	}
	s.log.Info("cluster is ready", "name", name, "server", cluster.Config().Host, "flux", cluster.Flux())
	s.tell(name, cluster, Ready, nil)
}

// start returns the cluster also when only adding Flux to it failed.
func (s *supervisor) start(ctx context.Context, running *controlplane.Cluster, name string, flux bool) (*controlplane.Cluster, error) {
	if running == nil {
		return controlplane.Start(ctx, controlplane.Options{
			Name:      name,
			Dir:       s.state.path("clusters/" + name),
			Records:   s.state.path("pids/" + name),
			Servers:   s.servers,
			Flux:      flux,
			Artifacts: s.artifacts.Store(),
		})
	}
	if flux {
		return running, running.EnableFlux(ctx)
	}
	return running, nil
}

// tell updates the report about one cluster.
func (s *supervisor) tell(name string, cluster *controlplane.Cluster, phase Phase, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	told := ClusterReport{Name: name, Phase: phase, Logs: s.state.path("clusters/" + name + "/logs")}
	if err != nil {
		told.Message = err.Error()
	}
	if cluster != nil {
		s.clusters[name] = cluster
		told.Server, told.Kubeconfig = cluster.Config().Host, cluster.Kubeconfig()
		told.Flux, told.FluxHealth = cluster.Flux(), cluster.FluxHealth()
	}
	s.report.Clusters = slices.DeleteFunc(s.report.Clusters, func(c ClusterReport) bool { return c.Name == name })
	s.report.Clusters = append(s.report.Clusters, told)
	slices.SortFunc(s.report.Clusters, func(a, b ClusterReport) int { return compareNames(a.Name, b.Name) })
	if err := s.state.write(reportFile, s.report); err != nil {
		s.log.Error("report", "error", err)
	}
}

// compareNames puts devcluster-2 before devcluster-10.
func compareNames(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// mergeKubeconfigs writes the kubeconfig with all clusters.
func (s *supervisor) mergeKubeconfigs() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var paths []string
	for _, cluster := range s.report.Clusters {
		if cluster.Kubeconfig != "" {
			paths = append(paths, cluster.Kubeconfig)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	s.report.Kubeconfig = s.state.Kubeconfig()
	return controlplane.MergeKubeconfigs(s.report.Kubeconfig, paths...)
}
