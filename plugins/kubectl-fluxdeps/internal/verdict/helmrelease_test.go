package verdict

import (
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// TestHelmRelease states where helm-controller's checkDependencies is another
// than kustomize-controller's: other words, and no look at revisions.
func TestHelmRelease(t *testing.T) {
	db := flux.Dependency{Name: "db"}
	for _, c := range []struct {
		name string
		dep  flux.Dependency
		db   []change
		want want
	}{
		{"all is well", db, nil, want{OK, "", ""}},
		{
			"a: not there",
			flux.Dependency{Name: "cache"},
			nil,
			want{Missing, `unable to get 'ns/cache' dependency: helmreleases.helm.toolkit.fluxcd.io "cache" not found`, ""},
		},
		{"b: true", flux.Dependency{Name: "db", ReadyExpr: "dep.spec.chartRef.name == 'fleet'"}, nil, want{OK, "", ""}},
		{
			"b: false",
			flux.Dependency{Name: "db", ReadyExpr: "self.metadata.name == dep.metadata.name"},
			nil,
			want{ExprFalse, "dependency 'ns/db' is not ready according to readyExpr eval", ""},
		},
		{
			"b: not a bool",
			flux.Dependency{Name: "db", ReadyExpr: "1"},
			nil,
			want{ExprError, "Reconciliation failed terminally due to configuration error: terminal error: failed to evaluate dependency db: CEL expression output type mismatch: expected bool, got int", ""},
		},
		{"c: an expression stands in for the other checks", flux.Dependency{Name: "db", ReadyExpr: "true"}, []change{set("status", nil)}, want{OK, "", ""}},
		{"d: an earlier generation", db, []change{set("metadata.generation", 2)}, want{StaleGeneration, "dependency 'ns/db' is not ready", ""}},
		{"e: not ready", db, []change{readyCondition("False", "InstallFailed", "x")}, want{NotReady, "dependency 'ns/db' is not ready", "InstallFailed: x"}},
		{"no f: another revision of the same chart", db, []change{set("status.lastAppliedRevision", "r0")}, want{OK, "", ""}},
		{"suspended, and ready for good", db, []change{set("spec.suspend", true)}, want{SuspendedOK, "", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			snapshot := cluster(helmRelease(t, "app"), helmRelease(t, "db", c.db...), fleet(t, flux.OCIRepository, "r1"))
			check(t, judge(t, snapshot, c.dep), c.want)
		})
	}
}

// TestHelmReleaseKinds: it cannot wait for a Kustomization.
func TestHelmReleaseKinds(t *testing.T) {
	snapshot := cluster(helmRelease(t, "app"), kustomization(t, "db"))
	check(t, judge(t, snapshot, flux.Dependency{Name: "db"}), want{
		WrongKind, `unable to get 'ns/db' dependency: helmreleases.helm.toolkit.fluxcd.io "db" not found`,
		"a HelmRelease can only depend on a HelmRelease | Kustomization/ns/db exists",
	})
}

// TestHelmReleaseGate: each controller has its own feature gate.
func TestHelmReleaseGate(t *testing.T) {
	snapshot := cluster(helmRelease(t, "app"), helmRelease(t, "db", set("status", nil)))
	snapshot.AdditiveReadyExpr[flux.Kustomization] = true
	check(t, judge(t, snapshot, flux.Dependency{Name: "db", ReadyExpr: "true"}), want{OK, "", ""})
	snapshot.AdditiveReadyExpr[flux.HelmRelease] = true
	check(t, judge(t, snapshot, flux.Dependency{Name: "db", ReadyExpr: "true"}), want{NotReady, "dependency 'ns/db' is not ready", ""})
}
