// Package flux holds what fluxdeps needs to know of Flux objects: narrow
// structs decoded from JSON, their identities, and a snapshot of a cluster or
// of a set of files. It has no client, no clock and reads no file.
package flux

import (
	"fmt"
	"strings"
)

// ID names one object. Namespace is empty for a cluster-scoped object and for
// one read from a file that does not state a namespace.
type ID struct {
	Kind      string
	Namespace string
	Name      string
	// Group is empty for Flux's own kinds and for those of Kubernetes itself,
	// which have no two of one name. For all others it is the API group.
	Group string
}

// NewID returns the ID of what a reference names with an API version and kind.
// Without an API version the kind is Flux's.
func NewID(apiVersion, kind, namespace, name string) ID {
	id := ID{Kind: kind, Namespace: namespace, Name: name}
	group, _, ok := strings.Cut(apiVersion, "/")
	if !ok {
		group = ""
	}
	known, isFlux := LookupKind(kind)
	switch {
	case apiVersion == "" || isFlux && string(known.Group) == group:
	case isFlux && group == "":
		id.Group = "core"
	case isFlux || !ofKubernetes(group):
		id.Group = group
	}
	return id
}

// ofKubernetes reports whether an API group is one of Kubernetes' own: those
// without a dot are older than the rule, the others are protected by it.
func ofKubernetes(group string) bool {
	return !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
}

// HasDependsOn reports whether the object is of a kind of Flux that can have a
// dependsOn.
func (id ID) HasDependsOn() bool { return id.Group == "" && HasDependsOn(id.Kind) }

// Type returns the kind, behind a dot with the Group where there is one.
func (id ID) Type() string {
	if id.Group == "" {
		return id.Kind
	}
	return id.Kind + "." + id.Group
}

// String returns the form used in every output: Type/namespace/name.
func (id ID) String() string {
	return id.Type() + "/" + id.Namespace + "/" + id.Name
}

// Compare orders IDs by namespace, kind and name, the order of kubectl's
// tables, and then by group.
func (id ID) Compare(other ID) int {
	// Not by cmp.Or, which makes all comparisons: graphs are sorted by this.
	if order := strings.Compare(id.Namespace, other.Namespace); order != 0 {
		return order
	}
	if order := strings.Compare(id.Kind, other.Kind); order != 0 {
		return order
	}
	if order := strings.Compare(id.Name, other.Name); order != 0 {
		return order
	}
	return strings.Compare(id.Group, other.Group)
}

// Pattern is what a user names an object with: KIND/NAME or
// KIND/NAMESPACE/NAME. A nil Namespace stands for any namespace.
type Pattern struct {
	Kind      string
	Namespace *string
	Name      string
}

// Matches reports whether the pattern names id.
func (p Pattern) Matches(id ID) bool {
	return p.Kind == id.Kind && p.Name == id.Name && id.Group == "" &&
		(p.Namespace == nil || *p.Namespace == id.Namespace)
}

// String returns the pattern as the user would type it.
func (p Pattern) String() string {
	if p.Namespace == nil {
		return p.Kind + "/" + p.Name
	}
	return ID{Kind: p.Kind, Namespace: *p.Namespace, Name: p.Name}.String()
}

// ParsePattern reads KIND/NAME or KIND/NAMESPACE/NAME. The kind may be written
// as kubectl takes it: any case, singular, plural or short name.
func ParsePattern(text string) (Pattern, error) {
	parts := strings.Split(text, "/")
	if len(parts) < 2 || len(parts) > 3 || parts[0] == "" || parts[len(parts)-1] == "" {
		return Pattern{}, fmt.Errorf("%q is not KIND/NAME or KIND/NAMESPACE/NAME", text)
	}
	kind, err := ParseKind(parts[0])
	if err != nil {
		return Pattern{}, err
	}
	p := Pattern{Kind: kind, Name: parts[len(parts)-1]}
	if len(parts) == 3 {
		p.Namespace = &parts[1]
	}
	return p, nil
}
