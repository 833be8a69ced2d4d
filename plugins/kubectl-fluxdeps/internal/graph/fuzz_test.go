package graph

import (
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// FuzzParents looks for who applies a file, with any names of files and any
// paths: no panic, nobody applies itself, and only a folder above the file does.
func FuzzParents(f *testing.F) {
	for _, seed := range [][3]string{
		{"repo/ks.yaml", "./cluster", "repo/cluster/c.yaml"},
		{`repo\ks.yaml`, "cluster", `repo\cluster\c.yaml`},
		{"/ks.yaml", "/a/../b", "/b/c.yaml"},
		{"", "..", "../../x"},
		{"a//b", "./././", "a/./b//c"},
		{"ks.yaml", "a/a", "a/a/a/a/c.yaml"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, file, path, child string) {
		snapshot := &flux.Snapshot{Objects: []flux.Object{with(object("p"), in(file, path)), with(object("c"), in(child, path))}}
		found := parents(snapshot, flux.NewIndex(snapshot.Objects))
		for i := range snapshot.Objects {
			object, other := &snapshot.Objects[i], &snapshot.Objects[1-i]
			parent, ok := found[object]
			if !ok {
				continue
			}
			at, isFolder := folderOf(other)
			if parent != other.ID || !isFolder || len(folderOfFile(object)) < len(at) {
				t.Errorf("%s applies %s", parent, object.ID)
			}
		}
	})
}
