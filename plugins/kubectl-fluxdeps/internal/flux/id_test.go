package flux

import (
	"slices"
	"testing"
)

func TestParsePattern(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Kustomization/apps", "Kustomization/apps"},
		{"Kustomization/web/apps", "Kustomization/web/apps"},
		{"ks/apps", "Kustomization/apps"},
		{"KS/apps", "Kustomization/apps"},
		{"kustomizations/apps", "Kustomization/apps"},
		{"kustomizations.kustomize.toolkit.fluxcd.io/apps", "Kustomization/apps"},
		{"hr/apps", "HelmRelease/apps"},
		{"rset/apps", "ResourceSet/apps"},
		{"gitrepo/n/apps", "GitRepository/n/apps"},
		{"helmchart/apps", "HelmChart/apps"},
		// An object of a file that states no namespace.
		{"ks//apps", "Kustomization//apps"},
	} {
		got, err := ParsePattern(c.text)
		if err != nil || got.String() != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"", "apps", "/apps", "ks/", "ks/a/", "ks/a/b/c", "pod/apps", "kustomization.kustomize.config.k8s.io/apps"} {
		if got, err := ParsePattern(text); err == nil {
			t.Errorf("%q was taken for %v", text, got)
		}
	}
}

func TestPatternMatches(t *testing.T) {
	id := ID{Kustomization, "web", "apps", ""}
	for text, want := range map[string]bool{
		"ks/apps": true, "ks/web/apps": true, "ks/other/apps": false, "hr/apps": false, "ks/app": false, "ks//apps": false,
	} {
		pattern, err := ParsePattern(text)
		if err != nil || pattern.Matches(id) != want {
			t.Errorf("%s matches %s: %v, %v", text, id, !want, err)
		}
	}
}

// TestNewID: a group that may have a namesake is part of the ID.
func TestNewID(t *testing.T) {
	for _, c := range []struct{ apiVersion, kind, want string }{
		{"kustomize.toolkit.fluxcd.io/v1", Kustomization, "Kustomization/n/a"},
		{"kustomize.toolkit.fluxcd.io/v1beta2", Kustomization, "Kustomization/n/a"},
		{"", Kustomization, "Kustomization/n/a"},
		{"kustomize.config.k8s.io/v1", Kustomization, "Kustomization.kustomize.config.k8s.io/n/a"},
		{"v1", Kustomization, "Kustomization.core/n/a"},
		{"apps/v1", HelmRelease, "HelmRelease.apps/n/a"},
		{"v1", "Service", "Service/n/a"},
		{"apps/v1", "Deployment", "Deployment/n/a"},
		{"rbac.authorization.k8s.io/v1", "Role", "Role/n/a"},
		{"serving.knative.dev/v1", "Service", "Service.serving.knative.dev/n/a"},
		{"cluster.x-k8s.io/v1beta1", "Cluster", "Cluster.cluster.x-k8s.io/n/a"},
	} {
		if got := NewID(c.apiVersion, c.kind, "n", "a"); got.String() != c.want {
			t.Errorf("%s %s: got %s, want %s", c.apiVersion, c.kind, got, c.want)
		}
	}
	other := NewID("kustomize.config.k8s.io/v1", Kustomization, "n", "a")
	if (Pattern{Kind: Kustomization, Name: "a"}).Matches(other) || other.HasDependsOn() {
		t.Errorf("%s is taken for Flux's", other)
	}
}

func TestCompare(t *testing.T) {
	sorted := []ID{{"HelmRelease", "a", "z", ""}, {"Kustomization", "a", "a", ""}, {"Kustomization", "a", "b", ""}, {"HelmRelease", "b", "a", ""}, {"HelmRelease", "b", "a", "x.io"}}
	mixed := []ID{sorted[4], sorted[3], sorted[1], sorted[0], sorted[2]}
	slices.SortFunc(mixed, ID.Compare)
	if !slices.Equal(mixed, sorted) {
		t.Errorf("got %v", mixed)
	}
}

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		apiVersion, kind string
		want             bool
	}{
		{"kustomize.toolkit.fluxcd.io/v1", "Kustomization", true},
		{"kustomize.toolkit.fluxcd.io/v9", "Kustomization", true},
		{"kustomize.config.k8s.io/v1beta1", "Kustomization", false},
		{"helm.toolkit.fluxcd.io/v2beta1", "HelmRelease", true},
		{"fluxcd.controlplane.io/v1", "ResourceSet", true},
		{"source.toolkit.fluxcd.io/v1beta2", "OCIRepository", true},
		{"v1", "Kustomization", false},
		{"", "", false},
	} {
		if _, got := KindOf(c.apiVersion, c.kind); got != c.want {
			t.Errorf("%s %s: %v", c.apiVersion, c.kind, got)
		}
	}
}

func TestTarget(t *testing.T) {
	for _, c := range []struct {
		name string
		from string
		dep  Dependency
		want ID
	}{
		{"the dependent's namespace by default", Kustomization, Dependency{Name: "a"}, ID{Kustomization, "ns", "a", ""}},
		{"another namespace", Kustomization, Dependency{Name: "a", Namespace: "other"}, ID{Kustomization, "other", "a", ""}},
		{"the dependent's own kind, whatever is written", HelmRelease, Dependency{Kind: "Kustomization", Name: "a"}, ID{HelmRelease, "ns", "a", ""}},
		{"a ResourceSet says the kind", ResourceSet, Dependency{Kind: "Deployment", Name: "a", Namespace: "other"}, ID{"Deployment", "other", "a", ""}},
		{"a ResourceSet has no default namespace", ResourceSet, Dependency{Kind: "Deployment", Name: "a"}, ID{"Deployment", "", "a", ""}},
	} {
		from := Object{ID: ID{c.from, "ns", "from", ""}}
		if got := from.Target(c.dep); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestIndex(t *testing.T) {
	index := NewIndex([]Object{{ID: ID{Kustomization, "b", "x", ""}}, {ID: ID{Kustomization, "a", "x", ""}}, {ID: ID{HelmRelease, "a", "x", ""}}})
	if got := index.Get(ID{Kustomization, "a", "x", ""}); got == nil || got.Namespace != "a" {
		t.Errorf("got %v", got)
	}
	if got := index.Get(ID{Kustomization, "c", "x", ""}); got != nil {
		t.Errorf("got %v", got)
	}
	if got := index.Named(Kustomization, "x"); len(got) != 2 || got[0].Namespace != "a" || got[1].Namespace != "b" {
		t.Errorf("got %v", got)
	}
}
