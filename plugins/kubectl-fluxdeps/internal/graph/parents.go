package graph

import (
	"path"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// parents returns who applies each object, where that is known: by the labels
// that the controllers set on what they apply, by their inventories, and in
// files without a status by the folder that a Kustomization applies. Rendering
// sets the labels, and so needs no guess.
func parents(snapshot *flux.Snapshot, index *flux.Index) map[*flux.Object]flux.ID {
	found := make(map[*flux.Object]flux.ID)
	listed := inventoryOwners(snapshot.Objects)
	folders := newFolders(snapshot.Objects)
	for i := range snapshot.Objects {
		object := &snapshot.Objects[i]
		parent, ok := labelledParent(object)
		if !ok {
			parent, ok = listed[object.ID]
		}
		if !ok && object.Status == nil && snapshot.Entry == "" {
			parent, ok = folders.parentOf(object)
		}
		// One with a kubeConfig applies to another cluster: a label that names it
		// was set by a namesake that is not here.
		if known := index.Get(parent); ok && !object.Unapplied && parent != object.ID && (known == nil || !known.Remote) {
			found[object] = parent
		}
	}
	return found
}

// labelledParent returns the object that applies this one, by its labels.
func labelledParent(object *flux.Object) (flux.ID, bool) {
	for _, kind := range []string{flux.Kustomization, flux.HelmRelease, flux.ResourceSet} {
		prefix := parentLabelPrefix(kind)
		parent := flux.ID{Kind: kind, Namespace: object.Labels[prefix+"/namespace"], Name: object.Labels[prefix+"/name"]}
		if parent.Name != "" && parent.Namespace != "" && parent != object.ID {
			return parent, true
		}
	}
	return flux.ID{}, false
}

func parentLabelPrefix(kind string) string {
	if kind == flux.ResourceSet {
		return "resourceset." + string(flux.OperatorGroup)
	}
	info, _ := flux.LookupKind(kind)
	return string(info.Group)
}

// inventoryOwners maps what inventories of this cluster list to whose they are.
func inventoryOwners(objects []flux.Object) map[flux.ID]flux.ID {
	owners := map[flux.ID]flux.ID{}
	for i := range objects {
		owner := &objects[i]
		if owner.Remote || owner.Status == nil {
			continue
		}
		for _, id := range owner.Status.Inventory {
			owners[id] = owner.ID
		}
	}
	return owners
}

// folders finds the Kustomization that applies a file. Nothing is rendered:
// a file belongs to the Kustomization whose path is the nearest folder above
// it, if there is exactly one. Only paths in a GitRepository are looked at,
// since an artifact of another source need not look like the files.
type folders struct {
	byPath map[string][]*flux.Object
}

func newFolders(objects []flux.Object) folders {
	f := folders{byPath: map[string][]*flux.Object{}}
	for i := range objects {
		object := &objects[i]
		if at, ok := folderOf(object); ok {
			f.byPath[at] = append(f.byPath[at], object)
		}
	}
	return f
}

// folderOf returns the folder that the object applies, below the root of the
// repository. The root itself could be any folder, so it is none.
func folderOf(object *flux.Object) (string, bool) {
	inTree := object.Kind == flux.Kustomization && object.Origin != nil && !object.Remote &&
		object.Source != nil && object.Source.Kind == flux.GitRepository
	if !inTree || strings.Contains(object.Path, "$") {
		return "", false
	}
	at := path.Clean("/" + object.Path)[1:]
	return at, at != ""
}

func (f folders) parentOf(object *flux.Object) (flux.ID, bool) {
	if len(f.byPath) == 0 || object.Origin == nil {
		return flux.ID{}, false
	}
	for folder := folderOfFile(object); folder != ""; folder = above(folder) {
		found := f.applying(folder, object)
		if len(found) > 0 {
			return found[0].ID, len(found) == 1
		}
	}
	return flux.ID{}, false
}

// applying returns the objects, but for this one, that apply the folder. What
// their path is relative to must be a folder that both are in.
func (f folders) applying(folder string, object *flux.Object) []*flux.Object {
	var found []*flux.Object
	for start := 0; ; {
		for _, candidate := range f.byPath[folder[start:]] {
			if candidate != object && isBelow(folderOfFile(candidate), strings.TrimSuffix(folder[:start], "/")) {
				found = append(found, candidate)
			}
		}
		next := strings.IndexByte(folder[start:], '/')
		if next < 0 {
			return found
		}
		start += next + 1
	}
}

// folderOfFile returns the folder of the file that the object was read from,
// with slashes.
func folderOfFile(object *flux.Object) string {
	if object.Origin == nil {
		return ""
	}
	return strings.TrimPrefix(above(path.Clean(strings.ReplaceAll(object.Origin.File, `\`, "/"))), "./")
}

// above returns the folder that a file or folder is in; empty at the top.
func above(folder string) string {
	slash := strings.LastIndexByte(folder, '/')
	if slash < 0 {
		return ""
	}
	return folder[:slash]
}

// isBelow reports whether a folder is root or in it.
func isBelow(folder, root string) bool {
	return root == "" || folder == root || strings.HasPrefix(folder, root+"/")
}
