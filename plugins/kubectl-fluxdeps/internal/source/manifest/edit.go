package manifest

import (
	stdjson "encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// edit is something that changes objects stated elsewhere: a patch, or a prefix
// or suffix of names. It is not applied here.
type edit struct {
	origin flux.Origin
	target selector
	change
}

// change is the effect of an edit on the graph.
type change struct {
	// source is true where it may add the source that an object leaves out.
	source bool
	// shape says which names or dependencies it changes; empty for none.
	shape string
}

// maxEdits is the most edits of one Read: each is compared with the objects.
const maxEdits = 5000

// edit notes an edit, unless it changes nothing that matters.
func (r *reader) edit(e edit) {
	switch {
	case e.change == change{}:
	case len(r.edits) < maxEdits:
		r.edits = append(r.edits, e)
	case len(r.edits) == maxEdits:
		r.edits = append(r.edits, e)
		r.lost(flux.RulePatch, "", e.origin.File, e.origin.Line, fmt.Sprintf("more than %d patches: the rest is not looked at", maxEdits))
	}
}

// statedTarget chooses the objects to patch, as kustomize reads it. Its labels
// and annotations are not looked at, so that it selects rather too many.
type statedTarget struct{ Group, Kind, Name string }

// selector is a statedTarget, compiled; a nil field matches any text.
type selector struct{ group, kind, name *regexp.Regexp }

// statedPatch is an entry of `patches` or `patchesJson6902`, of a
// kustomization.yaml or of a Flux Kustomization.
type statedPatch struct {
	Path   string
	Patch  string
	Target *statedTarget
}

// selects reports whether the object may be one of those meant. Kustomize takes
// the fields for regular expressions of the whole text (kustomize api v0.21.1,
// types.SelectorRegex).
func (s selector) selects(id flux.ID) bool {
	kind, _ := flux.LookupKind(id.Kind)
	return matches(s.group, string(kind.Group)) && matches(s.kind, id.Kind) && matches(s.name, id.Name)
}

func matches(pattern *regexp.Regexp, text string) bool {
	return pattern == nil || pattern.MatchString(text)
}

func (t statedTarget) compile() selector {
	return selector{whole(t.Group), whole(t.Kind), whole(t.Name)}
}

// whole compiles a pattern of the whole text; an empty one, and one that is no
// regular expression, matches any.
func whole(pattern string) *regexp.Regexp {
	if pattern == "" {
		return nil
	}
	compiled, err := regexp.Compile("^(?:" + pattern + ")$")
	if err != nil {
		return nil
	}
	return compiled
}

// inlinePatch reads the text of a patch. A strategic merge patch without a
// target selects the object that it names.
func inlinePatch(origin flux.Origin, p statedPatch) edit {
	made := edit{origin: origin}
	root, _ := parse([]byte(p.Patch))
	if root == nil {
		return made
	}
	made.change = changeOf(root)
	switch {
	case p.Target != nil:
		made.target = p.Target.compile()
	case root.Kind == yaml.MappingNode:
		made.target = namedTarget(root)
	}
	return made
}

// namedTarget is the selector of the object that a strategic merge patch names.
func namedTarget(root *yaml.Node) selector {
	return statedTarget{
		Kind: regexp.QuoteMeta(scalar(root, "kind")),
		Name: regexp.QuoteMeta(scalar(value(root, "metadata"), "name")),
	}.compile()
}

// changeOf returns the effect of a patch of either form.
func changeOf(root *yaml.Node) change {
	if root.Kind == yaml.SequenceNode {
		return operations(root)
	}
	spec := value(root, "spec")
	var c change
	c.source = slices.ContainsFunc([]string{"sourceRef", "chart", "chartRef"}, func(field string) bool { return value(spec, field) != nil })
	switch {
	case scalar(root, "$patch") == "delete":
		c.shape = "deletes it"
	case scalar(root, "$patch") == "replace", scalar(spec, "$patch") != "":
		c.shape, c.source = "replaces it", true
	case value(spec, "dependsOn") != nil:
		c.shape = "changes its dependsOn"
	}
	return c
}

// operations returns the effect of a JSON patch (RFC 6902).
func operations(root *yaml.Node) change {
	var all change
	for _, operation := range root.Content {
		if operation = target(operation); scalar(operation, "op") == "test" {
			continue
		}
		for _, field := range []string{"path", "from"} {
			if path := scalar(operation, field); path != "" {
				c := pointed(path)
				all.source = all.source || c.source
				if c.shape != "" {
					all.shape = c.shape
				}
			}
		}
	}
	return all
}

// pointed returns the effect of a change at a JSON pointer.
func pointed(path string) change {
	below := func(field string) bool { return path == field || strings.HasPrefix(path, field+"/") }
	switch {
	case path == "/" || path == "/spec":
		return change{source: true, shape: "replaces its spec"}
	case below("/spec/dependsOn"):
		return change{shape: "changes its dependsOn"}
	case path == "/metadata", path == "/metadata/name", path == "/metadata/namespace":
		return change{shape: "changes its name or namespace"}
	case below("/spec/sourceRef"), below("/spec/chart"), below("/spec/chartRef"):
		return change{source: true}
	default:
		return change{}
	}
}

// fluxEdits notes the changes that a Flux Kustomization makes to the objects it
// applies.
func (f *file) fluxEdits(h head, at place) {
	var patches, json6902 []statedPatch
	var merges []stdjson.RawMessage
	// The API server refuses fields of another type.
	_ = stdjson.Unmarshal(h.Spec["patches"], &patches)
	_ = stdjson.Unmarshal(h.Spec["patchesJson6902"], &json6902)
	_ = stdjson.Unmarshal(h.Spec["patchesStrategicMerge"], &merges)
	origin := flux.Origin{File: f.name, Line: at.field("spec.patches")}
	for _, p := range slices.Concat(patches, json6902) {
		f.edit(inlinePatch(origin, p))
	}
	for _, merge := range merges {
		f.edit(inlinePatch(origin, statedPatch{Patch: string(merge)}))
	}
	for _, field := range []string{"namePrefix", "nameSuffix"} {
		if raw := h.Spec[field]; len(raw) > len(`""`) && string(raw) != "null" {
			f.renames = append(f.renames, rename{origin: flux.Origin{File: f.name, Line: at.field("spec." + field)}, below: pathOf(h), field: field})
		}
	}
}

func pathOf(h head) string {
	var path string
	_ = stdjson.Unmarshal(h.Spec["path"], &path)
	return path
}

// kustomizeEdits notes the changes that a kustomization.yaml makes to its
// resources.
// Patches that are files are noted by their path: see roles.
func (f *file) kustomizeEdits(root *yaml.Node, at place) {
	var k struct {
		Patches  []statedPatch
		JSON6902 []statedPatch `yaml:"patchesJson6902"`
		Merge    []string      `yaml:"patchesStrategicMerge"`
	}
	_ = guard(func() error { return root.Decode(&k) })
	origin := flux.Origin{File: f.name, Line: at.field("patches")}
	for _, p := range slices.Concat(k.Patches, k.JSON6902) {
		if p.Path != "" {
			f.fileEdits = append(f.fileEdits, fileEdit{from: f.name, patch: p})
			continue
		}
		f.edit(inlinePatch(origin, p))
	}
	for _, text := range k.Merge {
		if strings.Contains(text, "\n") {
			f.edit(inlinePatch(origin, statedPatch{Patch: text}))
		}
	}
	for _, field := range []string{"namePrefix", "nameSuffix"} {
		if scalar(root, field) != "" {
			f.renames = append(f.renames, rename{origin: flux.Origin{File: f.name, Line: at.field(field)}, beside: f.name, field: field})
		}
	}
}
