// Package tree renders a Git tree as Flux's controllers do: from what a cluster is
// pointed at, build by build, until nothing new comes up.
package tree

import (
	"encoding/json"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// Request says what to render.
type Request struct {
	// Root is the folder of the repository; Files are its contents where they are
	// not on the disk.
	Root  string            `json:"root,omitempty"`
	Files map[string][]byte `json:"files,omitempty"`
	// Shown is the path below which files are shown to users.
	Shown string `json:"shown,omitempty"`
	// Dir is the folder below the root in which entries are looked for.
	Dir string `json:"dir"`
	// Entries are the entries wanted; none stands for all.
	Entries []string `json:"entries,omitempty"`
	// URLs are those under which the repository is known.
	URLs []string `json:"urls,omitempty"`
	// Sources say in which folder what a source offers is.
	Sources []Mapping `json:"sources,omitempty"`
	// Resources are ConfigMaps and Secrets for substitution that the tree lacks.
	Resources []Document `json:"resources,omitempty"`
	// Vars are variables for builds that do not set them otherwise.
	Vars map[string]string `json:"vars,omitempty"`
}

// Ref names an object as users do: KIND/NAMESPACE/NAME.
type Ref struct{ Kind, Namespace, Name string }

// String returns KIND/NAMESPACE/NAME.
func (r Ref) String() string { return r.Kind + "/" + r.Namespace + "/" + r.Name }

// Mapping is a folder with what a source offers.
type Mapping struct {
	Ref
	Dir string `json:"dir"`
}

// Document is a ConfigMap or Secret given by the user. It stands for the object
// of that name, whatever it says itself.
type Document struct {
	Ref
	Text []byte `json:"text"`
}

// Result is what was rendered.
type Result struct {
	// Raw says why the tree is not rendered; empty where it is.
	Raw     string  `json:"raw,omitempty"`
	Entries []Entry `json:"entries,omitempty"`
	// Known names all entries of the folder, those not wanted too.
	Known []string `json:"known,omitempty"`
	// Unread counts the YAML files that no build reads.
	Unread int `json:"unread,omitempty"`
	// Error is why nothing could be rendered.
	Error string `json:"error,omitempty"`
}

// Entry is what one cluster is pointed at.
type Entry struct {
	Name    string   `json:"name"`
	Objects []Object `json:"objects,omitempty"`
	// Builds counts those that succeeded.
	Builds int `json:"builds"`
	// Findings are what the controllers would refuse, Notes what cannot be known
	// here and changes no object that is.
	Findings  []flux.Remark `json:"findings,omitempty"`
	Unchecked []flux.Remark `json:"unchecked,omitempty"`
	Notes     []flux.Remark `json:"notes,omitempty"`
	// Opaque names the objects of which it is not known what they apply.
	Opaque []string `json:"opaque,omitempty"`
}

// Object is one object as it would be applied.
type Object struct {
	JSON json.RawMessage `json:"json"`
	// Origin is where it is written.
	Origin flux.Origin `json:"origin"`
	// DependsOn is where each entry of its spec.dependsOn is written.
	DependsOn []flux.Origin `json:"dependsOn,omitempty"`
	// Parent is the Kustomization that applies it; nil for what the entry begins
	// with.
	Parent *flux.ID `json:"parent,omitempty"`
}
