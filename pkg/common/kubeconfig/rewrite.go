package kubeconfig

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// rewrite makes the change to the parsed file and writes that anew.
func (f File) rewrite(change Change) ([]byte, error) {
	f, err := Parse(f.text) // nodes of its own to change
	if err != nil {
		return nil, err
	}
	if f.root == nil {
		f.root = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	}
	for _, e := range change.Entries {
		if err := f.rewriteEntry(e); err != nil {
			return nil, err
		}
	}
	if change.Current != nil {
		set(f.root, "current-context", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: *change.Current})
	}
	for key, value := range map[string]string{"apiVersion": "v1", "kind": "Config"} {
		if f.scalar(key) == "" {
			set(f.root, key, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value})
		}
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(f.root); err != nil {
		return nil, fmt.Errorf("edit kubeconfig: %w", err)
	}
	return b.Bytes(), nil
}

func (f File) rewriteEntry(e Entry) error {
	list := f.value(string(e.Section))
	if list == nil || list.Kind != yaml.SequenceNode {
		if e.Value == nil {
			return nil
		}
		list = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		set(f.root, string(e.Section), list)
	}
	var fresh []*yaml.Node
	if e.Value != nil {
		text, err := render(e, "")
		if err != nil {
			return err
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(text, &doc); err != nil {
			return err
		}
		fresh = doc.Content[0].Content
	}
	list.Content = replaceItem(list.Content, e.Name, fresh)
	return nil
}

// replaceItem replaces the item of the name, or adds one; without a fresh one,
// it goes.
func replaceItem(items []*yaml.Node, name string, fresh []*yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	done := false
	for _, item := range items {
		switch {
		case scalarOf(item, "name") != name:
			out = append(out, item)
		default:
			out = append(out, fresh...)
			done = true
		}
	}
	if !done {
		out = append(out, fresh...)
	}
	return out
}

func set(mapping *yaml.Node, key string, value *yaml.Node) {
	if i := pair(mapping, key); i >= 0 {
		mapping.Content[i+1] = value
		return
	}
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value)
}
