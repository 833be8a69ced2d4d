package live

import (
	"net/http"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

type entry = map[string]any

// TestTargets reads, in one namespace, what lies beyond it and is depended on.
func TestTargets(t *testing.T) {
	s := newServer(t)
	s.add(kustomizations, "ns", "a", dependsOn(entry{"name": "b"}, entry{"name": "b", "namespace": "other"},
		entry{"name": "gone", "namespace": "other"}, entry{"name": "hidden", "namespace": "other"}, entry{"name": "../x", "namespace": "other"},
		entry{"name": "b", "namespace": "other"}))
	s.add(kustomizations, "other", "b", nil)
	s.add(kustomizations, "other", "c", nil)
	s.faults["/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/other/kustomizations/hidden"] = forbidden
	snapshot, _, err := s.read(t, Options{Namespace: "ns"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(snapshot), "K/a K/b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	id := func(name string) flux.ID { return flux.ID{Kind: flux.Kustomization, Namespace: "other", Name: name} }
	for name, want := range map[string]flux.Absence{
		"gone": {Message: "server says NotFound"}, "hidden": {Forbidden: true, Message: "server says Forbidden"},
		// No name of an object, and must not become a path.
		"../x": {Message: `"../x" cannot be part of an API path: may not contain '/'`},
	} {
		if got := snapshot.Absent[id(name)]; got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if n := s.asked("/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/other/kustomizations/b"); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestTargetFails: an answer that says nothing is no "missing".
func TestTargetFails(t *testing.T) {
	s := newServer(t)
	s.add(kustomizations, "ns", "a", dependsOn(entry{"name": "b", "namespace": "other"}))
	s.faults["/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/other/kustomizations/b"] = broken
	if _, _, err := s.read(t, Options{Namespace: "ns"}); err == nil || !strings.Contains(err.Error(), "server says InternalError") {
		t.Errorf("error %v", err)
	}
}

// TestSources: a source is read where revisions are compared, or where all are
// asked for.
func TestSources(t *testing.T) {
	for _, c := range []struct {
		name    string
		a       map[string]any
		options Options
		want    string
		asked   int
	}{
		{"shared with a dependency", dependsOn(entry{"name": "b"}), Options{}, "K/a K/b G/fleet", 1},
		{"shared, but with none", dependsOn(), Options{}, "K/a K/b", 0},
		{"asked for", dependsOn(), Options{Sources: true}, "K/a K/b G/fleet", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			s.add(kustomizations, "ns", "a", c.a)
			s.add(kustomizations, "ns", "b", dependsOn())
			s.add(gitRepositories, "ns", "fleet", nil)
			snapshot, _, err := s.read(t, c.options)
			if err != nil || names(snapshot) != c.want || s.asked(gitRepositories) != c.asked {
				t.Errorf("got %s, asked %d times, %v", names(snapshot), s.asked(gitRepositories), err)
			}
		})
	}
}

// TestForbiddenSource: verdicts are then less sure, and the rest is as ever.
func TestForbiddenSource(t *testing.T) {
	s := newServer(t)
	s.add(kustomizations, "ns", "a", dependsOn(entry{"name": "b"}))
	s.add(kustomizations, "ns", "b", dependsOn())
	s.faults[gitRepositories] = forbidden
	snapshot, warnings, err := s.read(t, Options{})
	if err != nil || names(snapshot) != "K/a K/b" || strings.Join(warnings, ";") != "gitrepositories are left out: server says Forbidden" {
		t.Errorf("got %s, %v, %v", names(snapshot), warnings, err)
	}
}

// TestExpressions: whole objects are kept of both ends of a readyExpr and of
// no other, and the controllers' feature gates are looked up only then.
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
		{"no expression", "", func(s *server) { s.objects[deployments] = []map[string]any{gated} }, false, "", 0},
		{"gate on", "true", func(s *server) { s.objects[deployments] = []map[string]any{gated} }, true, "", 1},
		{"gate of the other controller", "true", func(s *server) {
			s.objects[deployments] = []map[string]any{controller("helm-controller", "--feature-gates=AdditiveCELDependencyCheck=true")}
		}, false, "", 1},
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

// TestExternal reads what a ResourceSet depends on beside Flux's kinds.
func TestExternal(t *testing.T) {
	on := func(apiVersion, kind, name string, ready bool) entry {
		return entry{"apiVersion": apiVersion, "kind": kind, "namespace": "ns", "name": name, "ready": ready}
	}
	s := newServer(t)
	s.add(resourceSets, "ns", "r", dependsOn(
		on("apps/v1", "Deployment", "web", true), on("apps/v1", "Deployment", "gone", true), on("apps/v1", "Deployment", "hidden", true),
		on("v1", "Secret", "token", true), on("rbac.authorization.k8s.io/v1", "ClusterRole", "role", false),
		on("example.com/v1", "Thing", "t", true), on("secret.example.com/v1", "Thing", "t", true), on("a/b/c", "Thing", "t", true),
		on("apps/v1", "Deployment", "a/b", true), on("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "k", true)))
	accepts := map[string]string{}
	give := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			accepts[name] = r.Header.Get("Accept")
			write(w, map[string]any{"metadata": map[string]any{"name": name}})
		}
	}
	s.faults["/apis/apps/v1"] = resources("deployments", "Deployment", true)
	s.faults["/api/v1"] = resources("secrets", "Secret", true)
	s.faults["/apis/rbac.authorization.k8s.io/v1"] = resources("clusterroles", "ClusterRole", false)
	s.faults["/apis/secret.example.com/v1"] = forbidden
	s.faults["/apis/apps/v1/namespaces/ns/deployments/web"] = give("web")
	s.faults["/apis/apps/v1/namespaces/ns/deployments/hidden"] = forbidden
	s.faults["/api/v1/namespaces/ns/secrets/token"] = give("token")
	s.faults["/apis/rbac.authorization.k8s.io/v1/clusterroles/role"] = give("role")
	snapshot, _, err := s.read(t, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ apiVersion, kind, name, want string }{
		{"apps/v1", "Deployment", "web", "there"},
		{"apps/v1", "Deployment", "gone", "server says NotFound"},
		{"apps/v1", "Deployment", "hidden", "forbidden: server says Forbidden"},
		{"apps/v1", "Deployment", "a/b", `"a/b" cannot be part of an API path: may not contain '/'`},
		{"v1", "Secret", "token", "there"},
		{"rbac.authorization.k8s.io/v1", "ClusterRole", "role", "there"},
		{"example.com/v1", "Thing", "t", `no matches for kind "Thing" in version "example.com/v1"`},
		{"secret.example.com/v1", "Thing", "t", "forbidden: server says Forbidden"},
		{"a/b/c", "Thing", "t", `"b/c" cannot be part of an API path: may not contain '/'`},
	} {
		got := "there"
		external, ok := snapshot.External[flux.ExternalID{APIVersion: c.apiVersion, ID: flux.ID{Kind: c.kind, Namespace: "ns", Name: c.name}}]
		switch {
		case !ok:
			got = "not asked for"
		case external.Absence != nil && external.Absence.Forbidden:
			got = "forbidden: " + external.Absence.Message
		case external.Absence != nil:
			got = external.Absence.Message
		}
		if got != c.want {
			t.Errorf("%s %s: %s, want %s", c.kind, c.name, got, c.want)
		}
	}
	// A Secret's data is never asked for, nor what only has to exist.
	for name, want := range map[string]bool{"web": false, "token": true, "role": true} {
		if got := strings.Contains(accepts[name], "as=PartialObjectMetadata"); got != want {
			t.Errorf("%s: asked for %q", name, accepts[name])
		}
	}
	if len(snapshot.External) != 9 {
		t.Errorf("%d external objects", len(snapshot.External))
	}
}

func resources(plural, kind string, namespaced bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		write(w, map[string]any{"kind": "APIResourceList", "resources": []any{
			map[string]any{"name": plural, "kind": kind, "namespaced": namespaced},
			map[string]any{"name": plural + "/status", "kind": kind, "namespaced": namespaced},
		}})
	}
}

// TestExternalFails: an answer that says nothing is no "missing".
func TestExternalFails(t *testing.T) {
	for _, path := range []string{"/apis/apps/v1", "/apis/apps/v1/namespaces/ns/deployments/web"} {
		s := newServer(t)
		s.add(resourceSets, "ns", "r", dependsOn(entry{"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "ns", "name": "web"}))
		s.faults["/apis/apps/v1"] = resources("deployments", "Deployment", true)
		s.faults[path] = broken
		if _, _, err := s.read(t, Options{}); err == nil || !strings.Contains(err.Error(), "server says InternalError") {
			t.Errorf("%s: error %v", path, err)
		}
	}
}
