package secret

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func entry(manager, operation, fields string) ManagedFields {
	return ManagedFields{Manager: manager, Operation: operation, APIVersion: "v1", FieldsType: "FieldsV1", Fields: json.RawMessage(fields)}
}

// TestFieldManager: kustomize-controller takes the fields of managers whose names
// begin so.
func TestFieldManager(t *testing.T) {
	for _, prefix := range []string{"kubectl", "before-first-apply", "kustomize-controller"} {
		if strings.HasPrefix(FieldManager, prefix) {
			t.Errorf("%s begins with %s", FieldManager, prefix)
		}
	}
}

func TestFieldsOfAnEntry(t *testing.T) {
	e := entry("me", OperationUpdate, `{"f:data":{".":{},"f:a":{},"f:f:b":{}},"f:immutable":{},"f:metadata":{"f:annotations":{"f:example.com/x.y":{}},"f:finalizers":{".":{},"v:\"x\"":{}},"f:labels":{".":{},"f:team":{}}},"f:type":{}}`)
	want := []string{".data.a", ".data.f:b", ".metadata.annotations.example.com/x.y", ".metadata.labels.team", ".type"}
	if got := e.Set().Strings(); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	for _, hostile := range []string{``, `[`, `{"f:data":1}`, `{"f:data":{"":{},"f:":{}}}`, `{"f:metadata":{"f:labels":"x"}}`} {
		if got := entry("me", OperationUpdate, hostile).Set(); len(got) > 0 {
			t.Errorf("%s: %v", hostile, got)
		}
	}
}

// TestWithout: what is left of an entry, and that no map stays which would stand for
// all that is in it.
func TestWithout(t *testing.T) {
	set := FieldSet{{DataField, "a"}: true, {LabelField, "team"}: true, {TypeField, ""}: true}
	for _, c := range []struct {
		fields, want string
		empty        bool
	}{
		{`{"f:data":{".":{},"f:a":{}},"f:metadata":{"f:labels":{"f:team":{}}},"f:type":{}}`, `{}`, true},
		{`{"f:data":{"f:a":{},"f:b":{}}}`, `{"f:data":{"f:b":{}}}`, false},
		{`{"f:data":{"f:a":{}},"f:metadata":{"f:finalizers":{".":{},"v:\"x\"":{}},"f:labels":{".":{},"f:team":{}}}}`, `{"f:metadata":{"f:finalizers":{".":{},"v:\"x\"":{}}}}`, false},
		{`{"f:data":{},"f:immutable":{}}`, `{"f:data":{},"f:immutable":{}}`, false},
		{`{"f:metadata":{"f:annotations":{"f:team":{}}}}`, `{"f:metadata":{"f:annotations":{"f:team":{}}}}`, false},
	} {
		left, empty := entry("me", OperationUpdate, c.fields).Without(set)
		if string(left.Fields) != c.want || empty != c.empty {
			t.Errorf("%s: %s, %v", c.fields, left.Fields, empty)
		}
	}
	if left, empty := entry("me", OperationUpdate, `[`).Without(set); empty || string(left.Fields) != `[` {
		t.Errorf("%s, %v", left.Fields, empty)
	}
}

func TestApplied(t *testing.T) {
	set := FieldSet{{DataField, "a"}: true, {LabelField, "x/y"}: true, {AnnotationField, "n"}: true, {TypeField, ""}: true}
	e := Applied(set)
	if !slices.Equal(e.Set().Strings(), set.Strings()) || e.Operation != OperationApply || !e.Ours() || e.Inherited() {
		t.Errorf("%+v", e)
	}
}

// TestRecorded: what a copy says itself of its fields.
func TestRecorded(t *testing.T) {
	content, err := Spec{Labels: map[string]string{"team": "a"}, Annotations: map[string]string{"note": "b"}}.
		Content(Secret{Data: values("x")}, Origin{Namespace: "n", Name: "s", UID: "u"}, Stamp{}, NewFingerprinter())
	if err != nil {
		t.Fatal(err)
	}
	meta := Meta{Namespace: "n", Name: "s", Labels: content.Labels, Annotations: content.AnnotationsAt("n", "s")}
	meta.Annotations[AnnotationShared] = ".metadata.annotations.note"
	recorded := meta.Recorded()
	for field, want := range map[Field]bool{
		{LabelField, "team"}: true, {AnnotationField, "note"}: false, {LabelField, LabelSourceUID}: true, {AnnotationField, AnnotationPlace}: true, {LabelField, "other"}: false,
	} {
		if recorded[field] != want {
			t.Errorf("%s: %v", field, !want)
		}
	}
	if len(recorded.Keys(DataField)) == 0 || !meta.ByField() || !meta.Asked("team") || meta.Asked("other") {
		t.Errorf("%v", recorded.Strings())
	}
}
