package flux

import (
	"encoding/json"
	"slices"
)

// Snapshot is everything that one run read: what a graph is built from.
type Snapshot struct {
	// Live is true where the objects come from a cluster, so that what was not
	// found is not there.
	Live bool
	// Objects holds each object once, in no particular order.
	Objects []Object
	// Absent tells of objects that were asked for by name and not received.
	Absent map[ID]Absence
	// Unreadable maps a kind to why no object of it could be read.
	Unreadable map[string]string
	// Listed maps each kind that was listed, or that the server lacks, to the
	// namespace that was; empty for all. What lies there and is not among the
	// objects does not exist.
	Listed map[string]string
	// External holds what ResourceSets depend on beside Flux objects.
	External map[ExternalID]External
	// AdditiveReadyExpr tells for which kinds the controller runs with the
	// feature gate AdditiveCELDependencyCheck: readyExpr is then asked in
	// addition to the built-in check, not in its place.
	AdditiveReadyExpr map[string]bool
	// Controllers are the Deployments of Flux's controllers, where they were
	// read, which ControllersKnown reports.
	Controllers      []Controller
	ControllersKnown bool
	// Findings are faults that the reader of files saw; Unchecked are the things
	// that it could not make out.
	Findings, Unchecked []Remark
	// Entry names what the snapshot was rendered from; empty where it was not.
	Entry string
	// Opaque names objects that apply others which are not known here: what is
	// not among the objects may be one of these.
	Opaque []string
	// Entries counts the paths that were read, or the cluster; EntriesLost those
	// of which nothing could be read.
	Entries, EntriesLost int
}

// DefaultNamespace gives the namespace to the objects that state none.
func (s *Snapshot) DefaultNamespace(namespace string) {
	for i := range s.Objects {
		if s.Objects[i].Namespace == "" {
			s.Objects[i].Namespace = namespace
		}
	}
}

// AbsenceOf reports whether the object is known not to be there, or not to be
// readable, and why. It must not be among the objects.
func (s *Snapshot) AbsenceOf(id ID) (Absence, bool) {
	if id.Group != "" {
		return Absence{}, false
	}
	if absence, ok := s.Absent[id]; ok {
		return absence, true
	}
	if message, ok := s.Unreadable[id.Kind]; ok {
		return Absence{Forbidden: true, Message: message}, true
	}
	namespace, listed := s.Listed[id.Kind]
	return Absence{}, listed && (namespace == "" || namespace == id.Namespace)
}

// Absence is why one object was not received.
type Absence struct {
	// Forbidden is true where the server refused, false where it has no such
	// object.
	Forbidden bool
	// Message is what the server said.
	Message string
}

// ExternalID names an object of any kind, in the version that was asked for:
// a server need not serve each.
type ExternalID struct {
	APIVersion string
	ID
}

// External is an object of a kind that fluxdeps does not list.
type External struct {
	// Absence is nil where the object is there.
	Absence *Absence
	// Raw is its JSON; of Secrets and of objects whose readiness does not
	// matter only the metadata.
	Raw json.RawMessage
}

// Index finds objects of a snapshot. It keeps pointers into the snapshot.
type Index struct {
	byID   map[ID]*Object
	byName map[kindName][]*Object
}

type kindName struct{ kind, name string }

// NewIndex indexes the objects.
func NewIndex(objects []Object) *Index {
	index := &Index{
		byID:   make(map[ID]*Object, len(objects)),
		byName: make(map[kindName][]*Object, len(objects)),
	}
	for i := range objects {
		object := &objects[i]
		index.byID[object.ID] = object
		key := kindName{object.Kind, object.Name}
		index.byName[key] = append(index.byName[key], object)
	}
	return index
}

// Get returns the object of exactly that ID, or nil.
func (x *Index) Get(id ID) *Object { return x.byID[id] }

// Named returns the objects of the kind and name in any namespace, ordered.
func (x *Index) Named(kind, name string) []*Object {
	found := slices.Clone(x.byName[kindName{kind, name}])
	slices.SortFunc(found, func(a, b *Object) int { return a.ID.Compare(b.ID) })
	return found
}

// Target returns the ID that a dependsOn entry of the object means.
// Kustomizations and HelmReleases depend on their own kind only, in their own
// namespace unless another is given; a ResourceSet's entry says all itself and
// has no default namespace (kustomize-controller v1.9.5 and helm-controller
// v1.6.4 checkDependencies, flux-operator v0.59.0 likewise).
func (o *Object) Target(dep Dependency) ID {
	if o.Kind == ResourceSet {
		return NewID(dep.APIVersion, dep.Kind, dep.Namespace, dep.Name)
	}
	namespace := dep.Namespace
	if namespace == "" {
		namespace = o.Namespace
	}
	return ID{Kind: o.Kind, Namespace: namespace, Name: dep.Name}
}
