package kubeconfig

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// errLayout says that a file cannot be edited line by line.
var errLayout = errors.New("not laid out in lines")

// splice makes the change by replacing whole lines.
func (f File) splice(change Change) ([]byte, error) {
	text := f.text
	// YAML ends lines at these too, and then counts other lines than this does.
	if bytes.ContainsAny(bytes.ReplaceAll(text, []byte("\r\n"), nil), "\r\u0085\u2028\u2029") {
		return nil, errLayout
	}
	if f.root == nil {
		text = append(joinWithBreak(splitLines(text)), "apiVersion: v1\nkind: Config\n"...)
	}
	for _, e := range change.Entries {
		at, err := Parse(text)
		if err != nil {
			return nil, err
		}
		if text, err = at.spliceEntry(e); err != nil {
			return nil, err
		}
	}
	if change.Current != nil {
		at, err := Parse(text)
		if err != nil {
			return nil, err
		}
		if text, err = at.spliceScalar("current-context", *change.Current); err != nil {
			return nil, err
		}
	}
	return withHeader(text)
}

// withHeader adds what every kubeconfig begins with, where it is missing.
func withHeader(text []byte) ([]byte, error) {
	f, err := Parse(text)
	if err != nil {
		return nil, err
	}
	if f.scalar("kind") == "" {
		text, err = f.spliceScalar("kind", "Config")
		if err != nil {
			return nil, err
		}
		if f, err = Parse(text); err != nil {
			return nil, err
		}
	}
	if f.scalar("apiVersion") == "" {
		return f.spliceScalar("apiVersion", "v1")
	}
	return text, nil
}

func (f File) spliceEntry(e Entry) ([]byte, error) {
	list := f.value(string(e.Section))
	item := f.item(e.Section, e.Name)
	switch {
	case e.Value == nil && item == nil:
		return f.text, nil
	case list == nil || list.Tag == "!!null" || (list.Kind == yaml.SequenceNode && len(list.Content) == 0):
		return f.newSection(e)
	case list.Style&yaml.FlowStyle != 0 || hasAlias(f.root):
		return nil, errLayout
	case e.Value == nil && len(list.Content) == 1:
		return f.emptySection(e.Section)
	}
	lines := splitLines(f.text)
	indent, err := indentOf(lines, list.Content[0])
	if err != nil {
		return nil, err
	}
	var with []byte
	if e.Value != nil {
		if with, err = render(e, indent); err != nil {
			return nil, err
		}
	}
	from, to := f.end(lines, list), f.end(lines, list) // behind the last one
	if item != nil {
		from, to = f.span(lines, list, item)
	}
	return replace(lines, from, to, with), nil
}

// newSection adds a section with its first entry; an empty one is replaced.
func (f File) newSection(e Entry) ([]byte, error) {
	with, err := render(e, "")
	if err != nil {
		return nil, err
	}
	with = append([]byte(string(e.Section)+":\n"), with...)
	return f.replaceKey(string(e.Section), with)
}

// emptySection leaves a section with nothing in it, as kubectl writes it.
func (f File) emptySection(s Section) ([]byte, error) {
	return f.replaceKey(string(s), []byte(string(s)+": null\n"))
}

// spliceScalar sets a key of the file to a text.
func (f File) spliceScalar(key, value string) ([]byte, error) {
	if f.scalar(key) == value && pair(f.root, key) >= 0 {
		return f.text, nil
	}
	line, err := yaml.Marshal(map[string]string{key: value})
	if err != nil {
		return nil, fmt.Errorf("edit kubeconfig: %s: %w", key, err)
	}
	return f.replaceKey(key, line)
}

// replaceKey replaces the lines of a top-level key, or adds them at the end.
func (f File) replaceKey(key string, with []byte) ([]byte, error) {
	lines := splitLines(f.text)
	if f.root == nil {
		return append(joinWithBreak(lines), with...), nil
	}
	if f.root.Style&yaml.FlowStyle != 0 {
		return nil, errLayout
	}
	i := pair(f.root, key)
	if i < 0 {
		if f.root.Column != 1 {
			return nil, errLayout
		}
		at := f.documentEnd(lines)
		return replace(lines, at, at, with), nil
	}
	from := f.root.Content[i].Line - 1
	to := f.documentEnd(lines)
	if i+2 < len(f.root.Content) {
		to = f.root.Content[i+2].Line - 1
	}
	to = withoutTrailingComments(lines, from+1, to)
	return replace(lines, from, to, with), nil
}

// documentEnd is the line behind the document: a file may end with `...`.
func (f File) documentEnd(lines [][]byte) int {
	for i := f.root.Line; i < len(lines); i++ {
		if text := strings.TrimRight(string(lines[i]), " \r\n"); text == "..." || text == "---" {
			return i
		}
	}
	return len(lines)
}

// span is the lines of an item: from its dash to the next item, without the
// comments that stand before that.
func (f File) span(lines [][]byte, list, item *yaml.Node) (from, to int) {
	for i, other := range list.Content {
		if other == item {
			from = other.Line - 1
			to = f.end(lines, list)
			if i+1 < len(list.Content) {
				to = list.Content[i+1].Line - 1
			}
		}
	}
	return from, withoutTrailingComments(lines, from+1, to)
}

// end is the line behind a section's last item.
func (f File) end(lines [][]byte, list *yaml.Node) int {
	to := f.documentEnd(lines)
	for i := 0; i+1 < len(f.root.Content); i += 2 {
		if line := f.root.Content[i].Line - 1; line >= list.Line && line < to {
			to = line
		}
	}
	last := list.Content[len(list.Content)-1]
	return withoutTrailingComments(lines, last.Line, to)
}

// withoutTrailingComments moves an end up over comments and empty lines, which
// belong to what follows.
func withoutTrailingComments(lines [][]byte, from, to int) int {
	for to > from {
		text := bytes.TrimSpace(lines[to-1])
		if len(text) > 0 && text[0] != '#' {
			return to
		}
		to--
	}
	return to
}

// indentOf is what stands before the dash of an item.
func indentOf(lines [][]byte, item *yaml.Node) (string, error) {
	line := string(lines[item.Line-1])
	dash := strings.IndexByte(line, '-')
	if dash < 0 || strings.TrimLeft(line[:dash], " ") != "" {
		return "", errLayout
	}
	return line[:dash], nil
}

func hasAlias(node *yaml.Node) bool {
	if node == nil {
		return false
	}
	if node.Kind == yaml.AliasNode || node.Anchor != "" {
		return true
	}
	for _, child := range node.Content {
		if hasAlias(child) {
			return true
		}
	}
	return false
}

func splitLines(text []byte) [][]byte {
	if len(text) == 0 {
		return nil
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	if len(lines[len(lines)-1]) == 0 {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func replace(lines [][]byte, from, to int, with []byte) []byte {
	return append(append(joinWithBreak(lines[:from]), with...), bytes.Join(lines[to:], nil)...)
}

// joinWithBreak joins lines, and ends the last one.
func joinWithBreak(lines [][]byte) []byte {
	text := bytes.Join(lines, nil)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	return text
}
