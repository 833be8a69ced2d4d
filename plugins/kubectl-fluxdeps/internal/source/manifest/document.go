package manifest

import (
	stdjson "encoding/json"
	"errors"
	"slices"
	"strings"

	"sigs.k8s.io/json"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

type typeMeta struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
}

// head is what is looked at before a document is decoded.
type head struct {
	typeMeta
	Directive string                        `json:"$patch"`
	Spec      map[string]stdjson.RawMessage `json:"spec"`
	SOPS      present                       `json:"sops"`
	Data      present                       `json:"data"`
	// Places where users put dependsOn by mistake.
	DependsOn present `json:"dependsOn"`
	Metadata  struct {
		DependsOn present `json:"dependsOn"`
	} `json:"metadata"`
}

// present is true of a field that is there, whatever it holds.
type present bool

// UnmarshalJSON notes that the field is there.
func (p *present) UnmarshalJSON([]byte) error {
	*p = true
	return nil
}

// document reads one object or list from its JSON. Items of a typed list may
// leave out their type, which is then that of the list.
func (f *file) document(raw []byte, at place, of typeMeta, depth int) {
	if raw[0] != '{' {
		f.notMapping(at.line)
		return
	}
	var h head
	// A field of a wrong type is flux.Decode's to name; here it stays empty.
	_ = json.UnmarshalCaseSensitivePreserveInts(raw, &h)
	if h.typeMeta == (typeMeta{}) {
		h.typeMeta = of
	}
	_, known := flux.KindOf(h.APIVersion, h.Kind)
	switch {
	case known:
		f.object(raw, at, h, depth)
	case isList(h.APIVersion, h.Kind):
		f.list(raw, at, h.typeMeta, depth)
	case h.Kind == "Table" && strings.HasPrefix(h.APIVersion, "meta.k8s.io/"):
		f.failed(broken(), at.line, "a Table, which holds what kubectl prints and not the objects")
	case isEncrypted(h.APIVersion, h.Kind, bool(h.SOPS && h.Data), 2):
		f.encrypted(at.line)
	default:
		f.count(&f.counts.Other)
	}
}

// object reads one Flux object.
func (f *file) object(raw []byte, at place, h head, depth int) {
	object, err := flux.Decode(raw)
	var wrong *stdjson.UnmarshalTypeError
	switch {
	case err != nil && !errors.As(err, &wrong):
		f.failed(broken(), at.line, h.Kind+" that cannot be decoded")
		return
	case object.Name == "":
		f.nameless(at, h.Kind, wrong)
		return
	case isTemplate(object.Name + object.Namespace):
		f.failed(templates(), at.line, h.Kind+" with a template in its name; templates are not rendered here")
		return
	}
	object.Kind, object.APIVersion = h.Kind, h.APIVersion
	object.Origin = &flux.Origin{File: f.name, Line: at.line}
	if object.Status != nil {
		object.Raw = raw // until it is known what a readyExpr needs
	}
	f.wrongFields(object, h, at, wrong)
	f.examine(raw, &object, h, at, wrong)
	f.documents++
	f.counts.Documents++
	f.found = append(f.found, candidate{Object: object, lacks: lacks(h), directive: h.Directive})
	switch h.Kind {
	case flux.Kustomization:
		f.fluxEdits(h, at)
	case flux.ResourceSet:
		f.literals(raw, at, object, depth)
	}
}

// wrongFields warns of what is missing in the object now.
func (f *file) wrongFields(object flux.Object, h head, at place, wrong *stdjson.UnmarshalTypeError) {
	const dependsOn = "spec.dependsOn"
	inDependsOn := false
	if wrong != nil {
		inDependsOn = strings.HasPrefix(wrong.Field, dependsOn)
		text := wrongType(wrong) + ", so it is left out"
		if h.isArray(wrong.Field) {
			text = "an entry of " + text
		}
		f.warnings.add(fields(), f.name, at.field(wrong.Field), object.ID.String()+": "+text)
	}
	if !inDependsOn && slices.ContainsFunc(object.DependsOn, func(d flux.Dependency) bool { return d.Name == "" }) {
		f.warnings.add(fields(), f.name, at.field(dependsOn), object.ID.String()+": an entry of "+dependsOn+" has no name, so it is left out")
	}
}

// isArray reports whether the field is an array in the document: what is of the
// wrong type is then one of its entries, and the others are read.
func (h head) isArray(field string) bool {
	name, ofSpec := strings.CutPrefix(field, "spec.")
	raw := h.Spec[name]
	return ofSpec && len(raw) > 0 && raw[0] == '['
}

func (f *file) nameless(at place, kind string, wrong *stdjson.UnmarshalTypeError) {
	text := kind + " without metadata.name"
	if wrong != nil && strings.HasPrefix(wrong.Field, "metadata") {
		text += ": " + wrongType(wrong)
	}
	f.failed(broken(), at.line, text)
}

// wrongType names a field and what stands in it. Value may have the number
// itself behind the word.
func wrongType(wrong *stdjson.UnmarshalTypeError) string {
	found, _, _ := strings.Cut(wrong.Value, " ")
	return wrong.Field + " is of the wrong type (" + found + ")"
}
