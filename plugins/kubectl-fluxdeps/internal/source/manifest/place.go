package manifest

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// place is where a document stands in its file.
type place struct {
	line int
	// node is the parsed YAML, nil for JSON.
	node *yaml.Node
	// first is the line of the file at which the parser began to count.
	first int
}

// at returns the place of a node of the same text.
func (p place) at(node *yaml.Node) place {
	return place{line: p.first + node.Line - 1, node: target(node), first: p.first}
}

// item returns the place of a list's item; of the list where it is not known.
func (p place) item(i int) place {
	items := value(p.node, "items")
	if items == nil || items.Kind != yaml.SequenceNode || i >= len(items.Content) {
		return p
	}
	return p.at(items.Content[i])
}

// field returns the line of a field, or of what there is of the way to it.
func (p place) field(path string) int {
	for name := range strings.SplitSeq(path, ".") {
		node := value(p.node, name)
		if node == nil {
			break
		}
		p = p.at(node)
	}
	return p.line
}

// value returns the value of a key, the last where a key is repeated: that is
// the one that counts. An alias is followed.
func value(mapping *yaml.Node, key string) *yaml.Node {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := len(mapping.Content) - 2; i >= 0; i -= 2 {
		if mapping.Content[i].Value == key {
			return target(mapping.Content[i+1])
		}
	}
	return nil
}

func target(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}
