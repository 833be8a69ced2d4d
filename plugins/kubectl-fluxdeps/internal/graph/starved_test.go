package graph

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// checking is an object in its health checks, as kustomize-controller says it.
func checking(o *flux.Object) {
	o.Wait = true
	o.Status.Conditions = []flux.Condition{
		{Type: "Ready", Status: "Unknown", Reason: "Progressing", Message: "Reconciliation in progress"},
		{Type: "Reconciling", Status: "True", Reason: "Progressing", Message: "Running health checks for revision r1 with a timeout of 5m0s"},
	}
}

// building is one that is being reconciled, but not in its health checks.
func building(o *flux.Object) {
	checking(o)
	o.Status.Conditions[1].Message = "Building manifests for revision r1 with a timeout of 5m0s"
}

func untouched(o *flux.Object) { o.Status = &flux.Status{ObservedGeneration: -1} }

func starved(g *Graph) string {
	var list []string
	for _, s := range g.Starved {
		list = append(list, fmt.Sprintf("%s%d/%d: %s", s.Shard, len(s.Parents), s.Workers, strings.Join(names(s.Children), " ")))
	}
	return strings.Join(list, "; ")
}

func TestStarved(t *testing.T) {
	// parents are n in their health checks, the first with the children named.
	parents := func(n int, children ...string) []flux.Object {
		var objects []flux.Object
		for i := range n {
			objects = append(objects, with(object(fmt.Sprintf("p%d", i)), checking))
		}
		lists(children...)(&objects[0])
		return objects
	}
	newSpec := func(o *flux.Object) { o.Generation = 2 }
	waits := condition("False", "DependencyNotReady")
	for _, c := range []struct {
		name    string
		objects []flux.Object
		workers int
		want    string
	}{
		{"as many as there are workers", append(parents(4, "c"), with(object("c"), untouched)), 0, "4/4: c"},
		{"more, as a restart leaves them", append(parents(5, "c"), with(object("c"), untouched)), 0, "5/4: c"},
		{"fewer", append(parents(3, "c"), with(object("c"), untouched)), 0, ""},
		{"a worker more", append(parents(4, "c"), with(object("c"), untouched)), 5, ""},
		{"one worker", append(parents(1, "c"), with(object("c"), untouched)), 1, "1/1: c"},
		{"their children are ready", append(parents(4, "c"), object("c")), 0, ""},
		{"somebody else has not started", append(parents(4), with(object("c"), untouched)), 0, ""},
		{"a child is being reconciled", append(parents(4, "c"), with(object("c"), condition("Unknown", "Progressing"))), 0, ""},
		{"a child has a new spec", append(parents(4, "c"), with(object("c"), newSpec)), 0, "4/4: c"},
		{"a child has failed", append(parents(4, "c"), with(object("c"), condition("False", "BuildFailed"))), 0, ""},
		{"a child waits for what is ready", append(parents(4, "c"), with(object("c", "d"), waits), object("d")), 0, "4/4: c"},
		{"a child waits for what is not ready", append(parents(4, "c"), with(object("c", "d"), waits), with(object("d"), waits)), 0, ""},
		{"a child is suspended", append(parents(4, "c"), with(object("c"), untouched, suspended)), 0, ""},
		{"a child has another controller", append(parents(4, "HelmRelease/c"), with(object("HelmRelease/c"), untouched)), 0, ""},
		{"a child is of a shard", append(parents(4, "c"), with(object("c"), untouched, shard("x"))), 0, ""},
		{"one is building yet", append(parents(3, "c"), with(object("q"), building), with(object("c"), untouched)), 0, ""},
		{"one is suspended", append(parents(3, "c"), with(object("q"), checking, suspended), with(object("c"), untouched)), 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			snapshot := live(c.objects...)
			if c.workers > 0 {
				snapshot.Controllers = []flux.Controller{{Kind: flux.Kustomization, Workers: c.workers}}
			}
			g := build(t, snapshot)
			equal(t, "starved", starved(g), c.want)
			if node := g.Node(id("c")); node != nil && node.Starved != (c.want != "") {
				t.Errorf("c is starved: %v", node.Starved)
			}
		})
	}
}

// TestStarvedShard: each shard has a controller of its own, with workers of its
// own.
func TestStarvedShard(t *testing.T) {
	selector := func(text string) labels.Selector {
		parsed, err := labels.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	snapshot := live(
		with(object("p"), checking, shard("x"), lists("c")), with(object("c"), untouched, shard("x")),
		with(object("q"), checking, lists("d")), with(object("d"), untouched),
	)
	snapshot.Controllers = []flux.Controller{
		{Kind: flux.Kustomization, Workers: 4, Selector: selector("!" + flux.ShardLabel)},
		{Kind: flux.Kustomization, Workers: 1, Selector: selector(flux.ShardLabel + "=x")},
	}
	equal(t, "starved", starved(build(t, snapshot)), "x1/1: c")
}

// TestNever: since when and why an object was never reconciled.
func TestNever(t *testing.T) {
	created := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	selector, err := labels.Parse("!" + flux.ShardLabel)
	if err != nil {
		t.Fatal(err)
	}
	main := flux.Controller{Kind: flux.Kustomization, Namespace: "flux-system", Name: "kustomize-controller", Selector: selector}
	stopped, own, helm := main, main, flux.Controller{Kind: flux.HelmRelease}
	stopped.Stopped, own.OwnNamespace = true, true
	bare := object("GitRepository/s")
	failing := with(object("GitRepository/s"), condition("False", "GitOperationFailed"))
	for _, c := range []struct {
		name        string
		object      flux.Object
		source      *flux.Object
		controllers []flux.Controller
		known       bool
		want        string
	}{
		{"nothing known", with(object("a"), untouched), nil, nil, false, "not reconciled yet"},
		{"its controller runs", with(object("a"), untouched), nil, []flux.Controller{main}, true, "not reconciled yet"},
		{"suspended", with(object("a"), untouched, suspended), nil, nil, true, "never reconciled: suspended before it was ever reconciled"},
		{"a shard without its controller", with(object("a"), untouched, shard("x")), nil, []flux.Controller{main}, true, "never reconciled: no kustomize-controller selects its label sharding.fluxcd.io/key=x"},
		{"a shard without its controller, but not all are known", with(object("a"), untouched, shard("x")), nil, []flux.Controller{main}, false, "not reconciled yet"},
		{"a namespace that is not watched", with(object("a"), untouched), nil, []flux.Controller{own}, true, "never reconciled: no kustomize-controller watches its labels and namespace"},
		{"no controller", with(object("a"), untouched), nil, []flux.Controller{helm}, true, "never reconciled: the cluster has no kustomize-controller"},
		{"no helm-controller", with(object("HelmRelease/a"), untouched), nil, []flux.Controller{main}, true, "never reconciled: the cluster has no helm-controller"},
		{"a controller that is scaled to zero", with(object("a"), untouched), nil, []flux.Controller{stopped}, true, "never reconciled: Deployment flux-system/kustomize-controller is scaled to 0"},
		{"a ResourceSet, whose controller is not looked for", with(object("ResourceSet/a"), untouched), nil, nil, true, "not reconciled yet"},
		{"a source without artifact", with(object("a"), untouched, of("s")), &bare, []flux.Controller{main}, true, "never reconciled: its source GitRepository/ns/s has no artifact"},
		{"a source that fails", with(object("a"), of("s"), condition("False", "ArtifactFailed"), at("", "")), &failing, nil, false, "never reconciled: its source GitRepository/ns/s has no artifact: GitOperationFailed: m"},
		{"a source that is not there", with(object("a"), of("gone"), condition("False", "ArtifactFailed"), at("", "")), &bare, nil, false, "never reconciled: its source GitRepository/ns/gone does not exist"},
		{"failed at a later revision", with(object("a"), of("s"), condition("False", "ArtifactFailed"), at("r1", "r1")), &bare, nil, false, ""},
		{"failed for a reason of its own", with(object("a"), of("s"), condition("False", "BuildFailed"), at("", "r1")), &bare, nil, false, ""},
		{"ready", object("a"), nil, nil, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.object.Created = created
			snapshot := live(c.object)
			snapshot.Controllers, snapshot.ControllersKnown = c.controllers, c.known
			if c.source != nil {
				snapshot.Objects = append(snapshot.Objects, *c.source)
				snapshot.Listed = map[string]string{flux.GitRepository: ""}
			}
			node := build(t, snapshot).Node(c.object.ID)
			got := ""
			if node.Never != nil {
				got = node.Never.String()
				if !node.Never.Since.Equal(created) {
					t.Errorf("since %v", node.Never.Since)
				}
			}
			equal(t, "never", got, c.want)
			if node.Since().Equal(created) != (c.want != "") {
				t.Errorf("since %v", node.Since())
			}
		})
	}
}

// TestSuspendedWaits: a health check waits for what is suspended until its
// timeout.
func TestSuspendedWaits(t *testing.T) {
	for _, c := range []struct {
		name    string
		p, h    []more
		waits   bool
		another bool
	}{
		{"in its health checks", []more{checking}, []more{suspended, condition("Unknown", "Progressing")}, true, false},
		{"after they failed", []more{waiting, condition("False", "HealthCheckFailed")}, []more{suspended, condition("False", "InstallFailed")}, true, false},
		{"suspended when it was ready", []more{checking}, []more{suspended}, false, false},
		{"not suspended", []more{checking}, []more{condition("Unknown", "Progressing")}, false, false},
		{"failed otherwise", []more{waiting, condition("False", "BuildFailed")}, []more{suspended, untouched}, false, false},
		{"on another cluster", []more{checking, remote}, []more{suspended, untouched}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := build(t, live(with(object("p"), append(c.p, lists("HelmRelease/h"))...), with(object("HelmRelease/h"), c.h...)))
			if waits := len(g.Node(id("p")).SuspendedWaits) > 0; waits != c.waits {
				t.Errorf("waits: %v", g.Node(id("p")).SuspendedWaits)
			}
		})
	}
}
