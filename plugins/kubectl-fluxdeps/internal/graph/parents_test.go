package graph

import (
	"fmt"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// in makes it an object of a file without a status, which applies a folder of
// the GitRepository fleet.
func in(file, path string) more {
	return func(o *flux.Object) {
		o.Status, o.Path, o.Origin = nil, path, &flux.Origin{File: file, Line: 1}
		o.Source = &flux.Reference{Kind: flux.GitRepository, Name: "fleet"}
	}
}

// TestParentsOfFiles: a file belongs to the Kustomization whose path is the
// nearest folder above it, wherever the root of the repository is.
func TestParentsOfFiles(t *testing.T) {
	oci := func(o *flux.Object) { o.Source = &flux.Reference{Kind: flux.OCIRepository, Name: "fleet"} }
	for _, c := range []struct {
		name   string
		parent flux.Object
		file   string
		more   []flux.Object
		want   string
	}{
		{"below", with(object("p"), in("repo/ks.yaml", "./cluster")), "repo/cluster/c.yaml", nil, "p"},
		{"deep below", with(object("p"), in("repo/ks.yaml", "./cluster")), "repo/cluster/a/b/c.yaml", nil, "p"},
		{"from within the repository", with(object("p"), in("ks.yaml", "cluster/prod")), "cluster/prod/c.yaml", nil, "p"},
		{"with dots", with(object("p"), in("./ks.yaml", "./cluster//prod/")), "./cluster/prod/c.yaml", nil, "p"},
		{"absolute", with(object("p"), in("/repo/clusters/ks.yaml", "cluster")), "/repo/cluster/c.yaml", nil, "p"},
		{"on Windows", with(object("p"), in(`repo\ks.yaml`, "./cluster/prod")), `repo\cluster\prod\c.yaml`, nil, "p"},
		{"beside", with(object("p"), in("repo/ks.yaml", "./cluster")), "repo/apps/c.yaml", nil, ""},
		{"a longer name", with(object("p"), in("repo/ks.yaml", "./cluster")), "repo/clusters/c.yaml", nil, ""},
		{"another repository", with(object("p"), in("one/ks.yaml", "./cluster")), "two/cluster/c.yaml", nil, ""},
		{"the whole repository could be anywhere", with(object("p"), in("repo/ks.yaml", "./")), "repo/cluster/c.yaml", nil, ""},
		{"a variable", with(object("p"), in("repo/ks.yaml", "./${cluster}")), "repo/${cluster}/c.yaml", nil, ""},
		{"an artifact that need not look like the files", with(object("p"), in("repo/ks.yaml", "./cluster"), oci), "repo/cluster/c.yaml", nil, ""},
		{"on another cluster", with(object("p"), in("repo/ks.yaml", "./cluster"), remote), "repo/cluster/c.yaml", nil, ""},
		{
			"the nearest", with(object("p"), in("repo/ks.yaml", "./cluster")), "repo/cluster/apps/c.yaml",
			[]flux.Object{with(object("q"), in("repo/ks.yaml", "./cluster/apps"))},
			"q",
		},
		{
			"either of two", with(object("p"), in("repo/ks.yaml", "./cluster")), "repo/cluster/c.yaml",
			[]flux.Object{with(object("q"), in("repo/ks.yaml", "./cluster"))},
			"",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			child := with(object("c"), in(c.file, ""))
			snapshot := &flux.Snapshot{Objects: append([]flux.Object{c.parent, child}, c.more...)}
			parent := parents(snapshot, flux.NewIndex(snapshot.Objects))[&snapshot.Objects[1]]
			equal(t, "parent", parent.Name, c.want)
		})
	}
}

// TestOwnFolder: what lies in the folder that it applies itself was applied by
// somebody else.
func TestOwnFolder(t *testing.T) {
	snapshot := &flux.Snapshot{Objects: []flux.Object{
		with(object("flux-system"), in("clusters/prod/flux-system/sync.yaml", "./clusters/prod")),
		with(object("apps"), in("clusters/prod/apps.yaml", "./apps")),
		with(object("web"), in("apps/web/ks.yaml", "./apps/web")),
	}}
	found := parents(snapshot, flux.NewIndex(snapshot.Objects))
	for i, want := range []string{"", "flux-system", "apps"} {
		equal(t, snapshot.Objects[i].Name, found[&snapshot.Objects[i]].Name, want)
	}
}

// TestParentsOfStatus: where a cluster was asked, labels and inventories say it,
// and folders nothing.
func TestParentsOfStatus(t *testing.T) {
	served := func(o *flux.Object) { o.Status = &flux.Status{} }
	snapshot := &flux.Snapshot{Objects: []flux.Object{
		with(object("p"), lists("c", "d")), with(object("q"), in("ks.yaml", "./cluster"), served),
		object("c"), with(object("d"), under("q")), with(object("e"), in("cluster/e.yaml", ""), served),
	}}
	found := parents(snapshot, flux.NewIndex(snapshot.Objects))
	for i, want := range map[int]string{2: "p", 3: "q", 4: ""} {
		equal(t, snapshot.Objects[i].Name, found[&snapshot.Objects[i]].Name, want)
	}
}

// TestDeadlockInFiles: files have no inventory, so that what a parent waits for
// is what lies in its folder; in a dump of a cluster it is the inventory.
func TestDeadlockInFiles(t *testing.T) {
	parent, child := with(object("p"), waiting, in("ks.yaml", "./cluster")), with(object("c", "p"), in("cluster/c.yaml", "./c"))
	g := build(t, &flux.Snapshot{Objects: []flux.Object{parent, child}})
	equal(t, "deadlocks", deadlocks(g), "c dependsOn p health c")
	equal(t, "edges", edges(build(t, &flux.Snapshot{Objects: []flux.Object{parent, child}}, Health, Parent), all), "c>p p>c")
	for _, applied := range []string{"", "r1"} {
		first := with(object("p"), waiting, func(o *flux.Object) { o.Status = &flux.Status{LastAppliedRevision: applied} })
		want := "c dependsOn p health c"
		if applied != "" {
			want = "" // it was applied without this child
		}
		equal(t, fmt.Sprintf("after %q", applied), deadlocks(build(t, live(first, with(object("c", "p"), under("p"))))), want)
	}
}
