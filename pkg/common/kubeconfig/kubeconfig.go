// Package kubeconfig edits kubeconfig files and leaves what it does not edit
// as it was, to the byte: comments, order, quotes, fields that it does not know.
package kubeconfig

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Section is a list of named entries.
type Section string

// The sections.
const (
	Clusters Section = "clusters"
	Users    Section = "users"
	Contexts Section = "contexts"
)

// field is what an entry of a section holds beside its name.
func (s Section) field() string {
	switch s {
	case Clusters:
		return "cluster"
	case Users:
		return "user"
	default:
		return "context"
	}
}

// Entry is an entry of a section.
type Entry struct {
	Section Section
	Name    string
	// Value is what the entry holds; nil removes it.
	Value any
}

// Change is what to do to a file.
type Change struct {
	Entries []Entry
	// Current makes a context the current one; nil leaves it as it is.
	Current *string
}

// File is a kubeconfig that was read.
type File struct {
	text []byte
	root *yaml.Node // the mapping; nil for an empty file
}

// Parse reads a kubeconfig. Nothing is one, too.
func Parse(text []byte) (File, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return File{}, fmt.Errorf("not YAML: %w", err)
	}
	if doc.Kind == 0 {
		return File{text: text}, nil
	}
	if len(doc.Content) == 1 && doc.Content[0].Tag == "!!null" {
		return File{}, nil
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return File{}, errors.New("not a kubeconfig: want a mapping")
	}
	f := File{text: text, root: doc.Content[0]}
	if kind := f.scalar("kind"); kind != "" && kind != "Config" {
		return File{}, fmt.Errorf("not a kubeconfig: kind is %q", kind)
	}
	for _, s := range []Section{Clusters, Users, Contexts} {
		if list := f.value(string(s)); list != nil && list.Kind != yaml.SequenceNode && list.Tag != "!!null" {
			return File{}, fmt.Errorf("not a kubeconfig: %s is no list", s)
		}
		if twice := duplicate(f.Names(s)); twice != "" {
			return File{}, fmt.Errorf("%s: the name %q stands there twice, which kubectl does not read either", s, twice)
		}
	}
	return f, nil
}

// duplicate returns a name that is there twice, empty without one.
func duplicate(names []string) string {
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			return name
		}
		seen[name] = true
	}
	return ""
}

// Text is the content.
func (f File) Text() []byte { return f.text }

// Current is the current context's name.
func (f File) Current() string { return f.scalar("current-context") }

// Names returns the names of a section's entries, in their order.
func (f File) Names(s Section) []string {
	var names []string
	for _, item := range f.items(s) {
		names = append(names, scalarOf(item, "name"))
	}
	return names
}

// Has reports whether a section has an entry of the name.
func (f File) Has(s Section, name string) bool { return f.item(s, name) != nil }

// Decode reads what the entry of a name holds; found is false without one.
func (f File) Decode(s Section, name string, into any) (found bool, err error) {
	item := f.item(s, name)
	if item == nil {
		return false, nil
	}
	value := valueOf(item, s.field())
	if value == nil {
		return true, nil
	}
	if err := value.Decode(into); err != nil {
		return true, fmt.Errorf("%s %q: %w", s, name, err)
	}
	return true, nil
}

func (f File) item(s Section, name string) *yaml.Node {
	for _, item := range f.items(s) {
		if scalarOf(item, "name") == name {
			return item
		}
	}
	return nil
}

func (f File) items(s Section) []*yaml.Node {
	list := f.value(string(s))
	if list == nil || list.Kind != yaml.SequenceNode {
		return nil
	}
	return list.Content
}

func (f File) value(key string) *yaml.Node { return valueOf(f.root, key) }

func (f File) scalar(key string) string { return scalarOf(f.root, key) }

// pair returns the index of a key in a mapping's content, -1 without it.
func pair(mapping *yaml.Node, key string) int {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return -1
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// valueOf returns the value of a key, aliases resolved, nil without it.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	i := pair(mapping, key)
	if i < 0 {
		return nil
	}
	value := mapping.Content[i+1]
	if value.Kind == yaml.AliasNode {
		return value.Alias
	}
	return value
}

func scalarOf(mapping *yaml.Node, key string) string {
	value := valueOf(mapping, key)
	if value == nil || value.Kind != yaml.ScalarNode || value.Tag == "!!null" {
		return ""
	}
	return value.Value
}
