package jsonpath

import (
	"strings"
	"testing"
)

type document struct {
	Items []item         `json:"items"`
	Count map[string]int `json:"count"`
}

type item struct {
	Name string `json:"name"`
	Size int    `json:"size,omitempty"`
}

func TestWrite(t *testing.T) {
	hostile := &document{Items: []item{{"a\x1b[2J\u202e", 1}}}
	var safe strings.Builder
	if err := Write(&safe, hostile, Format+"{.items[0].name}{.items}"); err != nil || strings.ContainsAny(safe.String(), "\x1b\u202e") || !strings.Contains(safe.String(), "202e") {
		t.Errorf("%q, %v", safe.String(), err)
	}
	doc := &document{Items: []item{{"a", 1}, {"b", 0}}, Count: map[string]int{"x": 2}}
	for template, want := range map[string]string{
		"{.items[*].name}": "a b",
		`{range .items[*]}{.name}={.size}{"\n"}{end}`: "a=1\nb=\n",
		"{.count.x}":                  "2",
		"{.nowhere}":                  "",
		`{.items[?(@.size==1)].name}`: "a",
	} {
		var b strings.Builder
		if err := Write(&b, doc, Format+template); err != nil || b.String() != want {
			t.Errorf("%s: %q, %v", template, b.String(), err)
		}
		if !Is(Format+template) || Check(Format+template) != nil {
			t.Errorf("%s is a template", template)
		}
	}
	for _, broken := range []string{"{.a", "{.a]", "{[}"} {
		if err := Check(Format + broken); err == nil || !strings.Contains(err.Error(), "--output=") {
			t.Errorf("%s: %v", broken, err)
		}
		if Write(&strings.Builder{}, doc, Format+broken) == nil {
			t.Errorf("%s was printed", broken)
		}
	}
	if Is("json") || Write(&strings.Builder{}, document{}, Format+"{.x}") == nil {
		t.Error("not a pointer, not a template")
	}
}
