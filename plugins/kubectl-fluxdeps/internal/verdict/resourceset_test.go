package verdict

import (
	"encoding/json"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// on is an entry of a ResourceSet's dependsOn, which says everything itself.
func on(apiVersion, kind, name string, changes ...func(*flux.Dependency)) flux.Dependency {
	dep := flux.Dependency{APIVersion: apiVersion, Kind: kind, Namespace: "ns", Name: name}
	for _, change := range changes {
		change(&dep)
	}
	return dep
}

func whenReady(dep *flux.Dependency) { dep.Ready = true }

func when(expr string) func(*flux.Dependency) {
	return func(dep *flux.Dependency) { dep.Ready, dep.ReadyExpr = true, expr }
}

// TestResourceSet states flux-operator's checkDependencies for Flux's own
// kinds: existence is enough unless ready is set.
func TestResourceSet(t *testing.T) {
	const notMet = "Retrying dependency check: dependency "
	ks := func(changes ...func(*flux.Dependency)) flux.Dependency {
		return on("kustomize.toolkit.fluxcd.io/v1", flux.Kustomization, "db", changes...)
	}
	rset := func(changes ...func(*flux.Dependency)) flux.Dependency {
		return on("fluxcd.controlplane.io/v1", flux.ResourceSet, "db", changes...)
	}
	const ksName, rsetName = "kustomize.toolkit.fluxcd.io/v1/Kustomization/ns/db", "fluxcd.controlplane.io/v1/ResourceSet/ns/db"
	failed, progressing := readyCondition("False", "R", "m"), readyCondition("Unknown", "Progressing", "m")
	withoutNamespace := func(dep *flux.Dependency) { dep.Namespace = "" }
	for _, c := range []struct {
		name string
		dep  flux.Dependency
		db   flux.Object
		want want
	}{
		{"existence", ks(), kustomization(t, "db", failed), want{OK, "", "existence only"}},
		{"existence, of a suspended one", ks(), kustomization(t, "db", set("spec.suspend", true)), want{OK, "", ""}},
		{"an expression counts only with ready", ks(func(d *flux.Dependency) { d.ReadyExpr = "false" }), kustomization(t, "db"), want{OK, "", ""}},
		{"not there", ks(), kustomization(t, "cache"), want{Missing, notMet + ksName + ` not found: kustomizations.kustomize.toolkit.fluxcd.io "db" not found`, ""}},
		{
			"no default namespace", ks(withoutNamespace), kustomization(t, "db"),
			want{Missing, notMet + `kustomize.toolkit.fluxcd.io/v1/Kustomization/db not found: kustomizations.kustomize.toolkit.fluxcd.io "db" not found`, "did you mean Kustomization/ns/db?"},
		},
		{
			"of another kind", ks(), helmRelease(t, "db"),
			want{WrongKind, notMet + ksName + ` not found: kustomizations.kustomize.toolkit.fluxcd.io "db" not found`, "did you mean HelmRelease/ns/db? (give its kind in dependsOn)"},
		},

		{"ready", ks(whenReady), kustomization(t, "db"), want{OK, "", ""}},
		{"ready, of a suspended one", ks(whenReady), kustomization(t, "db", set("spec.suspend", true)), want{SuspendedOK, "", ""}},
		{"not ready", ks(whenReady), kustomization(t, "db", failed), want{NotReady, notMet + ksName + " not ready: status InProgress", "R: m"}},
		{"being reconciled", ks(whenReady), kustomization(t, "db", progressing), want{Reconciling, notMet + ksName + " not ready: status InProgress", ""}},
		{"an earlier generation", ks(whenReady), kustomization(t, "db", set("metadata.generation", 2)), want{StaleGeneration, notMet + ksName + " not ready: status InProgress", ""}},
		{
			"stalled", ks(whenReady), kustomization(t, "db", set("status.conditions", []any{
				map[string]any{"type": "Ready", "status": "False", "reason": "R"}, map[string]any{"type": "Stalled", "status": "True"},
			})),
			want{NotReady, notMet + ksName + " not ready: status Failed", ""},
		},

		{"ResourceSet ready", rset(whenReady), resourceSet(t, "db"), want{OK, "", ""}},
		{"ResourceSet not ready", rset(whenReady), resourceSet(t, "db", failed), want{NotReady, notMet + rsetName + " not ready", "R: m"}},
		{"ResourceSet being reconciled", rset(whenReady), resourceSet(t, "db", progressing), want{Reconciling, notMet + rsetName + " not ready", ""}},
		{"ResourceSet of an earlier generation", rset(whenReady), resourceSet(t, "db", set("metadata.generation", 2)), want{StaleGeneration, notMet + rsetName + " not ready", "generation 1"}},
		{"ResourceSet without conditions", rset(whenReady), resourceSet(t, "db", set("status", nil)), want{NotReady, notMet + rsetName + " not ready", "not reconciled yet"}},
		{"ResourceSet without a Ready condition", rset(whenReady), resourceSet(t, "db", set("status.conditions", []any{map[string]any{"type": "Stalled", "status": "False"}})), want{OK, "", "takes for ready"}},

		{"expression in the object itself", ks(when("status.observedGeneration == 1")), kustomization(t, "db", failed), want{OK, "", ""}},
		{"expression that is false", ks(when("metadata.name == 'x'")), kustomization(t, "db"), want{ExprFalse, notMet + ksName + " not ready: expression 'metadata.name == 'x''", ""}},
		{
			"expression with dep", ks(when("dep.metadata.name == 'db'")), kustomization(t, "db"),
			want{ExprError, "Retrying dependency check: failed to evaluate the CEL expression 'dep.metadata.name == 'db'': no such attribute(s): dep.metadata.name", ""},
		},
		{"expression that gives no bool", ks(when("metadata.name")), kustomization(t, "db"), want{ExprError, "Retrying dependency check: failed to evaluate CEL expression as boolean: 'metadata.name'", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			check(t, judge(t, cluster(resourceSet(t, "app"), c.db), c.dep), c.want)
		})
	}
}

// TestResourceSetVersion: the object must be served in the version of the
// entry, and be of its group.
func TestResourceSetVersion(t *testing.T) {
	const notFound = "Retrying dependency check: dependency "
	old := on("kustomize.toolkit.fluxcd.io/v1beta2", flux.Kustomization, "db")
	other := on("kustomize.config.k8s.io/v1", flux.Kustomization, "db")
	absent := flux.External{Absence: &flux.Absence{Message: "no matches for kind"}}
	snapshot := cluster(resourceSet(t, "app"), kustomization(t, "db"))
	check(t, judge(t, snapshot, old), want{OK, "", "existence"}) // served, for all we know
	check(t, judge(t, snapshot, other), want{Unknown, "", "not read"})
	for _, dep := range []flux.Dependency{old, other} {
		snapshot.External[flux.ExternalID{APIVersion: dep.APIVersion, ID: snapshot.Objects[0].Target(dep)}] = absent
	}
	check(t, judge(t, snapshot, old), want{
		Missing, notFound + "kustomize.toolkit.fluxcd.io/v1beta2/Kustomization/ns/db not found: no matches for kind",
		"did you mean apiVersion kustomize.toolkit.fluxcd.io/v1?",
	})
	check(t, judge(t, snapshot, other), want{
		Missing, notFound + "kustomize.config.k8s.io/v1/Kustomization/ns/db not found: no matches for kind", "no matches for kind | ",
	})
	snapshot.Live = false
	clear(snapshot.External)
	check(t, judge(t, snapshot, other), want{Unknown, "", "not looked for in files"})
}

// TestResourceSetExpression: one that does not parse ends the reconciliation.
func TestResourceSetExpression(t *testing.T) {
	got := judge(t, cluster(resourceSet(t, "app"), kustomization(t, "db")), on("kustomize.toolkit.fluxcd.io/v1", flux.Kustomization, "db", when("1 +")))
	const prefix = "Reconciliation failed terminally due to configuration error: failed to parse expression for dependency kustomize.toolkit.fluxcd.io/v1/Kustomization/ns/db: failed to parse the CEL expression '1 +'"
	if got.Verdict != ExprError || len(got.Message) < len(prefix) || got.Message[:len(prefix)] != prefix {
		t.Errorf("got %+v", got)
	}
}

// TestResourceSetExternal: kinds that are not Flux's are judged by kstatus.
func TestResourceSetExternal(t *testing.T) {
	const name = "Retrying dependency check: dependency apps/v1/Deployment/ns/db"
	deployment := func(available int) json.RawMessage {
		content := map[string]any{
			"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "db", "namespace": "ns", "generation": 1},
			"spec": map[string]any{"replicas": 1},
			"status": map[string]any{
				"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": available, "availableReplicas": available,
				"conditions": []any{map[string]any{"type": "Available", "status": "True"}},
			},
		}
		raw, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	entry := func(changes ...func(*flux.Dependency)) flux.Dependency {
		return on("apps/v1", "Deployment", "db", changes...)
	}
	for _, c := range []struct {
		name string
		dep  flux.Dependency
		db   *flux.External
		want want
	}{
		{"existence", entry(), &flux.External{Raw: deployment(0)}, want{OK, "", "existence only"}},
		{"current", entry(whenReady), &flux.External{Raw: deployment(1)}, want{OK, "", ""}},
		{"in progress", entry(whenReady), &flux.External{Raw: deployment(0)}, want{Reconciling, name + " not ready: status InProgress", "Available: 0/1"}},
		{
			"expression", entry(when("status.availableReplicas > 0")), &flux.External{Raw: deployment(0)},
			want{ExprFalse, name + " not ready: expression 'status.availableReplicas > 0'", ""},
		},
		{"not there", entry(), &flux.External{Absence: &flux.Absence{Message: `deployments.apps "db" not found`}}, want{Missing, name + ` not found: deployments.apps "db" not found`, ""}},
		{"forbidden", entry(), &flux.External{Absence: &flux.Absence{Forbidden: true, Message: "no"}}, want{Forbidden, "", "no"}},
		{"not JSON", entry(whenReady), &flux.External{Raw: json.RawMessage("x")}, want{Unknown, "", "invalid character"}},
		{"not read", entry(), nil, want{Unknown, "", "not read"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			snapshot := cluster(resourceSet(t, "app"))
			if c.db != nil {
				snapshot.External[flux.ExternalID{APIVersion: "apps/v1", ID: flux.ID{Kind: "Deployment", Namespace: "ns", Name: "db"}}] = *c.db
			}
			check(t, judge(t, snapshot, c.dep), c.want)
		})
	}
}

// TestResourceSetFiles: files hold no Deployment's state.
func TestResourceSetFiles(t *testing.T) {
	snapshot := cluster(resourceSet(t, "app"), kustomization(t, "db", set("status", nil)))
	snapshot.Live = false
	check(t, judge(t, snapshot, on("apps/v1", "Deployment", "db")), want{Unknown, "", "a Deployment is not looked for in files"})
	check(t, judge(t, snapshot, on("kustomize.toolkit.fluxcd.io/v1", flux.Kustomization, "db", whenReady)), want{Unknown, "", ""})
}
