package live

import (
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

type entry = map[string]any

// TestExpressions: whole objects are kept of both ends of a readyExpr and of
// no other, and a controller's feature gate counts only then.
func TestExpressions(t *testing.T) {
	controller := func(name string, args ...any) map[string]any {
		container := map[string]any{"name": "manager", "args": args}
		return map[string]any{
			"metadata": map[string]any{"name": name, "namespace": "flux-system"},
			"spec":     map[string]any{"template": map[string]any{"spec": map[string]any{"containers": []any{container}}}},
		}
	}
	gated := controller("kustomize-controller", "--log-level=info", "--feature-gates=X=true, AdditiveCELDependencyCheck=true")
	const inFluxSystem = "/apis/apps/v1/namespaces/flux-system/deployments"
	for _, c := range []struct {
		name     string
		expr     string
		set      func(*server)
		additive bool
		warning  string
		asked    int
	}{
		{"no expression", "", func(s *server) { s.objects[deployments] = []map[string]any{gated} }, false, "", 1},
		{"gate on", "true", func(s *server) { s.objects[deployments] = []map[string]any{gated} }, true, "", 1},
		{"gate of the other controller", "true", func(s *server) {
			s.objects[deployments] = []map[string]any{
				controller("helm-controller", "--feature-gates=AdditiveCELDependencyCheck=true"), controller("kustomize-controller"),
			}
		}, false, "", 1},
		{
			"no such Deployment", "true", func(*server) {}, false,
			"the feature gates of kustomize-controller are not known: no Deployment of that name has the label app.kubernetes.io/part-of=flux; readyExpr is taken to replace the built-in check, as by default", 1,
		},
		{"gate off", "true", func(s *server) {
			s.objects[deployments] = []map[string]any{controller("kustomize-controller", "--feature-gates=AdditiveCELDependencyCheck=false")}
		}, false, "", 1},
		{"only flux-system may be seen", "true", func(s *server) {
			s.faults[deployments] = forbidden
			s.objects[deployments] = []map[string]any{gated}
		}, true, "", 1},
		{
			"not to be seen", "true", func(s *server) { s.faults[deployments], s.faults[inFluxSystem] = forbidden, forbidden }, false,
			"the controllers' feature gates could not be read (server says Forbidden); readyExpr is taken to replace the built-in check, as by default", 1,
		},
		{
			"no Deployments", "true", func(s *server) { s.faults[deployments] = garbage }, false,
			"the controllers' feature gates could not be read (invalid character '<' looking for beginning of value); readyExpr is taken to replace the built-in check, as by default", 1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			s.five()
			s.add(kustomizations, "ns", "x", dependsOn(entry{"name": "c", "readyExpr": c.expr}))
			c.set(s)
			snapshot, warnings, err := s.read(t, Options{})
			if err != nil || strings.Join(warnings, "; ") != c.warning {
				t.Fatalf("error %v, warnings %q", err, warnings)
			}
			if snapshot.AdditiveReadyExpr[flux.Kustomization] != c.additive || s.asked(deployments) != c.asked {
				t.Errorf("additive %v, asked %d times", snapshot.AdditiveReadyExpr, s.asked(deployments))
			}
			for _, object := range snapshot.Objects {
				if whole := c.expr != "" && (object.Name == "c" || object.Name == "x"); whole != (object.Raw != nil) {
					t.Errorf("%s: whole %v", object.ID, object.Raw != nil)
				}
			}
		})
	}
}
