package secret

import (
	"slices"
	"strings"
)

// What copies record of their own fields, beside what the server does: managed
// fields can be lost, and say nothing of fields that others have changed since.

const (
	labelPrefix      = "label:"
	annotationPrefix = "annotation:"
)

// labels and annotations are the fields that the content has at the user's wish.
func (c *Content) labels(s Spec) FieldSet {
	set := FieldSet{}
	AddAll(set, LabelField, c.Labels)
	AddAll(set, LabelField, s.Labels)
	return set
}

func (c *Content) annotations(s Spec) FieldSet {
	set := FieldSet{}
	AddAll(set, AnnotationField, c.Annotations)
	AddAll(set, AnnotationField, s.Annotations)
	return set
}

func listMetadata(set FieldSet) string {
	var texts []string
	for field := range set {
		prefix := labelPrefix
		if field.Kind == AnnotationField {
			prefix = annotationPrefix
		}
		texts = append(texts, prefix+field.Key)
	}
	slices.Sort(texts)
	return strings.Join(texts, ",")
}

func parseMetadata(text string) FieldSet {
	set := FieldSet{}
	for one := range strings.SplitSeq(text, ",") {
		if key, ok := strings.CutPrefix(one, labelPrefix); ok {
			set[Field{LabelField, key}] = true
		} else if key, ok := strings.CutPrefix(one, annotationPrefix); ok {
			set[Field{AnnotationField, key}] = true
		}
	}
	return set
}

// ByField reports whether the copy was written by a version that records who holds a
// field.
func (m Meta) ByField() bool {
	_, ok := m.Annotations[AnnotationMetadata]
	return ok
}

// Recorded are the fields that the copy itself names as written by us and by us
// alone: they are ours whoever has edited them since. Of copies of earlier versions
// these are the keys, some of which an adoption may have found there.
func (m Meta) Recorded() FieldSet {
	set := parseMetadata(m.Annotations[AnnotationMetadata])
	for _, key := range m.WrittenKeys() {
		set[Field{DataField, key}] = true
	}
	for _, key := range []string{LabelManagedBy, LabelSourceUID} {
		set[Field{LabelField, key}] = true
	}
	for key := range m.Annotations {
		if strings.HasPrefix(key, Domain) {
			set[Field{AnnotationField, key}] = true
		}
	}
	for field := range set {
		if m.shares(field) {
			delete(set, field)
		}
	}
	return set
}

func (m Meta) shares(field Field) bool {
	shared := m.Annotations[AnnotationShared]
	return shared != "" && slices.Contains(strings.Split(shared, ","), field.String())
}

// ChangedByAdmission are the fields that admission changed when the copy was
// written, as the API server writes them.
func (m Meta) ChangedByAdmission() []string {
	if m.Annotations[AnnotationAdmission] == "" {
		return nil
	}
	return strings.Split(m.Annotations[AnnotationAdmission], ",")
}

// Fields are the labels and annotations of the content at a place where old is, and
// its keys and type: all that a write of it holds.
func (c *Content) Fields(old *Meta, namespace, name string) FieldSet {
	set := FieldSet{{Kind: TypeField}: true}
	AddAll(set, DataField, c.Data)
	AddAll(set, LabelField, c.Labels)
	AddAll(set, AnnotationField, c.WrittenOver(old, namespace, name))
	return set
}
