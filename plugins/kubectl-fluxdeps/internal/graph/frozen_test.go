package graph

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// of gives it a source.
func of(name string) more {
	return func(o *flux.Object) { o.Source = &flux.Reference{Kind: flux.GitRepository, Name: name} }
}

func shard(key string) more {
	return func(o *flux.Object) { o.Labels = map[string]string{flux.ShardLabel: key} }
}

// condition sets the Ready condition.
func condition(status, reason string) more {
	return func(o *flux.Object) {
		o.Status.Conditions = []flux.Condition{{Type: "Ready", Status: status, Reason: reason, Message: "m"}}
	}
}

// at is what it has applied and what it has tried.
func at(applied, attempted string) more {
	return func(o *flux.Object) {
		o.Status.LastAppliedRevision, o.Status.LastAttemptedRevision = applied, attempted
	}
}

// source is one that offers r2 since noon.
func source(name string) flux.Object {
	o := object("GitRepository/" + name)
	o.Status.Artifact = &flux.Artifact{Revision: "r2", LastUpdateTime: "2026-11-28T12:00:00Z"}
	return o
}

func frozen(g *Graph) string {
	var list []string
	for _, f := range g.Frozen {
		var cycles []string
		for _, cycle := range f.Cycles {
			cycles = append(cycles, strings.Join(names(cycle), ">"))
		}
		list = append(list, fmt.Sprintf("%s%s %s of %d", f.Source.Name, f.Shard, strings.Join(cycles, ","), len(f.Users)))
	}
	return strings.Join(list, "; ")
}

func names(ids []flux.ID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = show(id)
	}
	return list
}

// TestFrozen: kustomize-controller sorts the Kustomizations of one source, by
// dependsOn alone.
func TestFrozen(t *testing.T) {
	for _, c := range []struct {
		name    string
		objects []flux.Object
		want    string
	}{
		{"no cycle", []flux.Object{with(object("a", "b"), of("s")), with(object("b"), of("s"))}, ""},
		{"a cycle", []flux.Object{with(object("a", "b"), of("s")), with(object("b", "a"), of("s")), with(object("c"), of("s"))}, "s a>b of 3"},
		{"of one", []flux.Object{with(object("a", "a"), of("s"))}, "s a of 1"},
		{"over two sources, which no sort sees", []flux.Object{with(object("a", "b"), of("s")), with(object("b", "a"), of("r"))}, ""},
		{"over two sources and back", []flux.Object{with(object("a", "b"), of("s")), with(object("b", "c"), of("r")), with(object("c", "a"), of("s"))}, ""},
		{"of two shards", []flux.Object{with(object("a", "b"), of("s")), with(object("b", "a"), of("s"), shard("x"))}, ""},
		{"of one shard", []flux.Object{with(object("a", "b"), of("s"), shard("x")), with(object("b", "a"), of("s"), shard("x")), with(object("c"), of("s"))}, "sx a>b of 2"},
		{"with an expression, by which nobody waits", []flux.Object{with(object("a"), of("s"), onExpr("b")), with(object("b", "a"), of("s"))}, "s a>b of 2"},
		{"of HelmReleases, which no controller sorts", []flux.Object{with(object("HelmRelease/a", "b"), of("s")), with(object("HelmRelease/b", "a"), of("s"))}, ""},
		{"two knots", []flux.Object{with(object("a", "a"), of("s")), with(object("b", "c"), of("s")), with(object("c", "b"), of("s"))}, "s a,b>c of 3"},
		{"two sources", []flux.Object{with(object("a", "a"), of("s")), with(object("b", "b"), of("r"))}, "r b of 1; s a of 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := build(t, live(c.objects...))
			equal(t, "frozen", frozen(g), c.want)
		})
	}
}

// TestFrozenPart: a part of the graph names the frozen source of its objects.
func TestFrozenPart(t *testing.T) {
	g := build(t, live(with(object("a"), of("s"), onExpr("b")), with(object("b", "a"), of("s")), with(object("c"), of("s")), object("d")))
	for keep, want := range map[string]string{"a b": "s a>b of 3", "c": "s a>b of 3", "d": ""} {
		part := g.Subgraph(func(n *Node) bool { return strings.Contains(keep, n.Name) })
		equal(t, keep, frozen(part), want)
	}
}

// TestBehind: each object that has not applied what its source offers says so,
// and why.
func TestBehind(t *testing.T) {
	ready, failed := condition("True", "ReconciliationSucceeded"), condition("False", "HealthCheckFailed")
	for _, c := range []struct {
		name   string
		change []more
		frozen bool
		want   string
	}{
		{"up to date", []more{ready, at("r2", "r2")}, true, ""},
		{"not looked at", []more{ready, at("r1", "r1")}, false, "r1 r2 not-looked-at"},
		{"frozen", []more{ready, at("r1", "r1")}, true, "r1 r2 frozen-source ring"},
		{"frozen before it applied anything", []more{condition("False", "DependencyNotReady"), at("", "")}, true, " r2 frozen-source ring"},
		{"suspended", []more{ready, at("r1", "r1"), suspended}, true, "r1 r2 suspended"},
		{"being reconciled", []more{condition("Unknown", "Progressing"), at("r1", "r2")}, true, "r1 r2 reconciling"},
		{"failed with it", []more{failed, at("r1", "r2")}, true, "r1 r2 failed"},
		{"failed before it", []more{failed, at("r0", "r1")}, true, "r0 r2 frozen-source ring"},
		{"failed before it tried any", []more{condition("False", "ArtifactFailed"), at("", "")}, true, " r2 failed"},
		{"waits", []more{condition("False", "DependencyNotReady"), at("r1", "r1")}, false, "r1 r2 waits-for-dependency"},
		{"never looked at", []more{func(o *flux.Object) { o.Status = &flux.Status{} }}, false, " r2 not-looked-at"},
		{"being deleted", []more{ready, at("r1", "r1"), func(o *flux.Object) { o.Terminating = true }}, true, ""},
		{"without a status", []more{func(o *flux.Object) { o.Status = nil }}, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			objects := []flux.Object{with(object("x"), append([]more{of("s")}, c.change...)...), source("s")}
			if c.frozen {
				objects = append(objects, with(object("ring", "ring"), of("s"), ready, at("r1", "r1")))
			}
			g := build(t, live(objects...))
			behind := g.Node(id("x")).Behind
			got := ""
			if behind != nil {
				got = strings.TrimRight(fmt.Sprintf("%s %s %s %s", behind.From, behind.To, behind.Why, strings.Join(names(behind.Cycle), ">")), " ")
				if noon := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC); !behind.Since.Equal(noon) || behind.Source != id("GitRepository/s") {
					t.Errorf("%+v", behind)
				}
			}
			equal(t, "behind", got, c.want)
			if c.frozen {
				_, isBehind := strings.CutSuffix(c.want, "frozen-source ring")
				if want := map[bool]string{true: "ring x", false: "ring"}[isBehind]; strings.Join(names(g.Frozen[0].Behind), " ") != want {
					t.Errorf("behind because of it: %v", g.Frozen[0].Behind)
				}
			}
		})
	}
}

// TestBehindWithout: where the source is not known nothing is behind it.
func TestBehindWithout(t *testing.T) {
	empty, bare := object("GitRepository/empty"), object("GitRepository/bare")
	empty.Status.Artifact = &flux.Artifact{}
	g := build(t, live(empty, bare, with(object("a"), of("empty")), with(object("b"), of("bare")), with(object("c"), of("gone")), with(object("HelmRelease/d"), of("s")), source("s")))
	for _, node := range g.Nodes {
		if node.Behind != nil {
			t.Errorf("%s: %+v", node.ID, node.Behind)
		}
	}
}
