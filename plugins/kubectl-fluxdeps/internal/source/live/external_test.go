package live

import (
	"net/http"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

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
		external, ok := snapshot.External[flux.ExternalID{APIVersion: c.apiVersion, ID: flux.NewID(c.apiVersion, c.kind, "ns", c.name)}]
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

// TestExternalVersion: a kind of Flux must be served in the version that an
// entry names; one of its name in another group is another kind.
func TestExternalVersion(t *testing.T) {
	on := func(apiVersion string) entry {
		return entry{"apiVersion": apiVersion, "kind": "Kustomization", "namespace": "ns", "name": "k"}
	}
	versions := map[string]string{
		"kustomize.toolkit.fluxcd.io/v1":      "not asked for",
		"kustomize.toolkit.fluxcd.io/v1beta2": "not asked for",
		"kustomize.toolkit.fluxcd.io/v1beta1": `no matches for kind "Kustomization" in version "kustomize.toolkit.fluxcd.io/v1beta1"`,
		"kustomize.toolkit.fluxcd.io/v1beta3": "not asked for", // may not be looked up
		"kustomize.config.k8s.io/v1":          `no matches for kind "Kustomization" in version "kustomize.config.k8s.io/v1"`,
	}
	s := newServer(t)
	var entries []entry
	for version := range versions {
		entries = append(entries, on(version))
	}
	s.add(resourceSets, "ns", "r", dependsOn(entries...))
	s.add(kustomizations, "ns", "k", nil)
	s.faults["/apis/kustomize.toolkit.fluxcd.io/v1beta2"] = resources("kustomizations", "Kustomization", true)
	s.faults["/apis/kustomize.toolkit.fluxcd.io/v1beta3"] = forbidden
	snapshot, _, err := s.read(t, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for version, want := range versions {
		got := "not asked for"
		if external, ok := snapshot.External[flux.ExternalID{APIVersion: version, ID: flux.NewID(version, flux.Kustomization, "ns", "k")}]; ok {
			got = external.Absence.Message
		}
		if got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
	s.faults["/apis/kustomize.toolkit.fluxcd.io/v1beta3"] = broken
	if _, _, err := s.read(t, Options{}); err == nil {
		t.Error("an answer that says nothing was taken for one")
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
