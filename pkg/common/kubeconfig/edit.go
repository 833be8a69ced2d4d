package kubeconfig

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Apply returns the file with the change made. Lines that the change does not
// touch stay to the byte. A file that is not laid out in lines, such as JSON,
// is written anew, and keeps its comments and order as far as YAML does.
//
// The result is read again and compared: all that was not to change means what
// it meant, or there is an error and no result.
func (f File) Apply(change Change) (File, error) {
	for _, e := range change.Entries {
		if e.Name == "" || !utf8.ValidString(e.Name) || strings.ContainsFunc(e.Name, unicode.IsControl) {
			return File{}, fmt.Errorf("edit kubeconfig: %q is no name for %s", e.Name, e.Section)
		}
	}
	text, err := f.splice(change)
	if err == nil {
		edited, failed := f.checked(text, change)
		if failed == nil {
			return edited, nil
		}
		err = errLayout // lines are not all there is to it, as in a block of text at the end
	}
	if errors.Is(err, errLayout) {
		text, err = f.rewrite(change)
	}
	if err != nil {
		return File{}, err
	}
	return f.checked(text, change)
}

// checked reads the edited file, and compares.
func (f File) checked(text []byte, change Change) (File, error) {
	edited, err := Parse(text)
	if err != nil {
		return File{}, fmt.Errorf("edit kubeconfig: %w", err)
	}
	return edited, f.verify(edited, change)
}

// verify compares the files by what they mean.
func (f File) verify(edited File, change Change) error {
	before, err := f.plain()
	if err != nil {
		return err
	}
	after, err := edited.plain()
	if err != nil {
		return err
	}
	want, err := plainApply(before, change)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(want, normal(after)) {
		return errors.New("edit kubeconfig: the file is laid out in a way that cannot be edited without changing more than was meant")
	}
	return nil
}

// plain is the file as maps and lists.
func (f File) plain() (map[string]any, error) {
	plain := map[string]any{}
	if err := yaml.Unmarshal(f.text, &plain); err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	if plain == nil {
		plain = map[string]any{}
	}
	return plain, nil
}

// plainApply makes the change to maps and lists: the plain way, which knows
// nothing of layout.
func plainApply(plain map[string]any, change Change) (map[string]any, error) {
	for _, e := range change.Entries {
		list, _ := plain[string(e.Section)].([]any)
		list, err := plainEntry(list, e)
		if err != nil {
			return nil, err
		}
		if list != nil || plain[string(e.Section)] != nil {
			plain[string(e.Section)] = list
		}
	}
	if change.Current != nil {
		plain["current-context"] = *change.Current
	}
	return normal(plain), nil
}

func plainEntry(list []any, e Entry) ([]any, error) {
	var value any
	if e.Value != nil {
		var err error
		if value, err = plainValue(e); err != nil {
			return nil, err
		}
	}
	out := make([]any, 0, len(list)+1)
	done := false
	for _, item := range list {
		entry, _ := item.(map[string]any)
		switch {
		case entry == nil || entry["name"] != e.Name:
			out = append(out, item)
		case value != nil:
			out = append(out, value)
			done = true
		}
	}
	if value != nil && !done {
		out = append(out, value)
	}
	return out, nil
}

func plainValue(e Entry) (any, error) {
	text, err := render(e, "")
	if err != nil {
		return nil, err
	}
	var list []any
	if err := yaml.Unmarshal(text, &list); err != nil || len(list) != 1 {
		return nil, fmt.Errorf("edit kubeconfig: %s %q: %w", e.Section, e.Name, err)
	}
	return list[0], nil
}

// normal fills in what a new file gets, so that it compares with one.
func normal(plain map[string]any) map[string]any {
	for key, value := range map[string]any{"apiVersion": "v1", "kind": "Config"} {
		if plain[key] == nil {
			plain[key] = value
		}
	}
	for _, s := range []Section{Clusters, Users, Contexts} {
		if list, isList := plain[string(s)].([]any); isList && len(list) == 0 {
			plain[string(s)] = nil
		}
		if plain[string(s)] == nil {
			delete(plain, string(s))
		}
	}
	return plain
}

// render writes an entry as one item of a list, each line with the indent.
func render(e Entry, indent string) ([]byte, error) {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	item := map[string]any{"name": e.Name, e.Section.field(): e.Value}
	if err := encoder.Encode([]any{item}); err != nil {
		return nil, fmt.Errorf("edit kubeconfig: %s %q: %w", e.Section, e.Name, err)
	}
	lines := bytes.SplitAfter(b.Bytes(), []byte("\n"))
	var out []byte
	for _, line := range lines {
		if len(line) > 0 {
			out = append(append(out, indent...), line...)
		}
	}
	return out, nil
}
