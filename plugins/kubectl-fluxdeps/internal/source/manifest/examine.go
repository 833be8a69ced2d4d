package manifest

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// examine notes fields that the API server refuses, and fields whose value is not
// known before variables are replaced.
func (f *file) examine(raw []byte, object *flux.Object, h head, at place, wrong *stdjson.UnmarshalTypeError) {
	id := object.ID.String()
	entries := f.entryPlaces(raw, object, h, at)
	for i := range object.DependsOn {
		object.DependsOn[i].Line = entries(i).line
	}
	refusals := flux.Refusals(object.Kind, h.Spec["dependsOn"])
	if variable := f.variables(raw, object, h, at); variable {
		// Its value may be of the right type.
		refusals = slices.DeleteFunc(refusals, func(flux.Refusal) bool { return unresolved(h.Spec["dependsOn"]) })
		wrong = nil
	}
	for _, refusal := range refusals {
		where := entries(refusal.Entry)
		line := where.line
		if refusal.Field != "" {
			line = where.key(refusal.Field)
		}
		f.finding(flux.RuleRefused, id, f.name, line, refusedText(refusal.Text))
	}
	for i, dep := range object.DependsOn {
		if dep.Name == "" && len(refusals) == 0 && wrong == nil {
			f.finding(flux.RuleMissing, id, f.name, entries(i).line, fmt.Sprintf("spec.dependsOn[%d].name is empty", i))
		}
	}
	f.misplaced(id, h, at)
	if wrong != nil && !strings.HasPrefix(wrong.Field, "spec.dependsOn") && !strings.HasPrefix(wrong.Field, "status") && !unresolved(raw) {
		f.finding(flux.RuleRefused, id, f.name, at.field(wrong.Field), refusedText(wrongType(wrong)))
	}
}

func refusedText(text string) string { return text + ": the API server refuses it" }

// entryPlaces returns a function that finds where an entry of dependsOn stands;
// -1 is the field itself.
func (f *file) entryPlaces(raw []byte, object *flux.Object, h head, at place) func(entry int) place {
	if at.node == nil && len(object.DependsOn) > 0 {
		return jsonEntries(raw, h.Spec["dependsOn"], at)
	}
	return at.path("spec").keyPlace("dependsOn").element
}

// jsonEntries finds the entries in the text of a JSON document.
func jsonEntries(raw []byte, dependsOn stdjson.RawMessage, at place) func(entry int) place {
	var items []stdjson.RawMessage
	_ = stdjson.Unmarshal(dependsOn, &items)
	before, rest, found := bytes.Cut(raw, []byte(`"dependsOn"`))
	list := place{line: at.line + bytes.Count(before, []byte("\n"))}
	var where []place
	if found {
		where = elements(rest, items, list)
	}
	return func(i int) place {
		if i < 0 || i >= len(where) {
			return list
		}
		return where[i]
	}
}

// misplaced notes a dependsOn that stands where no controller looks for it, or
// that is not spelled so.
func (f *file) misplaced(id string, h head, at place) {
	const undeclared = "%s: field not declared in schema; write spec.dependsOn"
	if h.DependsOn {
		f.finding(flux.RuleRefused, id, f.name, at.key("dependsOn"), refusedText(fmt.Sprintf(undeclared, "dependsOn")))
	}
	if h.Metadata.DependsOn {
		f.finding(flux.RuleRefused, id, f.name, at.path("metadata").key("dependsOn"), refusedText(fmt.Sprintf(undeclared, "metadata.dependsOn")))
	}
	for field := range h.Spec {
		if flux.Misplaced(field) {
			f.finding(flux.RuleRefused, id, f.name, at.path("spec").key(field), refusedText(fmt.Sprintf(undeclared, "spec."+field)))
		}
	}
}

// variables notes placeholders in fields that the graph is made of: a variable of
// Flux, a template, a value that SOPS has encrypted.
func (f *file) variables(raw []byte, object *flux.Object, h head, at place) bool {
	if !flux.HasDependsOn(object.Kind) || !unresolved(raw) {
		return false
	}
	var fields []string
	line := at.line
	note := func(path string, unknown bool) {
		if !unknown {
			return
		}
		if len(fields) == 0 {
			line = at.field(path)
		}
		fields = append(fields, path)
	}
	note("metadata.name", unresolved([]byte(object.Name)))
	note("metadata.namespace", unresolved([]byte(object.Namespace)))
	for _, field := range []string{"dependsOn", "path", "sourceRef", "chartRef"} {
		note("spec."+field, unresolved(h.Spec[field]))
	}
	if object.Source != nil {
		note("spec.chart", len(h.Spec["chart"]) > 0 && unresolved([]byte(object.Source.Name+object.Source.Namespace+object.Source.Kind)))
	}
	if len(fields) > 0 {
		f.lost(flux.RuleVariable, object.ID.String(), f.name, line, strings.Join(fields, ", ")+" is not known before variables are replaced, which is not done here")
	}
	return len(fields) > 0
}

// unresolved reports whether a text holds a mark of something that is replaced
// later. In JSON a < is written as it is, or escaped by Go's encoder.
func unresolved(text []byte) bool {
	for _, mark := range []string{"${", "{{", "ENC[", templateMark, `\u003c\u003c`} {
		if bytes.Contains(text, []byte(mark)) {
			return true
		}
	}
	return false
}
