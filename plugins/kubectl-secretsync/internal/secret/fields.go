package secret

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

const (
	// FieldManager is the name that the server records for the fields that we write.
	// It does not begin with "kubectl": kustomize-controller takes fields away from
	// managers whose names do (kustomize-controller v1.9.6,
	// internal/controller/kustomization_controller.go, fieldManagers; the name is a
	// prefix).
	FieldManager = "secretsync.datum.net"
	// EarlierFieldManager is the name in copies of versions that did not apply.
	EarlierFieldManager = Manager
)

// FieldKind is the part of a Secret that a field is in.
type FieldKind string

// The kinds of fields that copies have.
const (
	DataField       FieldKind = "data"
	LabelField      FieldKind = "metadata.labels"
	AnnotationField FieldKind = "metadata.annotations"
	TypeField       FieldKind = "type"
	// ImmutableField is never of a copy; admission may set it.
	ImmutableField FieldKind = "immutable"
)

// Field names a field of a Secret.
type Field struct {
	Kind FieldKind
	Key  string
}

// String is the field as the API server writes it, such as .data.password.
func (f Field) String() string {
	if f.Key == "" {
		return "." + string(f.Kind)
	}
	return "." + string(f.Kind) + "." + f.Key
}

// FieldSet is a set of fields.
type FieldSet map[Field]bool

// Strings are the fields in order, as the API server writes them.
func (s FieldSet) Strings() []string {
	texts := make([]string, 0, len(s))
	for field := range s {
		texts = append(texts, field.String())
	}
	slices.Sort(texts)
	return texts
}

// Keys are the keys of the fields of a kind, in order.
func (s FieldSet) Keys(kind FieldKind) (keys []string) {
	for field := range s {
		if field.Kind == kind {
			keys = append(keys, field.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

// AddAll adds a field of the kind for each key.
func AddAll[V any](s FieldSet, kind FieldKind, texts map[string]V) {
	for key := range texts {
		s[Field{kind, key}] = true
	}
}

// Operations of entries in managed fields.
const (
	OperationApply  = "Apply"
	OperationUpdate = "Update"
)

// ManagedFields is an entry of an object's managedFields: which fields a manager
// wrote last. It is written back as it was read.
type ManagedFields struct {
	Manager     string          `json:"manager,omitempty"`
	Operation   string          `json:"operation,omitempty"`
	APIVersion  string          `json:"apiVersion,omitempty"`
	Time        string          `json:"time,omitempty"`
	FieldsType  string          `json:"fieldsType,omitempty"`
	Fields      json.RawMessage `json:"fieldsV1,omitempty"`
	Subresource string          `json:"subresource,omitempty"`
}

// tree is a fieldsV1 document: names behind "f:", "." for a map itself
// (sigs.k8s.io/structured-merge-diff/v6, fieldpath/serialize-pe.go).
type tree map[string]any

func (t tree) at(path ...string) tree {
	for _, name := range path {
		next, ok := t["f:"+name].(map[string]any)
		if !ok {
			return nil
		}
		t = next
	}
	return t
}

// path is where a kind's fields are in a tree.
func (k FieldKind) path() []string { return strings.Split(string(k), ".") }

// kinds with a map of fields.
func mapKinds() []FieldKind { return []FieldKind{DataField, LabelField, AnnotationField} }

func (m ManagedFields) tree() (tree, error) {
	read := tree{}
	if len(m.Fields) == 0 {
		return read, nil
	}
	err := json.Unmarshal(m.Fields, &read)
	return read, err
}

// Readable reports whether the entry says which fields it is of.
func (m ManagedFields) Readable() bool {
	_, err := m.tree()
	return err == nil
}

// Set are the fields of the entry that copies may have. What a server would not
// write is left out.
func (m ManagedFields) Set() FieldSet {
	set := FieldSet{}
	read, err := m.tree()
	if err != nil {
		return set
	}
	for _, kind := range mapKinds() {
		for name := range read.at(kind.path()...) {
			if key, ok := strings.CutPrefix(name, "f:"); ok && key != "" {
				set[Field{kind, key}] = true
			}
		}
	}
	if _, ok := read["f:type"]; ok {
		set[Field{Kind: TypeField}] = true
	}
	return set
}

// Without is the entry without fields; empty is true if none is left.
func (m ManagedFields) Without(set FieldSet) (left ManagedFields, empty bool) {
	read, err := m.tree()
	if err != nil {
		return m, false
	}
	for field := range set {
		if field.Kind == TypeField {
			delete(read, "f:type")
			continue
		}
		read.remove(append(field.Kind.path(), field.Key)...)
	}
	m.Fields = encodeTree(read)
	return m, len(read) == 0
}

// remove takes a field away, and with it the maps in which nothing but themselves is
// left. An empty map would stand for the field of that name as a whole.
func (t tree) remove(path ...string) {
	name := "f:" + path[0]
	if len(path) == 1 {
		delete(t, name)
		return
	}
	inner, ok := t[name].(map[string]any)
	if !ok || len(inner) == 0 {
		return
	}
	tree(inner).remove(path[1:]...)
	if _, self := inner["."]; len(inner) == 0 || self && len(inner) == 1 {
		delete(t, name)
	}
}

// Applied is the entry by which our fields are held.
func Applied(set FieldSet) ManagedFields {
	root := map[string]any{}
	for field := range set {
		if field.Kind == TypeField {
			root["f:type"] = map[string]any{}
			continue
		}
		inner := root
		for _, name := range field.Kind.path() {
			next, ok := inner["f:"+name].(map[string]any)
			if !ok {
				next = map[string]any{}
				inner["f:"+name] = next
			}
			inner = next
		}
		inner["f:"+field.Key] = map[string]any{}
	}
	return ManagedFields{Manager: FieldManager, Operation: OperationApply, APIVersion: "v1", FieldsType: "FieldsV1", Fields: encodeTree(root)}
}

// encodeTree writes maps of text and maps, which always encode.
func encodeTree(fields map[string]any) json.RawMessage {
	text, _ := json.Marshal(fields)
	return text
}

// Ours reports whether the entry is of this program, in any version.
func (m ManagedFields) Ours() bool {
	return m.Manager == FieldManager || m.Manager == EarlierFieldManager
}

// marked reports whether the entry holds the mark of our copies' place.
func (m ManagedFields) marked() bool {
	return bytes.Contains(m.Fields, []byte(`"f:`+AnnotationPlace+`"`))
}

// Inherited reports whether the entry was written by a version that did not apply, or
// by whoever put the copy back as a whole, such as a backup: it holds the marks.
func (m ManagedFields) Inherited() bool {
	return m.Operation == OperationUpdate && m.Subresource == "" && (m.Ours() || m.marked())
}

// union is the union of sets.
func union(all ...FieldSet) FieldSet {
	set := FieldSet{}
	for _, one := range all {
		maps.Copy(set, one)
	}
	return set
}
