// Package flux stands in for the part of Flux that cannot be built from Go
// modules alone: source-controller. The real kustomize-controller needs of it
// only an artifact over HTTP and a source's status that names it.
package flux

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// group is the API group of all Flux sources.
const group = "source.toolkit.fluxcd.io"

// Source is a reference to a Flux source object.
type Source struct {
	// Kind is OCIRepository, GitRepository, Bucket or ExternalArtifact.
	Kind string
	// Namespace and Name identify the object.
	Namespace, Name string
}

// ParseSource reads KIND/NAMESPACE/NAME. Kubernetes allows no slash in any of
// the three.
func ParseSource(text string) (Source, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 || parts[1] == "" || parts[2] == "" {
		return Source{}, fmt.Errorf("source %q is not KIND/NAMESPACE/NAME, such as OCIRepository/flux-system/activity", text)
	}
	source := Source{Kind: parts[0], Namespace: parts[1], Name: parts[2]}
	_, err := source.resource()
	return source, err
}

// String returns KIND/NAMESPACE/NAME.
func (s Source) String() string { return s.Kind + "/" + s.Namespace + "/" + s.Name }

func (s Source) resource() (schema.GroupVersionResource, error) {
	plurals := map[string]string{
		"Bucket":           "buckets",
		"ExternalArtifact": "externalartifacts",
		"GitRepository":    "gitrepositories",
		"OCIRepository":    "ocirepositories",
	}
	plural, ok := plurals[s.Kind]
	if !ok {
		return schema.GroupVersionResource{}, fmt.Errorf("source %s: kind %q has no artifact that can be published", s, s.Kind)
	}
	return schema.GroupVersionResource{Group: group, Version: "v1", Resource: plural}, nil
}
