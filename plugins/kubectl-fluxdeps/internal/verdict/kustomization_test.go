package verdict

import (
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// TestKustomization states kustomize-controller's checkDependencies, check by
// check. app depends on db; both are ready and have applied r1 of the source
// that they share.
func TestKustomization(t *testing.T) {
	db := flux.Dependency{Name: "db"}
	expr := func(text string) flux.Dependency { return flux.Dependency{Name: "db", ReadyExpr: text} }
	const terminal = "Reconciliation failed terminally due to configuration error: terminal error: failed to evaluate dependency db: "
	for _, c := range []struct {
		name string
		dep  flux.Dependency
		db   []change // what is different about db
		want want
	}{
		{"all is well", db, nil, want{OK, "", ""}},
		{
			"a: in the dependent's namespace by default", db,
			[]change{set("metadata.namespace", "other")},
			want{Missing, `dependency 'ns/db' not found: kustomizations.kustomize.toolkit.fluxcd.io "db" not found`, "did you mean Kustomization/other/db? (give its namespace in dependsOn)"},
		},
		{"a: in another namespace", flux.Dependency{Name: "db", Namespace: "other"}, []change{set("metadata.namespace", "other")}, want{OK, "", ""}},
		{
			"a: not there",
			flux.Dependency{Name: "cache"},
			nil,
			want{Missing, `dependency 'ns/cache' not found: kustomizations.kustomize.toolkit.fluxcd.io "cache" not found`, ""},
		},
		{
			"a: a slip",
			flux.Dependency{Name: "bd"},
			nil,
			want{Missing, `dependency 'ns/bd' not found: kustomizations.kustomize.toolkit.fluxcd.io "bd" not found`, ""},
		},
		{"a: a kind in the entry is ignored", flux.Dependency{Kind: "HelmRelease", APIVersion: "helm.toolkit.fluxcd.io/v2", Name: "db"}, nil, want{OK, "", ""}},

		{"b: true", expr("dep.status.observedGeneration == 1 && self.metadata.name == 'app'"), nil, want{OK, "", ""}},
		{
			"b: false", expr("dep.metadata.name == 'x'"), nil,
			want{ExprFalse, "dependency 'ns/db' is not ready according to readyExpr eval", "dep.metadata.name == 'x'"},
		},
		{"b: does not compile", expr("dep.metadata.name =="), nil, want{ExprError, terminal + syntaxError, "failed to parse"}},
		{"b: no such variable", expr("status.ready"), nil, want{ExprError, terminal + undeclared, "undeclared reference"}},
		{
			"b: not a bool", expr("'yes'"), nil,
			want{ExprError, terminal + "CEL expression output type mismatch: expected bool, got string", ""},
		},
		{
			"b: fails as it runs", expr("dep.status.nothing == 'x'"), nil,
			want{ExprError, "failed to evaluate the CEL expression 'dep.status.nothing == 'x'': no such key: nothing", ""},
		},
		{"b: fields that the Go type adds", expr("dep.spec.interval == '0s' && !has(dep.apiVersion) && self.kind == 'Kustomization'"), nil, want{OK, "", ""}},
		{
			"b: fields that the Go type does not know", expr("has(dep.spec.unknown)"),
			[]change{set("spec.unknown", "x")},
			want{ExprFalse, "dependency 'ns/db' is not ready according to readyExpr eval", ""},
		},

		{
			"c: an expression stands in for the other checks", expr("true"),
			[]change{readyCondition("False", "BuildFailed", "no"), set("status.observedGeneration", 0), set("status.lastAppliedRevision", "r0")},
			want{OK, "", ""},
		},

		{"d: no conditions yet", db, []change{set("status", map[string]any{"observedGeneration": -1})}, want{NotReady, "dependency 'ns/db' is not ready", "not reconciled yet"}},
		{"d: no status", db, []change{set("status", nil)}, want{NotReady, "dependency 'ns/db' is not ready", "not reconciled yet"}},
		{"d: an earlier generation", db, []change{set("metadata.generation", 2)}, want{StaleGeneration, "dependency 'ns/db' is not ready", "generation 1 of its spec, which is at 2"}},

		{"e: not ready", db, []change{readyCondition("False", "BuildFailed", "no such file")}, want{NotReady, "dependency 'ns/db' is not ready", "BuildFailed: no such file"}},
		{"e: being reconciled", db, []change{readyCondition("Unknown", "Progressing", "Reconciliation in progress")}, want{Reconciling, "dependency 'ns/db' is not ready", "Reconciliation in progress"}},
		{"e: conditions, but none of them Ready", db, []change{set("status.conditions", []any{map[string]any{"type": "Healthy", "status": "True"}})}, want{NotReady, "dependency 'ns/db' is not ready", "not reconciled yet"}},

		{
			"f: another revision of the shared source", db,
			[]change{set("status.lastAppliedRevision", "r0")},
			want{StaleRevision, "dependency 'ns/db' revision is not up to date", "applied r0, but GitRepository/ns/fleet is at r1"},
		},
		{
			"f: no revision yet", db,
			[]change{set("status.lastAppliedRevision", nil)},
			want{StaleRevision, "dependency 'ns/db' revision is not up to date", "applied no revision yet, but"},
		},
		{
			"f: the same source, its namespace written out", db,
			[]change{set("spec.sourceRef.namespace", "ns"), set("status.lastAppliedRevision", "r0")},
			want{StaleRevision, "dependency 'ns/db' revision is not up to date", ""},
		},
		{"f: another source", db, []change{set("spec.sourceRef.name", "other"), set("status.lastAppliedRevision", "r0")}, want{OK, "", ""}},
		{"f: a source of another kind", db, []change{set("spec.sourceRef.kind", "OCIRepository"), set("status.lastAppliedRevision", "r0")}, want{OK, "", ""}},
		{"f: a source of that name in another namespace", db, []change{set("spec.sourceRef.namespace", "other"), set("status.lastAppliedRevision", "r0")}, want{OK, "", ""}},

		{"suspended, and ready for good", db, []change{set("spec.suspend", true)}, want{SuspendedOK, "", ""}},
		{"suspended before it was ready", db, []change{set("spec.suspend", true), set("status", nil)}, want{NotReady, "dependency 'ns/db' is not ready", "suspended before it was ever reconciled"}},
		{"suspended while it was reconciled", db, []change{set("spec.suspend", true), readyCondition("Unknown", "Progressing", "x")}, want{NotReady, "dependency 'ns/db' is not ready", "Progressing: x"}},
		{"suspended with an earlier generation", db, []change{set("spec.suspend", true), set("metadata.generation", 2)}, want{StaleGeneration, "dependency 'ns/db' is not ready", "until it is resumed"}},
		{"suspended with an earlier revision", db, []change{set("spec.suspend", true), set("status.lastAppliedRevision", "r0")}, want{StaleRevision, "dependency 'ns/db' revision is not up to date", "until it is resumed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			snapshot := cluster(kustomization(t, "app"), kustomization(t, "db", c.db...), fleet(t, flux.GitRepository, "r1"))
			check(t, judge(t, snapshot, c.dep), c.want)
		})
	}
}

// syntaxError and undeclared are cel-go's texts, through Flux's wrapper.
const (
	syntaxError = "failed to parse the CEL expression 'dep.metadata.name ==': ERROR: <input>:1:21: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | dep.metadata.name ==\n | ....................^"
	undeclared  = "failed to parse the CEL expression 'status.ready': ERROR: <input>:1:1: undeclared reference to 'status' (in container '')\n | status.ready\n | ^"
)

// TestAdditive: with the controller's feature gate an expression is asked
// first, and the built-in checks still hold.
func TestAdditive(t *testing.T) {
	for _, c := range []struct {
		name string
		expr string
		db   change
		want want
	}{
		{"both hold", "true", set("spec.path", "x"), want{OK, "", ""}},
		{"the expression does not", "false", set("spec.path", "x"), want{ExprFalse, "dependency 'ns/db' is not ready according to readyExpr eval", ""}},
		{"not ready", "true", readyCondition("False", "R", "m"), want{NotReady, "dependency 'ns/db' is not ready", "R: m"}},
		{"another revision", "true", set("status.lastAppliedRevision", "r0"), want{StaleRevision, "dependency 'ns/db' revision is not up to date", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			snapshot := cluster(kustomization(t, "app"), kustomization(t, "db", c.db), fleet(t, flux.GitRepository, "r1"))
			snapshot.AdditiveReadyExpr[flux.Kustomization] = true
			check(t, judge(t, snapshot, flux.Dependency{Name: "db", ReadyExpr: c.expr}), c.want)
		})
	}
}

// TestWhatCannotBeSeen: where RBAC or the mode hides something, no verdict is
// made up.
func TestWhatCannotBeSeen(t *testing.T) {
	db := flux.Dependency{Name: "db", Namespace: "other"}
	id := flux.ID{Kind: flux.Kustomization, Namespace: "other", Name: "db"}
	source := flux.ID{Kind: flux.GitRepository, Namespace: "ns", Name: "fleet"}
	for _, c := range []struct {
		name string
		hide func(*flux.Snapshot)
		dep  flux.Dependency
		want want
	}{
		{"the object is forbidden", func(s *flux.Snapshot) { s.Absent[id] = flux.Absence{Forbidden: true, Message: "no"} }, db, want{Forbidden, "", "no"}},
		{"the kind is forbidden", func(s *flux.Snapshot) { s.Unreadable[flux.Kustomization] = "never" }, db, want{Forbidden, "", "never"}},
		{
			"asked for, and not there", func(s *flux.Snapshot) { s.Absent[id] = flux.Absence{Message: "gone"} }, db,
			want{Missing, `dependency 'other/db' not found: kustomizations.kustomize.toolkit.fluxcd.io "db" not found`, ""},
		},
		{"the source was not read", func(s *flux.Snapshot) { s.Objects = s.Objects[:2] }, flux.Dependency{Name: "db"}, want{Unknown, "", "revision not compared: GitRepository/ns/fleet was not read"}},
		{"the source is forbidden", func(s *flux.Snapshot) {
			s.Objects, s.Absent[source] = s.Objects[:2], flux.Absence{Forbidden: true, Message: "no"}
		}, flux.Dependency{Name: "db"}, want{Unknown, "", "revision not compared: GitRepository/ns/fleet could not be read: no"}},
		{"all sources are forbidden", func(s *flux.Snapshot) {
			s.Objects, s.Unreadable[flux.GitRepository] = s.Objects[:2], "never"
		}, flux.Dependency{Name: "db"}, want{Unknown, "", "could not be read: never"}},
		{"the source is not there", func(s *flux.Snapshot) {
			s.Objects, s.Listed = s.Objects[:2], map[string]string{flux.GitRepository: ""}
		}, flux.Dependency{Name: "db"}, want{OK, "", "revision not compared: GitRepository/ns/fleet is not there"}},
		{"the source has no artifact", func(s *flux.Snapshot) { s.Objects[2].Status.Artifact = nil }, flux.Dependency{Name: "db"}, want{OK, "", "GitRepository/ns/fleet has no artifact yet"}},
		{"the source has no status", func(s *flux.Snapshot) { s.Objects[2].Status = nil }, flux.Dependency{Name: "db"}, want{OK, "", "has no artifact yet"}},
		{"the whole object was not read", func(s *flux.Snapshot) { s.Objects[1].Raw = nil }, flux.Dependency{Name: "db", ReadyExpr: "true"}, want{Unknown, "", "readyExpr not evaluated"}},
		{"no source at all", func(s *flux.Snapshot) { s.Objects[0].Source = nil }, flux.Dependency{Name: "db"}, want{OK, "", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			snapshot := cluster(kustomization(t, "app"), kustomization(t, "db", set("status.lastAppliedRevision", "r0")), fleet(t, flux.GitRepository, "r1"))
			c.hide(snapshot)
			check(t, judge(t, snapshot, c.dep), c.want)
		})
	}
}

// TestTerminating: the controller does not ask whether a dependency is being
// deleted.
func TestTerminating(t *testing.T) {
	snapshot := cluster(kustomization(t, "app"), kustomization(t, "db", set("metadata.deletionTimestamp", "2026-11-20T11:00:00Z")), fleet(t, flux.GitRepository, "r1"))
	check(t, judge(t, snapshot, flux.Dependency{Name: "db"}), want{OK, "", "being deleted"})
}

// TestFiles: there is no status to judge by, and the namespace may be stated
// elsewhere.
func TestFiles(t *testing.T) {
	none := []change{set("status", nil), set("metadata.namespace", nil)}
	in := func(namespace string) []change { return []change{none[0], set("metadata.namespace", namespace)} }
	for _, c := range []struct {
		name string
		from []change
		deps []flux.Object
		dep  flux.Dependency
		want want
	}{
		{"there", in("ns"), []flux.Object{kustomization(t, "db", in("ns")...)}, flux.Dependency{Name: "db"}, want{Unknown, "", ""}},
		{"with a status after all", in("ns"), []flux.Object{kustomization(t, "db")}, flux.Dependency{Name: "db"}, want{Unknown, "", "GitRepository/ns/fleet is not in the files"}},
		{
			"with a status, and the source too", in("ns"),
			[]flux.Object{kustomization(t, "db", set("status.lastAppliedRevision", "r0")), fleet(t, flux.GitRepository, "r1")},
			flux.Dependency{Name: "db"},
			want{StaleRevision, "dependency 'ns/db' revision is not up to date", "is at r1"},
		},
		{
			"with a status, and the source without", in("ns"),
			[]flux.Object{kustomization(t, "db"), object(t, "source.toolkit.fluxcd.io/v1", flux.GitRepository, "fleet", set("status", nil))},
			flux.Dependency{Name: "db"},
			want{Unknown, "", "GitRepository/ns/fleet was read without a status"},
		},
		{
			"not in the files", in("ns"), nil,
			flux.Dependency{Name: "db"},
			want{Missing, `dependency 'ns/db' not found: kustomizations.kustomize.toolkit.fluxcd.io "db" not found`, "not in the files that were read"},
		},
		{"no namespace on either side", none, []flux.Object{kustomization(t, "db", none...)}, flux.Dependency{Name: "db"}, want{Unknown, "", ""}},
		{"the dependency states none", none, []flux.Object{kustomization(t, "db", none...)}, flux.Dependency{Name: "db", Namespace: "data"}, want{Unknown, "", "taken for Kustomization//db"}},
		{"the dependent states none", none, []flux.Object{kustomization(t, "db", in("data")...)}, flux.Dependency{Name: "db"}, want{Unknown, "", "taken for Kustomization/data/db"}},
		{
			"two that may be meant", none,
			[]flux.Object{kustomization(t, "db", in("a")...), kustomization(t, "db", in("b")...)},
			flux.Dependency{Name: "db"},
			want{Unknown, "", "may be Kustomization/a/db or Kustomization/b/db: the reference states no namespace"},
		},
		{
			"two namespaces that are stated", in("ns"),
			[]flux.Object{kustomization(t, "db", in("a")...)},
			flux.Dependency{Name: "db"},
			want{Missing, `dependency 'ns/db' not found: kustomizations.kustomize.toolkit.fluxcd.io "db" not found`, "did you mean Kustomization/a/db?"},
		},
		{
			"an expression that does not compile", in("ns"),
			[]flux.Object{kustomization(t, "db", in("ns")...)},
			flux.Dependency{Name: "db", ReadyExpr: "1"},
			want{ExprError, "", "output type mismatch"},
		},
		{"an expression that does", in("ns"), []flux.Object{kustomization(t, "db", in("ns")...)}, flux.Dependency{Name: "db", ReadyExpr: "false"}, want{Unknown, "", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			snapshot := cluster(append([]flux.Object{kustomization(t, "app", c.from...)}, c.deps...)...)
			snapshot.Live = false
			check(t, judge(t, snapshot, c.dep), c.want)
		})
	}
}
