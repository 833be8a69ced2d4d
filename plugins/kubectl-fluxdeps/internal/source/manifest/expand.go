package manifest

import "go.yaml.in/yaml/v3"

// expandsPast reports whether a document is larger than limit once each alias
// is replaced by what it stands for. The parsers bound the number of aliases,
// but not the text behind one.
func expandsPast(root *yaml.Node, limit int) bool {
	e := expansion{limit: limit, known: map[*yaml.Node]int{}}
	return e.size(root) > limit
}

type expansion struct {
	limit int
	// known sizes of what aliases stand for. It is 0 while one is computed:
	// an anchor that contains itself is found by the conversion.
	known map[*yaml.Node]int
}

func (e expansion) size(node *yaml.Node) int {
	if node.Kind == yaml.AliasNode {
		return e.alias(node.Alias)
	}
	total := len(node.Value) + 1
	for _, child := range node.Content {
		// Stopping here also keeps the sum from overflowing.
		if total += e.size(child); total > e.limit {
			return total
		}
	}
	return total
}

func (e expansion) alias(to *yaml.Node) int {
	if size, ok := e.known[to]; ok {
		return size + 1
	}
	e.known[to] = 0
	e.known[to] = e.size(to)
	return e.known[to] + 1
}
