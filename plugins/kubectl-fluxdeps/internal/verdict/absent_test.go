package verdict

import (
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

func TestHints(t *testing.T) {
	in := func(namespace string) change { return set("metadata.namespace", namespace) }
	missing := func(says string) want {
		return want{Missing, `dependency 'ns/database' not found: kustomizations.kustomize.toolkit.fluxcd.io "database" not found`, says}
	}
	for _, c := range []struct {
		name   string
		others []flux.Object
		want   want
	}{
		{"nothing near", []flux.Object{kustomization(t, "cache")}, missing("")},
		{"a near name", []flux.Object{kustomization(t, "databases"), kustomization(t, "data")}, missing("did you mean Kustomization/ns/databases?")},
		{"near in another namespace", []flux.Object{kustomization(t, "databases", in("b"))}, missing("did you mean Kustomization/b/databases? (give its namespace in dependsOn)")},
		{"the nearest is elsewhere", []flux.Object{kustomization(t, "database", in("b")), kustomization(t, "databases")}, missing("did you mean Kustomization/b/database?")},
		{"near in both", []flux.Object{kustomization(t, "databases", in("a")), kustomization(t, "databasse")}, missing("did you mean Kustomization/ns/databasse?")},
		{"in two namespaces", []flux.Object{kustomization(t, "database", in("b")), kustomization(t, "database", in("a"))}, missing("did you mean Kustomization/a/database or Kustomization/b/database?")},
		{
			"in many namespaces",
			[]flux.Object{kustomization(t, "database", in("a")), kustomization(t, "database", in("b")), kustomization(t, "database", in("c")), kustomization(t, "database", in("d"))},
			missing("the name exists in 4 other namespaces"),
		},
		{
			"of another kind",
			[]flux.Object{helmRelease(t, "database")},
			want{WrongKind, missing("").message, "a Kustomization can only depend on a Kustomization | HelmRelease/ns/database exists"},
		},
		{"of another kind in another namespace", []flux.Object{helmRelease(t, "database", in("b"))}, missing("")},
	} {
		t.Run(c.name, func(t *testing.T) {
			check(t, judge(t, cluster(append([]flux.Object{kustomization(t, "app")}, c.others...)...), flux.Dependency{Name: "database"}), c.want)
		})
	}
}

// TestNotItself: nobody meant the dependent.
func TestNotItself(t *testing.T) {
	const name = `kustomizations.kustomize.toolkit.fluxcd.io "apps-1" not found`
	for _, c := range []struct {
		name string
		from flux.Object
		dep  flux.Dependency
		want want
	}{
		{"by a near name", kustomization(t, "apps-2"), flux.Dependency{Name: "apps-1"}, want{Missing, "dependency 'ns/apps-1' not found: " + name, ""}},
		{"by its name elsewhere", kustomization(t, "apps-1"), flux.Dependency{Name: "apps-1", Namespace: "b"}, want{Missing, "dependency 'b/apps-1' not found: " + name, ""}},
		{
			"by its name as another kind", resourceSet(t, "apps-1"), on("kustomize.toolkit.fluxcd.io/v1", flux.Kustomization, "apps-1"),
			want{Missing, "Retrying dependency check: dependency kustomize.toolkit.fluxcd.io/v1/Kustomization/ns/apps-1 not found: " + name, ""},
		},
	} {
		got := judge(t, cluster(c.from), c.dep)
		check(t, got, c.want)
		if got.Hint != "" {
			t.Errorf("%s: hint %q", c.name, got.Hint)
		}
	}
}

// TestNames: the CRDs let names in that no object can have, and the controller
// asks for none of them.
func TestNames(t *testing.T) {
	for _, c := range []struct {
		from flux.Object
		dep  flux.Dependency
		want string
	}{
		{kustomization(t, "a"), flux.Dependency{}, "dependency 'ns/' not found: resource name may not be empty"},
		{kustomization(t, "a"), flux.Dependency{Name: "a/b"}, `dependency 'ns/a/b' not found: invalid resource name "a/b": [may not contain '/']`},
		{kustomization(t, "a"), flux.Dependency{Name: "a%/"}, `dependency 'ns/a%/' not found: invalid resource name "a%/": [may not contain '/' may not contain '%']`},
		{kustomization(t, "a"), flux.Dependency{Name: "b", Namespace: ".."}, `dependency '../b' not found: invalid namespace "..": [may not be '..']`},
		{helmRelease(t, "a"), flux.Dependency{}, "unable to get 'ns/' dependency: resource name may not be empty"},
		{
			resourceSet(t, "a"), on("apps/v1", "Deployment", "x/y"),
			`Retrying dependency check: dependency apps/v1/Deployment/ns/x/y not found: invalid resource name "x/y": [may not contain '/']`,
		},
	} {
		// The reader has asked for none of them either, or was told the same.
		snapshot := cluster(c.from)
		snapshot.Absent[c.from.Target(c.dep)] = flux.Absence{Message: "no path"}
		check(t, judge(t, snapshot, c.dep), want{Missing, c.want, "no object can have that name | "})
	}
}
