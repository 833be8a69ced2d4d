package linediff

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

const redacted = "[redacted]"

// secretName matches the fields of a kubeconfig that hold secrets, those of
// auth providers too; "value" is that of a variable of an exec entry.
var secretName = regexp.MustCompile(`(?i)^(.*[-_.])?(token|password|secret|key-data|value)$`)

// secretField matches such a field with its value. A value without quotes goes
// on to the end of the line: what ends it depends on what is around it.
var secretField = regexp.MustCompile(`(?i)(["']?\b[\w.-]*(?:token|password|secret|key-data|value)["']?\s*:\s*)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\S[^\r\n]*)`)

// redact returns the lines of a kubeconfig without the values of its secrets, and
// without the secrets of URLs.
func redact(lines []string) []string {
	var all []node
	var root yaml.Node
	if yaml.Unmarshal([]byte(strings.Join(lines, "")), &root) == nil {
		all = nodes(&root)
	}
	values := secretLines(lines, all)
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = secretField.ReplaceAllString(line, "${1}"+redacted)
		if held, found := values[i]; found && (out[i] == line || containsAny(out[i], held)) {
			out[i] = indentOf(line) + redacted
		}
	}
	withoutURLs(out, all)
	return out
}

func indentOf(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " \t"))] }

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if part != "" && strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// node is one of the text, in its order.
type node struct {
	*yaml.Node
	secret bool
	// key is that of a value of a mapping, else empty.
	key string
}

// nodes returns all nodes, with those marked that are below a secret's name or
// that one of those stands for.
func nodes(root *yaml.Node) []node {
	var all []node
	meant := map[*yaml.Node]bool{}
	var walk func(n *yaml.Node, secret bool, key string)
	walk = func(n *yaml.Node, secret bool, key string) {
		all = append(all, node{n, secret, key})
		if secret && n.Alias != nil {
			markAll(meant, n.Alias)
		}
		for i, child := range n.Content {
			key := ""
			if n.Kind == yaml.MappingNode && i%2 == 1 {
				key = n.Content[i-1].Value
			}
			walk(child, secret || secretName.MatchString(key), key)
		}
	}
	walk(root, false, "")
	for i := range all { // an anchor is before what it is used in
		all[i].secret = all[i].secret || meant[all[i].Node]
	}
	return all
}

func markAll(meant map[*yaml.Node]bool, n *yaml.Node) {
	if n == nil || meant[n] {
		return
	}
	meant[n] = true
	markAll(meant, n.Alias)
	for _, child := range n.Content {
		markAll(meant, child)
	}
}

// secretLines returns which lines hold a piece of a secret, with the secrets.
func secretLines(lines []string, all []node) map[int][]string {
	held := map[int][]string{}
	for i, n := range all {
		if !n.secret || n.Kind != yaml.ScalarNode || n.Value == "" {
			continue
		}
		for at := n.Line - 1; at < max(endOf(lines, all, i), n.Line); at++ {
			held[at] = append(held[at], n.Value)
		}
	}
	return held
}

// endOf returns the line behind those of a node.
func endOf(lines []string, all []node, i int) int {
	if i+1 == len(all) {
		return len(lines)
	}
	return endBefore(lines, all[i+1].Node)
}

// endBefore returns where what comes before a node ends: on the node's line,
// if there is more than layout before it.
func endBefore(lines []string, next *yaml.Node) int {
	before := []rune(lines[next.Line-1])
	before = before[:min(len(before), next.Column-1)]
	if strings.Trim(string(before), " \t-?:{[") == "" {
		return next.Line - 1
	}
	return next.Line
}
