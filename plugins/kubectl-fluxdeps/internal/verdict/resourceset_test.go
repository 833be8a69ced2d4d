package verdict

import (
	"encoding/json"
	"strings"
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
		{"ResourceSet of an earlier generation", rset(whenReady), resourceSet(t, "db", set("metadata.generation", 2)), want{NotReady, notMet + rsetName + " not ready", "generation 1"}},
		{"ResourceSet without conditions", rset(whenReady), resourceSet(t, "db", set("status", nil)), want{NotReady, "Retrying dependency check: failed to evaluate the CEL expression '" + builtInExpr + "': no such key: conditions", "not reconciled yet"}},
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

// TestResourceSetKstatus: for a ResourceSet a Kustomization or HelmRelease is
// ready where kstatus says Current, which its own controller does not ask.
func TestResourceSetKstatus(t *testing.T) {
	const notMet = "Retrying dependency check: dependency kustomize.toolkit.fluxcd.io/v1/Kustomization/ns/db not ready: status "
	with := func(conditions ...any) change { return set("status.conditions", conditions) }
	is := func(kind, status, message string) any {
		return map[string]any{"type": kind, "status": status, "reason": "R", "message": message}
	}
	terminating := set("metadata.deletionTimestamp", "2026-11-20T10:00:00Z")
	for _, c := range []struct {
		name string
		db   []change
		want want
	}{
		{"ready, and being deleted", []change{terminating}, want{NotReady, notMet + "Terminating", "kstatus Terminating"}},
		{"failed, and being deleted", []change{readyCondition("False", "R", "m"), terminating}, want{NotReady, notMet + "Terminating", "kstatus Terminating"}},
		{"never reconciled, and being deleted", []change{set("status", nil), terminating}, want{NotReady, notMet + "Terminating", "kstatus Terminating"}},
		{
			"ready, and being reconciled anew",
			[]change{with(is("Ready", "True", "done"), is("Reconciling", "True", "Running upgrade"))},
			want{NotReady, notMet + "InProgress", "kstatus InProgress: Running upgrade"},
		},
		{"ready, and no longer being reconciled", []change{with(is("Ready", "True", "done"), is("Reconciling", "False", "x"))}, want{OK, "", ""}},
		{
			"ready, and stalled",
			[]change{with(is("Ready", "True", "done"), is("Stalled", "True", "bad spec"))},
			want{NotReady, notMet + "Failed", "kstatus Failed: bad spec"},
		},
		{"never reconciled", []change{set("status", map[string]any{"observedGeneration": -1})}, want{NotReady, notMet + "InProgress", "not reconciled yet"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dep := on("kustomize.toolkit.fluxcd.io/v1", flux.Kustomization, "db", whenReady)
			check(t, judge(t, cluster(resourceSet(t, "app"), kustomization(t, "db", c.db...)), dep), c.want)
			// Its own controller lets one of its kind pass that is being deleted.
			own := judge(t, cluster(kustomization(t, "app"), kustomization(t, "db", c.db...), fleet(t, flux.GitRepository, "r1")), flux.Dependency{Name: "db"})
			if passes := strings.HasPrefix(c.name, "ready,"); (own.Verdict == OK) != passes {
				t.Errorf("for a Kustomization the verdict is %s", own.Verdict)
			}
		})
	}
}

// TestBuiltInExpression holds our reading of flux-operator's built-in
// expression against the expression itself.
func TestBuiltInExpression(t *testing.T) {
	program, err := compileUntyped(builtInExpr)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change change
	}{
		{"ready", readyCondition("True", "R", "m")},
		{"failed", readyCondition("False", "R", "m")},
		{"reconciling", readyCondition("Unknown", "R", "m")},
		{"an earlier generation", set("metadata.generation", 2)},
		{"a later generation of the status alone", set("status.observedGeneration", 7)},
		{"no Ready condition", set("status.conditions", []any{map[string]any{"type": "Stalled", "status": "True"}})},
		{"no conditions", set("status.conditions", nil)},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, kind := range []string{flux.ResourceSet, flux.ResourceSetInputProvider} {
				db := object(t, "fluxcd.controlplane.io/v1", kind, "db", c.change)
				content, err := decode(db.Raw)
				if err != nil {
					t.Fatal(err)
				}
				met, err := evaluate(t.Context(), program, builtInExpr, content)
				got := judge(t, cluster(resourceSet(t, "app"), db), on("fluxcd.controlplane.io/v1", kind, "db", whenReady))
				if passes, _ := got.Verdict.Met(); passes != met {
					t.Errorf("%s: %s, but the expression is %v", kind, got.Verdict, met)
				}
				if err != nil && got.Message != "Retrying dependency check: "+err.Error() {
					t.Errorf("message %q, want that of %v", got.Message, err)
				}
			}
		})
	}
}

// TestInputProvider: in a cluster it is read by name, in files it is an object
// like others.
func TestInputProvider(t *testing.T) {
	const apiVersion, kind = "fluxcd.controlplane.io/v1", flux.ResourceSetInputProvider
	dep := on(apiVersion, kind, "tags", whenReady)
	for _, c := range []struct {
		name string
		tags flux.Object
		want Verdict
	}{
		{"ready", object(t, apiVersion, kind, "tags"), OK},
		{"of an earlier generation", object(t, apiVersion, kind, "tags", set("metadata.generation", 2)), NotReady},
		{"without a status", object(t, apiVersion, kind, "tags", set("status", nil), set("metadata.creationTimestamp", "2026-11-20T10:00:00Z")), NotReady},
		{"failed", object(t, apiVersion, kind, "tags", readyCondition("False", "R", "m")), NotReady},
	} {
		t.Run(c.name, func(t *testing.T) {
			live := cluster(resourceSet(t, "app"))
			live.External[flux.ExternalID{APIVersion: apiVersion, ID: c.tags.ID}] = flux.External{Raw: c.tags.Raw}
			files := &flux.Snapshot{Objects: []flux.Object{resourceSet(t, "app"), c.tags}}
			for _, snapshot := range []*flux.Snapshot{live, files} {
				if got := judge(t, snapshot, dep); got.Verdict != c.want {
					t.Errorf("live %v: %+v", snapshot.Live, got)
				}
			}
		})
	}
	got := judge(t, &flux.Snapshot{Objects: []flux.Object{resourceSet(t, "app")}}, dep)
	if got.Verdict != Missing {
		t.Errorf("not in the files: %+v", got)
	}
}

// TestResourceSetSecret: an expression on a Secret asks for data, which we do
// not read, even where the Secret itself was.
func TestResourceSetSecret(t *testing.T) {
	secret := json.RawMessage(`{"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": {"name": "s", "namespace": "ns"}}`)
	leaving := json.RawMessage(`{"kind": "PartialObjectMetadata", "metadata": {"name": "s", "deletionTimestamp": "2026-11-20T10:00:00Z"}}`)
	for _, c := range []struct {
		name string
		dep  flux.Dependency
		raw  json.RawMessage
		live bool
		want want
	}{
		{"expression", on("v1", "Secret", "s", when("has(data.token)")), secret, true, want{Unknown, "", "the data of a Secret is not read"}},
		{"expression in files", on("v1", "Secret", "s", when("has(data.token)")), nil, false, want{Unknown, "", "the data of a Secret is not read"}},
		{"existence", on("v1", "Secret", "s"), secret, true, want{OK, "", "existence"}},
		{"readiness", on("v1", "Secret", "s", whenReady), secret, true, want{OK, "", ""}},
		{
			"readiness of one that is being deleted", on("v1", "Secret", "s", whenReady), leaving, true,
			want{NotReady, "Retrying dependency check: dependency v1/Secret/ns/s not ready: status Terminating", ""},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			snapshot := cluster(resourceSet(t, "app"))
			snapshot.Live = c.live
			if c.raw != nil {
				snapshot.External[flux.ExternalID{APIVersion: "v1", ID: snapshot.Objects[0].Target(c.dep)}] = flux.External{Raw: c.raw}
			}
			check(t, judge(t, snapshot, c.dep), c.want)
		})
	}
}

// TestResourceSetCompilesFirst: one expression that does not compile stops the
// ResourceSet, whatever there is of the objects.
func TestResourceSetCompilesFirst(t *testing.T) {
	for name, dep := range map[string]flux.Dependency{
		"missing":     on("apps/v1", "Deployment", "web", when("status.readyReplicas >")),
		"a Secret":    on("v1", "Secret", "s", when("has(data.token")),
		"a Flux kind": on("kustomize.toolkit.fluxcd.io/v1", flux.Kustomization, "gone", when("(")),
		"no path":     on("v1", "ConfigMap", "a/b", when("(")),
	} {
		for _, live := range []bool{true, false} {
			snapshot := cluster(resourceSet(t, "app"))
			snapshot.Live = live
			snapshot.External[flux.ExternalID{APIVersion: dep.APIVersion, ID: snapshot.Objects[0].Target(dep)}] = flux.External{Absence: &flux.Absence{Message: "gone"}}
			got := judge(t, snapshot, dep)
			if got.Verdict != ExprError || !strings.HasPrefix(got.Message, "Reconciliation failed terminally due to configuration error: failed to parse expression for dependency "+dep.APIVersion) {
				t.Errorf("%s, live %v: %+v", name, live, got)
			}
		}
	}
	// Without ready the expression is not used, and not compiled.
	unused := on("kustomize.toolkit.fluxcd.io/v1", flux.Kustomization, "db", func(d *flux.Dependency) { d.ReadyExpr = "(" })
	check(t, judge(t, cluster(resourceSet(t, "app"), kustomization(t, "db")), unused), want{OK, "", "existence"})
}
