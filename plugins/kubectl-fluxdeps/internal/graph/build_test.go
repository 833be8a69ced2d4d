package graph

import (
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

func TestEdgeTypes(t *testing.T) {
	a := object("a", "b")
	a.Source = &flux.Reference{Kind: flux.GitRepository, Name: "fleet"}
	a.HealthChecks = []flux.Reference{{Kind: "Deployment", Name: "web", Namespace: "ns"}, {APIVersion: "helm.toolkit.fluxcd.io/v2", Kind: flux.HelmRelease, Name: "h", Namespace: "ns"}}
	waits := object("b")
	waits.Wait, waits.HealthChecks = true, a.HealthChecks // which wait makes void
	waits.Status.Inventory = flux.Inventory{id("a")}
	helm := object("HelmRelease/h")
	helm.Labels = map[string]string{"kustomize.toolkit.fluxcd.io/name": "a", "kustomize.toolkit.fluxcd.io/namespace": "ns"}
	rset := object("ResourceSet/r")
	rset.Labels = map[string]string{"resourceset.fluxcd.controlplane.io/name": "r", "resourceset.fluxcd.controlplane.io/namespace": "ns"} // itself
	fleet := object("GitRepository/fleet")
	for _, c := range []struct {
		types []EdgeType
		want  string
	}{
		{[]EdgeType{DependsOn}, "a>b"},
		{[]EdgeType{Source}, "a>GitRepository/fleet"},
		{[]EdgeType{Health}, "a>Deployment/web a>HelmRelease/h b>a"},
		{[]EdgeType{Parent}, "HelmRelease/h>a a>b"},
		{EdgeTypes(), "HelmRelease/h>a a>Deployment/web a>GitRepository/fleet a>HelmRelease/h a>b a>b b>a"},
	} {
		g := build(t, live(a, waits, helm, rset, fleet), c.types...)
		equal(t, string(c.types[0]), edges(g, all), c.want)
	}
	// Sources are there only where an edge leads to them.
	equal(t, "nodes", nodes(build(t, live(a, fleet))), "a b")
}

func TestIsolated(t *testing.T) {
	g := build(t, live(parse("a: b; b; lone; self: self")...))
	for _, node := range g.Nodes {
		if node.Isolated != (node.Name == "lone") {
			t.Errorf("%s: isolated %v", node.ID, node.Isolated)
		}
	}
}

// TestTwice: an entry that is written twice is one edge, which shows what
// stops the controller: the first of them that does.
func TestTwice(t *testing.T) {
	plain, broken, unread := flux.Dependency{Name: "b"}, flux.Dependency{Name: "b", ReadyExpr: "("}, flux.Dependency{Name: "b", ReadyExpr: "true"}
	for _, c := range []struct {
		name   string
		deps   []flux.Dependency
		status string
		want   verdict.Verdict
	}{
		{"one that does not", []flux.Dependency{plain, broken, plain}, "True", verdict.ExprError},
		{"two that do", []flux.Dependency{plain, broken}, "False", verdict.NotReady},
		{"in the other order", []flux.Dependency{broken, plain}, "False", verdict.ExprError},
		{"one of which nothing is known", []flux.Dependency{plain, unread, plain}, "True", verdict.Unknown},
		{"and one that stops it for certain", []flux.Dependency{unread, plain}, "False", verdict.NotReady},
	} {
		a, b := object("a"), object("b")
		a.DependsOn, b.Status.Conditions[0].Status = c.deps, c.status
		g := build(t, live(a, b))
		if len(g.Edges) != 1 || g.Edges[0].Verdict != c.want {
			t.Errorf("%s: %d edges, the first %s, want %s", c.name, len(g.Edges), g.Edges[0].Verdict, c.want)
		}
	}
}

// TestNoName: the CRDs let an empty name in, the controller finds nothing by
// it. The reader of files has left such an entry out, and said so.
func TestNoName(t *testing.T) {
	snapshot := live(object("a", ""))
	g := build(t, snapshot)
	equal(t, "in a cluster", edges(g, all), "a>")
	if g.Edges[0].Verdict != verdict.Missing || g.Node(id("a")).Isolated {
		t.Errorf("%+v", g.Edges[0])
	}
	snapshot.Live = false
	equal(t, "in files", edges(build(t, snapshot), all), "")
}

// TestEnds: what is depended on and not there is a node that says why.
func TestEnds(t *testing.T) {
	snapshot := live(parse("a: gone hidden wrong; HelmRelease/wrong")...)
	snapshot.Absent = map[flux.ID]flux.Absence{id("hidden"): {Forbidden: true}}
	g := build(t, snapshot)
	for name, want := range map[string]State{"gone": Missing, "hidden": Forbidden, "wrong": Missing, "a": Ready} {
		if node := g.Node(id(name)); node == nil || node.State != want {
			t.Errorf("%s: %+v, want %s", name, node, want)
		}
	}
}

// TestKnownEnds: what other references name is known to be missing where all of
// its kind were listed, and not otherwise.
func TestKnownEnds(t *testing.T) {
	a := object("a")
	a.Source = &flux.Reference{Kind: flux.OCIRepository, Name: "gone"}
	a.HealthChecks = []flux.Reference{
		{APIVersion: "helm.toolkit.fluxcd.io/v2", Kind: flux.HelmRelease, Name: "gone", Namespace: "ns"},
		{APIVersion: "apps/v1", Kind: "Deployment", Name: "web", Namespace: "ns"},
		{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition", Name: "things"},
	}
	source, release := id("OCIRepository/gone"), id("HelmRelease/gone")
	for _, c := range []struct {
		name            string
		know            func(*flux.Snapshot)
		source, release State
	}{
		{"nothing was listed", func(*flux.Snapshot) {}, Unknown, Unknown},
		{"all were", func(s *flux.Snapshot) { s.Listed = map[string]string{source.Kind: "", release.Kind: ""} }, Missing, Missing},
		{"those of the namespace were", func(s *flux.Snapshot) { s.Listed = map[string]string{source.Kind: "ns", release.Kind: "other"} }, Missing, Unknown},
		{"one was asked for, one kind is forbidden", func(s *flux.Snapshot) {
			s.Absent = map[flux.ID]flux.Absence{source: {}}
			s.Unreadable = map[string]string{release.Kind: "no"}
		}, Missing, Forbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			snapshot := live(a)
			c.know(snapshot)
			g := build(t, snapshot, Source, Health)
			for id, want := range map[flux.ID]State{
				source: c.source, release: c.release, id("Deployment/web"): Unknown,
				{Kind: "CustomResourceDefinition", Name: "things"}: Unknown, // in no namespace
			} {
				if node := g.Node(id); node == nil || node.State != want {
					t.Errorf("%s: %+v, want %s", id, node, want)
				}
			}
			equal(t, "its version", g.Node(release).APIVersion, "helm.toolkit.fluxcd.io/v2")
		})
	}
}

// TestGroups: kinds of one name in two groups are two things, versions of one
// are not.
func TestGroups(t *testing.T) {
	entry := func(apiVersion, kind string) flux.Dependency {
		return flux.Dependency{APIVersion: apiVersion, Kind: kind, Name: "odd"}
	}
	a := object("ResourceSet/a")
	a.DependsOn = []flux.Dependency{
		entry("serving.knative.dev/v1", "Namespace"), entry("v1", "Namespace"),
		entry("example.com/v2", "Thing"), entry("example.com/v1", "Thing"), entry("example.com/v3", "Thing"),
	}
	snapshot := live(a)
	snapshot.External = map[flux.ExternalID]flux.External{}
	for i, dep := range a.DependsOn {
		external := flux.External{}
		if i%2 == 0 { // all but v1 Namespace and example.com/v1 Thing
			external.Absence = &flux.Absence{Message: "no matches"}
		}
		snapshot.External[flux.ExternalID{APIVersion: dep.APIVersion, ID: a.Target(dep)}] = external
	}
	got := map[string]string{}
	for _, node := range build(t, snapshot).Nodes[:3] {
		got[node.ID.String()] = string(node.State) + " " + node.APIVersion
	}
	for id, want := range map[string]string{
		"Namespace//odd": "unknown v1", "Namespace.serving.knative.dev//odd": "missing serving.knative.dev/v1",
		"Thing.example.com//odd": "unknown example.com/v1",
	} {
		equal(t, id, got[id], want)
	}
}

func TestStates(t *testing.T) {
	ready := func(status, reason string) []flux.Condition {
		return []flux.Condition{{Type: "Ready", Status: status, Reason: reason}}
	}
	for _, c := range []struct {
		name       string
		conditions []flux.Condition
		want       State
	}{
		{"ready", ready("True", "ReconciliationSucceeded"), Ready},
		{"reconciling", ready("Unknown", "Progressing"), Reconciling},
		{"waiting", ready("False", "DependencyNotReady"), Waiting},
		{"failed", ready("False", "BuildFailed"), Failed},
		{"pending", nil, Pending},
	} {
		a := object("a")
		a.Status.Conditions = c.conditions
		if got := build(t, live(a)).Nodes[0].State; got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
	a := object("a")
	a.Status = nil
	if got := build(t, live(a)).Nodes[0].State; got != Pending {
		t.Errorf("no status in a cluster: %s", got)
	}
	if got := build(t, &flux.Snapshot{Objects: []flux.Object{a}}).Nodes[0].State; got != Unknown {
		t.Errorf("no status in a file: %s", got)
	}
}

// TestControllerSays: the controller's reason stands beside ours where it is
// another.
func TestControllerSays(t *testing.T) {
	for _, c := range []struct{ name, reason, message, want string }{
		{"the same", "DependencyNotReady", "dependency 'ns/b' is not ready", ""},
		{"another dependency", "DependencyNotReady", "dependency 'ns/c' is not ready", "dependency 'ns/c' is not ready"},
		{"of an expression", "InvalidCELExpression", "x", "x"},
		{"another trouble, which is the state's to tell", "BuildFailed", "x", ""},
	} {
		a, b := object("a", "b"), object("b")
		a.Status.Conditions = []flux.Condition{{Type: "Ready", Status: "False", Reason: c.reason, Message: c.message}}
		b.Status.Conditions[0].Status = "False"
		equal(t, c.name, build(t, live(a, b)).Node(id("a")).ControllerSays, c.want)
	}
}

func TestNode(t *testing.T) {
	a := object("a", "gone")
	a.Suspended, a.Terminating, a.Remote = true, true, true
	a.Status.Conditions[0].LastTransitionTime = "2026-11-20T10:00:00Z"
	g := build(t, live(a))
	node, gone := g.Node(id("a")), g.Node(id("gone"))
	if !node.Suspended() || !node.Terminating() || !node.Remote() || node.Revision() != "r1" || node.Reason() != "ReconciliationSucceeded" || node.Message() != "done" ||
		!node.Since().Equal(time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", node)
	}
	if gone.Suspended() || gone.Terminating() || gone.Remote() || gone.Revision() != "" || gone.Reason() != "" || !gone.Since().IsZero() {
		t.Errorf("%+v", gone)
	}
	source := flux.Object{ID: id("GitRepository/s"), Status: &flux.Status{Artifact: &flux.Artifact{Revision: "r2"}}}
	failed := flux.Object{ID: id("f"), Status: &flux.Status{LastAttemptedRevision: "r3"}}
	equal(t, "a source's", (&Node{Object: &source}).Revision(), "r2")
	equal(t, "one never applied", (&Node{Object: &failed}).Revision(), "r3")
}

// TestOrder: the same objects in another order give the same graph.
func TestOrder(t *testing.T) {
	forward := parse("c: b a; b: a; a; HelmRelease/a; d: d")
	var backward []flux.Object
	for _, o := range forward {
		backward = append([]flux.Object{o}, backward...)
	}
	one, other := build(t, live(forward...)), build(t, live(backward...))
	equal(t, "nodes", nodes(one), "HelmRelease/a a b c d")
	equal(t, "nodes", nodes(other), nodes(one))
	equal(t, "edges", edges(other, all), edges(one, all))
	equal(t, "cycles", cycles(other), cycles(one))
}
