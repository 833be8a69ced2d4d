package tree

import (
	"bytes"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/bound"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
)

// written is a document as it is written in a file of the tree.
type written struct {
	file string
	node *yaml.Node
	// APIVersion, Kind and the rest are what it states.
	apiVersion, kind, namespace, name string
}

// documents returns the documents of a file, those of lists one by one. What
// cannot be parsed gives none.
func documents(tree *files.Tree, file string) []written {
	text, err := tree.Read(file)
	if err != nil || bound.Check(text) != nil {
		return nil
	}
	var found []written
	for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var document yaml.Node
		if decoder.Decode(&document) != nil {
			return found
		}
		if len(document.Content) == 1 {
			found = append(found, unlist(file, document.Content[0])...)
		}
	}
}

// unlist returns a document, or the items of a list.
func unlist(file string, node *yaml.Node) []written {
	d := written{
		file: file, node: node, apiVersion: scalar(node, "apiVersion"), kind: scalar(node, "kind"),
		namespace: scalar(node, "metadata", "namespace"), name: scalar(node, "metadata", "name"),
	}
	items := field(node, "items")
	if !strings.HasSuffix(d.kind, "List") || items == nil || items.Kind != yaml.SequenceNode {
		return []written{d}
	}
	var found []written
	for _, item := range items.Content {
		found = append(found, unlist(file, aliased(item))...)
	}
	return found
}

// is reports whether the document is a Flux object of the kind.
func (d written) is(kind string) bool {
	known, ok := flux.KindOf(d.apiVersion, d.kind)
	return ok && known.Kind == kind
}

// field returns the value at a path of keys, nil where there is none.
func field(node *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		node = value(node, key)
	}
	return node
}

func value(node *yaml.Node, key string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := len(node.Content) - 2; i >= 0; i -= 2 {
		if node.Content[i].Value == key {
			return aliased(node.Content[i+1])
		}
	}
	return nil
}

func aliased(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// scalar returns the text at a path of keys.
func scalar(node *yaml.Node, keys ...string) string {
	if found := field(node, keys...); found != nil && found.Kind == yaml.ScalarNode {
		return found.Value
	}
	return ""
}

// treePath returns the path in a tree that a spec.path means. A path cannot lead
// out of the tree (kustomize-controller v1.9.5: securejoin).
func treePath(specPath string) string {
	clean := path.Clean("/" + strings.ReplaceAll(specPath, `\`, "/"))
	if clean == "/" {
		return "."
	}
	return clean[1:]
}

// isManifest reports whether a file may hold objects.
func isManifest(name string) bool {
	ext := path.Ext(name)
	return ext == ".yaml" || ext == ".yml" || ext == ".json"
}

// fluxDocuments returns the documents of Flux's groups in a folder and below it.
func fluxDocuments(tree *files.Tree, dir string) []written {
	var found []written
	for _, name := range tree.Below(dir) {
		if !isManifest(name) {
			continue
		}
		text, err := tree.Read(name)
		if err != nil || !bytes.Contains(text, []byte("fluxcd.")) {
			continue
		}
		found = append(found, documents(tree, name)...)
	}
	return found
}
