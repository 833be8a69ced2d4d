// Package bound keeps YAML that takes more than its share from the parsers of
// others, which expand aliases and cannot be stopped.
package bound

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// The bounds of one file. Real ones have at most 18 000 nodes, 25 levels deep.
const (
	// MaxNodes is the most nodes, those that aliases repeat included.
	MaxNodes = 100_000
	// MaxDepth is how deep nodes may stand in one another.
	MaxDepth = 100
)

// ErrBeyond is returned for a file that is past a bound.
var ErrBeyond = errors.New("too large to be rendered")

// Check returns an ErrBeyond where the text of a file is past a bound. A text
// that is no YAML passes up to where that shows: no parser comes further.
func Check(text []byte) error {
	if harmless(text) {
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	total := 0
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) || err != nil {
			return nil //nolint:nilerr // the parser that wants the text says what is wrong with it
		}
		c := counter{sizes: map[*yaml.Node]int{}, open: map[*yaml.Node]bool{}}
		nodes, err := c.count(&document, 0)
		if err != nil {
			return err
		}
		if total += nodes; total > MaxNodes {
			return fmt.Errorf("%w: more than %d nodes", ErrBeyond, MaxNodes)
		}
	}
}

// harmless reports whether a text is within the bounds whatever it says: without
// aliases a node takes a byte, and a level either a bracket, or a space or dash
// at the beginning of its line.
func harmless(text []byte) bool {
	if len(text) > MaxNodes || bytes.IndexByte(text, '*') >= 0 {
		return false
	}
	brackets := bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{"))
	for line := range bytes.Lines(text) {
		if brackets+2*(len(line)-len(bytes.TrimLeft(line, " \t-?:")))+2 > MaxDepth {
			return false
		}
	}
	return true
}

// counter counts nodes without expanding aliases.
type counter struct {
	// sizes are those of the anchored nodes that were counted.
	sizes map[*yaml.Node]int
	// open are the anchored nodes that are being counted.
	open map[*yaml.Node]bool
}

// count returns how many nodes there are below this, itself included.
func (c *counter) count(node *yaml.Node, depth int) (int, error) {
	if depth > MaxDepth {
		return 0, fmt.Errorf("%w: more than %d levels deep at line %d", ErrBeyond, MaxDepth, node.Line)
	}
	if node.Kind == yaml.AliasNode {
		return c.alias(node, depth)
	}
	if node.Anchor != "" {
		c.open[node] = true
		defer delete(c.open, node)
	}
	total := 1
	for _, child := range node.Content {
		nodes, err := c.count(child, depth+1)
		if err != nil {
			return 0, err
		}
		if total += nodes; total > MaxNodes {
			return 0, fmt.Errorf("%w: more than %d nodes, aliases expanded, at line %d", ErrBeyond, MaxNodes, child.Line)
		}
	}
	return total, nil
}

// alias counts what an alias stands for, once.
func (c *counter) alias(node *yaml.Node, depth int) (int, error) {
	if c.open[node.Alias] {
		return 0, fmt.Errorf("%w: an alias within its own anchor at line %d", ErrBeyond, node.Line)
	}
	size, known := c.sizes[node.Alias]
	if known {
		return size, nil
	}
	size, err := c.count(node.Alias, depth)
	c.sizes[node.Alias] = size
	return size, err
}
