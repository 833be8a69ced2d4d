package clitest

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// document has every type that outputs are made of.
type document struct {
	base
	// Count is how many.
	// And in which unit.
	Count int            `json:"count"`
	On    *bool          `json:"on,omitempty"`
	Since *time.Time     `json:"since,omitempty"`
	By    map[string]int `json:"by"`
	Items []item         `json:"items"`
	Gone  string         `json:"-"`
}

type base struct {
	// Kind is embedded.
	Kind string `json:"kind"`
}

// item may hold itself.
type item struct {
	Items []item `json:"items,omitempty"`
}

func TestSchemaOfTypes(t *testing.T) {
	s := &schemas{t: t, root: "../../../..", definitions: map[string]any{}, comments: map[string]map[string]string{}}
	got := s.object(reflect.TypeFor[document]())
	got["$defs"] = s.definitions
	const want = `{
		"type": "object", "description": "document has every type that outputs are made of.",
		"required": ["kind", "count", "by", "items"],
		"properties": {
			"kind": {"type": "string", "description": "Kind is embedded."},
			"count": {"type": "integer", "description": "Count is how many. And in which unit."},
			"on": {"type": "boolean"}, "since": {"type": "string", "format": "date-time"},
			"by": {"type": "object", "additionalProperties": {"type": "integer"}},
			"items": {"type": "array", "items": {"$ref": "#/$defs/item"}}
		},
		"$defs": {"item": {
			"type": "object", "description": "item may hold itself.", "required": [],
			"properties": {"items": {"type": "array", "items": {"$ref": "#/$defs/item"}}}
		}}
	}`
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var left, right any
	if json.Unmarshal(text, &left) != nil || json.Unmarshal([]byte(want), &right) != nil || !reflect.DeepEqual(left, right) {
		t.Errorf("%s", text)
	}
}
