package manifest

import (
	stdjson "encoding/json"
	"fmt"
	"maps"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/json"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// templateMark opens a template in a ResourceSet (flux-operator v0.58.1,
// internal/builder: the delimiters are << and >>).
const templateMark = "<<"

// resourceSet holds the fields of a ResourceSet's spec that state objects.
type resourceSet struct {
	Resources         []stdjson.RawMessage `json:"resources"`
	ResourcesTemplate string               `json:"resourcesTemplate"`
	Steps             []struct {
		Resources         []stdjson.RawMessage `json:"resources"`
		ResourcesTemplate string               `json:"resourcesTemplate"`
	} `json:"steps"`
}

// literals reads the Flux objects that a ResourceSet states literally: they are
// objects as if they stood in a file of their own.
func (f *file) literals(raw []byte, at place, owner flux.Object, depth int) {
	var set struct {
		Spec resourceSet `json:"spec"`
	}
	// The API server refuses fields of another type.
	_ = json.UnmarshalCaseSensitivePreserveInts(raw, &set)
	if depth >= MaxListDepth {
		f.lost(flux.RuleUnreadable, owner.ID.String(), f.name, at.line, fmt.Sprintf("more than %d ResourceSets in one another", MaxListDepth))
		return
	}
	made := maker{file: f, owner: owner, depth: depth}
	made.resources(raw, at.path("spec", "resources"), set.Spec.Resources)
	made.template(at.path("spec", "resourcesTemplate"), set.Spec.ResourcesTemplate)
	for i, step := range set.Spec.Steps {
		at := at.path("spec", "steps").element(i)
		made.resources(raw, at.path("resources"), step.Resources)
		made.template(at.path("resourcesTemplate"), step.ResourcesTemplate)
	}
}

// maker reads the objects that one ResourceSet states.
type maker struct {
	*file
	owner flux.Object
	depth int
}

func (m maker) resources(raw []byte, list place, items []stdjson.RawMessage) {
	for i, where := range elements(raw, items, list) {
		if m.full() {
			m.overflow(where.line)
			return
		}
		m.literal(items[i], where)
	}
}

// template reads a resourcesTemplate in which nothing is templated; of another
// it says so where it may make Flux objects.
func (m maker) template(at place, text string) {
	switch {
	case text == "":
	case strings.Contains(text, templateMark):
		if mentionsFlux([]byte(text)) {
			m.lost(flux.RuleTemplate, m.owner.ID.String(), m.name, at.line, "its resourcesTemplate makes Flux objects; templates are not rendered here")
		}
	default:
		for c := range chunks([]byte(text)) {
			m.plainDocument(c, at)
		}
	}
}

func (m maker) plainDocument(c chunk, at place) {
	root, err := parse(c.text)
	if err == nil && root == nil {
		return
	}
	var raw []byte
	if err == nil && !expandsPast(root, MaxExpanded) {
		err = guard(func() (err error) {
			raw, err = sigsyaml.YAMLToJSON(c.text)
			return err
		})
	}
	if err != nil || raw == nil {
		m.failed(broken(), at.line, "a document of the resourcesTemplate is not YAML")
		return
	}
	m.literal(raw, at.inside(c.line, root))
}

// literal reads one object that the ResourceSet states.
func (m maker) literal(raw []byte, at place) {
	var h head
	_ = json.UnmarshalCaseSensitivePreserveInts(raw, &h)
	if strings.Contains(h.APIVersion+h.Kind, templateMark) {
		m.lost(flux.RuleTemplate, m.owner.ID.String(), m.name, at.line, "a resource whose kind is a template; templates are not rendered here")
		return
	}
	if kind, known := flux.KindOf(h.APIVersion, h.Kind); !known || !kind.Depends && kind.Group != flux.SourceGroup {
		return
	}
	if isDisabled(raw) {
		return
	}
	before := len(m.found)
	m.counts.Literal++
	m.object(raw, at, h, m.depth+1)
	for i := range m.found[before:] {
		m.own(&m.found[before+i])
	}
}

// isDisabled reports whether flux-operator leaves the resource out (v0.58.1,
// internal/builder, BuildResourceSet).
func isDisabled(raw []byte) bool {
	var object struct {
		Metadata struct {
			Annotations struct {
				Reconcile string `json:"fluxcd.controlplane.io/reconcile"`
			} `json:"annotations"`
		} `json:"metadata"`
	}
	_ = json.UnmarshalCaseSensitivePreserveInts(raw, &object)
	return object.Metadata.Annotations.Reconcile == "disabled"
}

// own marks an object as made by the ResourceSet, with the labels that
// flux-operator sets (v0.58.1, SetOwnerLabels with GroupOwnerLabelResourceSet).
func (m maker) own(c *candidate) {
	if c.MadeBy != nil {
		return // of a ResourceSet within
	}
	c.MadeBy = &m.owner.ID
	labels := make(map[string]string, len(c.Labels)+2)
	maps.Copy(labels, c.Labels)
	prefix := "resourceset." + string(flux.OperatorGroup)
	labels[prefix+"/name"], labels[prefix+"/namespace"] = m.owner.Name, m.owner.Namespace
	c.Labels = labels
}

// inside returns the place of a document that stands in a text of the file, in
// which it begins at the line: known of a block of lines only.
func (p place) inside(line int, root *yaml.Node) place {
	if p.node == nil || p.node.Style&yaml.LiteralStyle == 0 {
		return place{line: p.line}
	}
	return place{first: p.line + line}.at(root)
}
