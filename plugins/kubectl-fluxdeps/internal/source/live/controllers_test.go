package live

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// controllerDeployment is one as Flux installs it.
func controllerDeployment(name string, replicas int, args ...string) map[string]any {
	return map[string]any{
		"metadata": map[string]any{"name": name, "namespace": "flux-system"},
		"spec": map[string]any{"replicas": replicas, "template": map[string]any{
			"spec": map[string]any{"containers": []any{map[string]any{"name": "manager", "args": args}}},
		}},
	}
}

// conditions is a status with a Ready condition.
func conditions(status string) map[string]any {
	return map[string]any{"conditions": []any{map[string]any{"type": "Ready", "status": status}}}
}

func TestControllers(t *testing.T) {
	s := newServer(t)
	s.five()
	s.objects[deployments] = []map[string]any{
		controllerDeployment("kustomize-controller", 1, "--log-level=info", "--concurrent=9", "--watch-label-selector=!sharding.fluxcd.io/key"),
		controllerDeployment("kustomize-controller-shard1", 0, "--concurrent", "2", "--watch-label-selector", "sharding.fluxcd.io/key in (shard1)"),
		controllerDeployment("helm-controller", 1, "--watch-all-namespaces=false", "--watch-label-selector=((", "--concurrent=many"),
		controllerDeployment("source-controller", 1),
		controllerDeployment("kustomize-controllers", 1),
	}
	snapshot, _, err := s.read(t, Options{})
	if err != nil || !snapshot.ControllersKnown {
		t.Fatal(err, snapshot)
	}
	var got []string
	for _, c := range snapshot.Controllers {
		got = append(got, fmt.Sprintf("%s %s %d %v %v %v", c.Kind, c.Name, c.Workers, c.Stopped, c.OwnNamespace, c.Selector))
	}
	want := []string{
		"Kustomization kustomize-controller 9 false false !sharding.fluxcd.io/key",
		"Kustomization kustomize-controller-shard1 2 true false sharding.fluxcd.io/key in (shard1)",
		"HelmRelease helm-controller 4 false true <nil>",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if shard := snapshot.WorkersOf(&flux.Object{ID: flux.ID{Kind: flux.Kustomization}, Labels: map[string]string{flux.ShardLabel: "shard1"}}); shard != 2 {
		t.Errorf("%d workers of the shard", shard)
	}
}

// TestControllersWhereNeeded: they are read where something can be said of
// them, and without a word where that is not allowed.
func TestControllersWhereNeeded(t *testing.T) {
	const inFluxSystem = "/apis/apps/v1/namespaces/flux-system/deployments"
	for _, c := range []struct {
		name   string
		object map[string]any
		set    func(*server)
		asked  int
		known  bool
		found  int
	}{
		{"all is well", map[string]any{"status": conditions("True")}, nil, 0, false, 0},
		{"reconciling, without health checks", map[string]any{"status": conditions("Unknown")}, nil, 0, false, 0},
		{"in health checks", map[string]any{"status": conditions("Unknown"), "spec": map[string]any{"wait": true}}, nil, 1, true, 1},
		{"never reconciled", nil, nil, 1, true, 1},
		{"only flux-system may be seen", nil, func(s *server) { s.faults[deployments] = forbidden }, 1, false, 1},
		{"not to be seen", nil, func(s *server) { s.faults[deployments], s.faults[inFluxSystem] = forbidden, forbidden }, 1, false, 0},
		{"out of order", nil, func(s *server) { s.faults[deployments] = garbage }, 1, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			s.objects[deployments] = []map[string]any{controllerDeployment("kustomize-controller", 1)}
			s.add(kustomizations, "ns", "a", c.object)
			if c.set != nil {
				c.set(s)
			}
			snapshot, warnings, err := s.read(t, Options{})
			if err != nil || len(warnings) > 0 {
				t.Fatal(err, warnings)
			}
			if s.asked(deployments) != c.asked || snapshot.ControllersKnown != c.known || len(snapshot.Controllers) != c.found {
				t.Errorf("asked %d times, known %v, %+v", s.asked(deployments), snapshot.ControllersKnown, snapshot.Controllers)
			}
		})
	}
}
