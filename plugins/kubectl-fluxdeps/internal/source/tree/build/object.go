package build

import (
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/generate"
)

// The annotations by which kustomize says where an object comes from.
const (
	originMark    = "config.kubernetes.io/origin"
	transformMark = "alpha.config.kubernetes.io/transformations"
	// localMark keeps an object from being applied.
	localMark = "config.kubernetes.io/local-config"
)

// Object is one object of a build, before substitution.
type Object struct {
	APIVersion, Kind, Namespace, Name string
	Labels, Annotations               map[string]string
	// File is where the object is written, in the tree; empty where that is not
	// known.
	File string
	// ChangedIn are the kustomization files that changed it, the first first.
	ChangedIn []string

	node *resource.Resource
}

func newObject(tree *files.Tree, dir string, made generate.Generated, r *resource.Resource) *Object {
	o := &Object{
		APIVersion: r.GetApiVersion(), Kind: r.GetKind(), Namespace: r.GetNamespace(), Name: r.GetName(), node: r,
	}
	if origin, err := r.GetOrigin(); err == nil && origin != nil && origin.Repo == "" {
		o.File = inTree(tree, dir, origin.Path)
		if o.File == "" {
			o.File = inTree(tree, dir, origin.ConfiguredIn)
		}
	}
	if transformations, err := r.GetTransformations(); err == nil {
		for _, t := range transformations {
			if file := path.Join(dir, t.ConfiguredIn); t.ConfiguredIn != "" {
				o.ChangedIn = append(o.ChangedIn, file)
			}
		}
	}
	o.Labels, o.Annotations = r.GetLabels(), r.GetAnnotations()
	o.unmark(made)
	return o
}

func inTree(tree *files.Tree, dir, name string) string {
	if at := path.Join(dir, name); name != "" && tree.IsFile(at) {
		return at
	}
	return ""
}

// unmark takes the annotations away that the user did not ask for.
func (o *Object) unmark(made generate.Generated) {
	kept := strings.Join(made.Keep, " ")
	if !strings.Contains(kept, "originAnnotations") {
		delete(o.Annotations, originMark)
	}
	if !strings.Contains(kept, "transformerAnnotations") {
		delete(o.Annotations, transformMark)
	}
	_ = o.node.SetAnnotations(o.Annotations)
}

// IsLocal reports whether the object is only for the build.
func (o *Object) IsLocal() bool { _, ok := o.Annotations[localMark]; return ok }

// ID names the object in messages.
func (o *Object) ID() string { return fmt.Sprintf("%s/%s/%s", o.Kind, o.Namespace, o.Name) }

// JSON returns the object.
func (o *Object) JSON() ([]byte, error) { return o.node.MarshalJSON() }

// YAML returns the text on which Flux substitutes.
func (o *Object) YAML() (string, error) {
	json, err := o.node.MarshalJSON()
	if err != nil {
		return "", err
	}
	text, err := sigsyaml.JSONToYAML(json)
	return string(text), err
}

// HasDollar reports whether a text of the object has a $, without which
// substitution changes nothing.
func (o *Object) HasDollar() bool { return hasDollar(o.node.YNode()) }

func hasDollar(node *yaml.Node) bool {
	if node == nil {
		return false
	}
	if strings.Contains(node.Value, "$") {
		return true
	}
	for _, child := range node.Content {
		if hasDollar(child) {
			return true
		}
	}
	return false
}
