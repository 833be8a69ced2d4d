package graph

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// more changes an object.
type more func(*flux.Object)

func with(o flux.Object, changes ...more) flux.Object {
	for _, change := range changes {
		change(&o)
	}
	return o
}

// waiting makes it wait for all it applies.
func waiting(o *flux.Object) { o.Wait = true }

func suspended(o *flux.Object) { o.Suspended = true }

func remote(o *flux.Object) { o.Remote = true }

// checks gives it healthChecks.
func checks(names ...string) more {
	return func(o *flux.Object) {
		for _, name := range names {
			of := id(name)
			info, _ := flux.LookupKind(of.Kind)
			o.HealthChecks = append(o.HealthChecks, flux.Reference{
				APIVersion: string(info.Group) + "/v1", Kind: of.Kind, Namespace: of.Namespace, Name: of.Name,
			})
		}
	}
}

// under gives it the labels of a parent, as the controllers do.
func under(name string) more {
	return func(o *flux.Object) {
		of := id(name)
		o.Labels = map[string]string{parentLabelPrefix(of.Kind) + "/name": of.Name, parentLabelPrefix(of.Kind) + "/namespace": of.Namespace}
	}
}

// lists gives it an inventory.
func lists(names ...string) more {
	return func(o *flux.Object) {
		for _, name := range names {
			o.Status.Inventory = append(o.Status.Inventory, id(name))
		}
	}
}

// onExpr adds a dependency with an expression of its own.
func onExpr(name string) more {
	return func(o *flux.Object) {
		o.DependsOn = append(o.DependsOn, flux.Dependency{Name: name, ReadyExpr: "true"})
	}
}

// deadlocks writes a as "a dependsOn b health a".
func deadlocks(g *Graph) string {
	var list []string
	for _, deadlock := range g.Deadlocks {
		words := []string{show(deadlock[0].From)}
		for _, wait := range deadlock {
			words = append(words, string(wait.Type), show(wait.To))
		}
		list = append(list, strings.Join(words, " "))
	}
	return strings.Join(list, "; ")
}

func TestDeadlocks(t *testing.T) {
	helm := func(name string, deps ...string) flux.Object { return object("HelmRelease/"+name, deps...) }
	for _, c := range []struct {
		name    string
		objects []flux.Object
		want    string
		// edges are the dependsOn edges that get the verdict.
		edges string
	}{
		{"a parent that waits for its child, which depends on nothing", []flux.Object{with(object("p"), waiting, lists("c")), with(object("c"), under("p"))}, "", ""},
		{"a child that depends on its parent", []flux.Object{with(object("p"), lists("c")), with(object("c", "p"), under("p"))}, "", ""},
		{
			"a child that depends on its parent, which waits for it",
			[]flux.Object{with(object("p"), waiting, lists("c")), with(object("c", "p"), under("p"))},
			"c dependsOn p health c", "c>p",
		},
		{"healthChecks on one that depends on it", []flux.Object{with(object("p"), checks("c")), object("c", "p")}, "c dependsOn p health c", "c>p"},
		{"wait makes healthChecks void", []flux.Object{with(object("p"), waiting, checks("c")), object("c", "p")}, "", ""},
		{"two that check each other", []flux.Object{with(object("a"), checks("b")), with(object("b"), checks("a"))}, "a health b health a", ""},
		{"one that checks itself", []flux.Object{with(object("a"), checks("a"))}, "", ""},
		{
			"a grandchild that depends on the grandparent",
			[]flux.Object{with(object("g"), waiting, lists("p")), with(object("p"), waiting, lists("c"), under("g")), with(object("c", "g"), under("p"))},
			"c dependsOn g health p health c", "c>g",
		},
		{
			"a grandchild of one that does not wait for it",
			[]flux.Object{with(object("g"), waiting, lists("p")), with(object("p"), lists("c"), under("g")), with(object("c", "g"), under("p"))},
			"", "",
		},
		{
			"a dependency that one's own child is",
			[]flux.Object{object("p", "c"), with(object("c"), under("p"))},
			"c parent p dependsOn c", "p>c",
		},
		{
			"a dependency that one's own child makes",
			[]flux.Object{object("p", "d"), with(object("c"), under("p")), with(object("d"), under("c"))},
			"c parent p dependsOn d parent c", "p>d",
		},
		{
			"a dependency that one's own child makes, with an expression",
			[]flux.Object{with(object("p"), onExpr("c")), with(object("c"), under("p"))},
			"p dependsOn c parent p", "",
		},
		{
			"by way of a HelmRelease, which another applies that depends on it",
			[]flux.Object{
				with(object("infra"), waiting, lists("HelmRelease/db")), with(helm("db", "operator"), under("infra")),
				with(object("platform", "infra"), lists("HelmRelease/operator")), with(helm("operator"), under("platform")),
			},
			"HelmRelease/db dependsOn HelmRelease/operator parent platform dependsOn infra health HelmRelease/db", "HelmRelease/db>HelmRelease/operator platform>infra",
		},
		{"an expression of its own", []flux.Object{with(object("p"), checks("c")), with(object("c"), onExpr("p"))}, "", ""},
		{
			"health by an expression of its own",
			[]flux.Object{with(object("p"), checks("c"), func(o *flux.Object) {
				o.HealthCheckExprs = []flux.Reference{{Kind: flux.Kustomization}}
			}), object("c", "p")},
			"", "",
		},
		{"on another cluster", []flux.Object{with(object("p"), waiting, remote, lists("c")), with(object("c", "p"), under("p"))}, "", ""},
		{"checks on another cluster", []flux.Object{with(object("p"), checks("c"), remote), object("c", "p")}, "", ""},
		{"a parent on another cluster applies nothing here", []flux.Object{with(object("p", "c"), remote), with(object("c"), under("p"))}, "", ""},
		{"one that is not applied", []flux.Object{object("p", "c"), with(object("c"), under("p"), func(o *flux.Object) { o.Unapplied = true })}, "", ""},
		{"one that is being deleted", []flux.Object{with(object("p"), checks("c")), with(object("c", "p"), func(o *flux.Object) { o.Terminating = true })}, "", ""},
		{"objects that apply each other: one was applied by hand", []flux.Object{with(object("a"), under("b")), with(object("b"), under("a"))}, "", ""},
		{"the shortest way", []flux.Object{with(object("p"), checks("c", "d")), object("c", "p"), object("d", "c")}, "c dependsOn p health c", "c>p d>c"},
		{
			"two apart",
			[]flux.Object{with(object("p"), checks("c")), object("c", "p"), with(object("q"), checks("d")), object("d", "q")},
			"c dependsOn p health c; d dependsOn q health d", "c>p d>q",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			// What is drawn makes no difference.
			for _, types := range [][]EdgeType{{DependsOn}, EdgeTypes()} {
				g := build(t, live(c.objects...), types...)
				equal(t, "deadlocks", deadlocks(g), c.want)
				equal(t, "edges", edges(g, func(e *Edge) bool { return e.Verdict == verdict.Deadlock }), c.edges)
				equal(t, "cycles", cycles(g), "")
			}
		})
	}
}

// TestCycleBesideDeadlock: what waits by dependsOn alone is a cycle, whatever
// else it waits by.
func TestCycleBesideDeadlock(t *testing.T) {
	a, b := with(object("a", "b"), waiting, lists("b")), with(object("b", "a"), under("a"))
	p, c := with(object("p", "a"), checks("c")), object("c", "p")
	g := build(t, live(a, b, p, c))
	equal(t, "cycles", cycles(g), "a>b>a")
	equal(t, "deadlocks", deadlocks(g), "c dependsOn p health c")
	equal(t, "in cycles", edges(g, func(e *Edge) bool { return e.Verdict == verdict.Cycle }), "a>b b>a")
}

// TestDeadlockVerdict: what is ready passes for now, and when it will not is
// said.
func TestDeadlockVerdict(t *testing.T) {
	for _, c := range []struct {
		objects []flux.Object
		detail  string
	}{
		{[]flux.Object{with(object("p"), checks("c")), object("c", "p")}, "passes for now, but each waits for the other on the next new revision"},
		{[]flux.Object{object("p", "c"), with(object("c"), under("p"))}, "passes for now, but not on a new cluster, where each waits for the other"},
	} {
		edge := build(t, live(c.objects...)).Edges[0]
		if met, known := edge.Met(); !met || !known || edge.Detail != c.detail {
			t.Errorf("%+v", edge)
		}
		for i := range c.objects {
			c.objects[i].Status.Conditions[0].Status = "False"
		}
		edge = build(t, live(c.objects...)).Edges[0]
		if met, known := edge.Met(); met || !known || edge.Detail != "" || edge.Message == "" {
			t.Errorf("%+v", edge)
		}
	}
}

// TestDeadlockIsShown where no edge of its own is drawn, and as soon as one of
// its objects is.
func TestDeadlockIsShown(t *testing.T) {
	g := build(t, live(with(object("a"), checks("b")), with(object("b"), checks("a")), object("c")))
	for _, node := range g.Nodes {
		if node.Isolated != (node.Name == "c") {
			t.Errorf("%s: isolated %v", node.Name, node.Isolated)
		}
	}
	only := func(name string) *Graph { return g.Subgraph(func(n *Node) bool { return n.Name == name }) }
	equal(t, "of a", deadlocks(only("a")), "a health b health a")
	equal(t, "of c", deadlocks(only("c")), "")
	equal(t, "reduced", deadlocks(g.Reduced()), "a health b health a")
}

// TestDeadlocksRandom compares with the definition on random graphs: objects
// start and become ready as they may, and those that never are, are in a cycle,
// in a deadlock, or wait for one that is.
func TestDeadlocksRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	found := 0
	for range 3000 {
		n := 2 + random.IntN(7)
		snapshot := live(randomWaits(random, n)...)
		g := build(t, snapshot)
		found += len(g.Deadlocks)
		stuck := slices.Contains(rollOut(snapshot.Objects), false)
		if reported := len(g.Cycles)+len(g.Deadlocks) > 0; reported != stuck {
			t.Fatalf("cycles %q, deadlocks %q, but stuck is %v: %+v", cycles(g), deadlocks(g), stuck, snapshot.Objects)
		}
		for _, deadlock := range g.Deadlocks {
			checkDeadlock(t, deadlock, snapshot.Objects)
		}
	}
	if found < 100 {
		t.Errorf("only %d deadlocks to compare", found)
	}
}

// randomWaits are objects with parents of lower numbers, so that something can
// start.
func randomWaits(random *rand.Rand, n int) []flux.Object {
	objects := make([]flux.Object, n)
	density := random.Float64() * 0.4
	for i := range objects {
		objects[i] = object(numbered(i))
		if i > 0 && random.IntN(2) == 0 {
			parent := random.IntN(i)
			under(numbered(parent))(&objects[i])
			lists(numbered(i))(&objects[parent])
		}
		objects[i].Wait = random.IntN(3) == 0
		for j := range n {
			if i != j && random.Float64() < density {
				objects[i].DependsOn = append(objects[i].DependsOn, flux.Dependency{Name: numbered(j)})
			}
			if i != j && random.Float64() < density/3 {
				checks(numbered(j))(&objects[i])
			}
		}
	}
	return objects
}

// rollOut plays the controller on an empty cluster and returns what became
// ready.
func rollOut(objects []flux.Object) []bool {
	started, ready := make([]bool, len(objects)), make([]bool, len(objects))
	isReady := func(id flux.ID) bool { return ready[number(id)] }
	for again := true; again; {
		again = false
		for i := range objects {
			o := &objects[i]
			if parent, ok := labelledParent(o); !started[i] && (!ok || started[number(parent)]) && !slices.ContainsFunc(o.DependsOn, func(d flux.Dependency) bool { return !isReady(o.Target(d)) }) {
				started[i], again = true, true
			}
			if started[i] && !ready[i] && !slices.ContainsFunc(checked(o), func(id flux.ID) bool { return !isReady(id) }) {
				ready[i], again = true, true
			}
		}
	}
	return ready
}

// checked is what the object's readiness waits for.
func checked(o *flux.Object) []flux.ID {
	if o.Wait {
		return o.Status.Inventory
	}
	var ids []flux.ID
	for _, check := range o.HealthChecks {
		ids = append(ids, check.ID())
	}
	return ids
}

// checkDeadlock checks that each wait is one that the objects have.
func checkDeadlock(t *testing.T, deadlock Deadlock, objects []flux.Object) {
	t.Helper()
	for i, wait := range deadlock {
		from := &objects[number(wait.From)]
		var has bool
		switch wait.Type {
		case DependsOn:
			has = slices.ContainsFunc(from.DependsOn, func(d flux.Dependency) bool { return from.Target(d) == wait.To })
		case Health:
			has = slices.Contains(checked(from), wait.To)
		case Parent:
			parent, _ := labelledParent(from)
			has = parent == wait.To
		case Source:
		}
		if !has || wait.To != deadlock[(i+1)%len(deadlock)].From {
			t.Fatalf("no such wait: %+v in %+v", wait, deadlock)
		}
	}
}
