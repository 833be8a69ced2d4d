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

// element returns the place of an element of a list; of the list where it is
// not known.
func (p place) element(i int) place {
	if p.node == nil || p.node.Kind != yaml.SequenceNode || i < 0 || i >= len(p.node.Content) {
		return p
	}
	return p.at(p.node.Content[i])
}

// path returns the place of a field, or of what there is of the way to it.
func (p place) path(names ...string) place {
	for _, name := range names {
		node := value(p.node, name)
		if node == nil {
			break
		}
		p = p.at(node)
	}
	return p
}

// field returns the line of a field, or of what there is of the way to it.
func (p place) field(path string) int { return p.path(strings.Split(path, ".")...).line }

// key returns the line of a key of the mapping itself, else that of the mapping.
func (p place) key(name string) int {
	if p.node == nil || p.node.Kind != yaml.MappingNode {
		return p.line
	}
	for i := len(p.node.Content) - 2; i >= 0; i -= 2 {
		if p.node.Content[i].Value == name {
			return p.at(p.node.Content[i]).line
		}
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

// keyPlace is the place of a key's value, with the line of the key.
func (p place) keyPlace(name string) place {
	line := p.key(name)
	p = p.path(name)
	p.line = line
	return p
}
