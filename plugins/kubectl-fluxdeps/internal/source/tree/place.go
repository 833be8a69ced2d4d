package tree

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/build"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
)

// places finds where objects of one build are written.
type places struct {
	tree  *files.Tree
	files map[string][]written
	// fallback is where what is not found is taken to be: in the Kustomization
	// that is built.
	fallback flux.Origin
}

func (p *places) documents(file string) []written {
	if _, ok := p.files[file]; !ok {
		p.files[file] = documents(p.tree, file)
	}
	return p.files[file]
}

// object returns where an object of a build is written: its document, else the
// file alone.
func (p *places) object(o *build.Object) (flux.Origin, *written) {
	if o.File == "" {
		return p.fallback, nil
	}
	origin := flux.Origin{File: p.tree.From(o.File)}
	var best *written
	for i, d := range p.documents(o.File) {
		// A prefix or suffix may have been added to its name.
		if d.kind == o.Kind && strings.Contains(o.Name, d.name) && (best == nil || len(d.name) > len(best.name)) {
			best = &p.documents(o.File)[i]
		}
	}
	if best != nil {
		origin.Line = first(best.node)
	}
	return origin, best
}

// first is the line of a document's apiVersion or first key.
func first(node *yaml.Node) int {
	if len(node.Content) > 0 {
		return node.Content[0].Line
	}
	return node.Line
}

// dependsOn returns where the entries of an object's spec.dependsOn are written:
// in its document, else in what changed the object.
func (p *places) dependsOn(o *build.Object, raw json.RawMessage, origin flux.Origin, d *written) []flux.Origin {
	var spec struct {
		DependsOn []struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"dependsOn"`
	}
	if decodeSpec(raw, &spec) != nil {
		return nil
	}
	var found []flux.Origin
	taken := map[*yaml.Node]bool{}
	for _, entry := range spec.DependsOn {
		at := flux.Origin{}
		if d != nil {
			at = flux.Origin{File: origin.File, Line: entryLine(d.node, entry.Name, taken)}
		}
		if at.Line == 0 {
			at = p.change(o, entry.Name, origin)
		}
		found = append(found, at)
	}
	return found
}

// entryLine is the line of the entry of that name in the document.
func entryLine(node *yaml.Node, name string, taken map[*yaml.Node]bool) int {
	list := field(node, "spec", "dependsOn")
	if list == nil || list.Kind != yaml.SequenceNode {
		return 0
	}
	for _, item := range list.Content {
		if entry := aliased(item); !taken[item] && scalar(entry, "name") == name {
			taken[item] = true
			return item.Line
		}
	}
	return 0
}

// change finds the patch that adds an entry of a name, the last first.
func (p *places) change(o *build.Object, name string, origin flux.Origin) flux.Origin {
	line := regexp.MustCompile(`(?m)\bname"?:\s*["']?` + regexp.QuoteMeta(name) + `["']?\s*[,}]?\s*$`)
	for i := len(o.ChangedIn) - 1; i >= 0; i-- {
		file := o.ChangedIn[i]
		for _, candidate := range append([]string{file}, p.named(file)...) {
			text, err := p.tree.Read(candidate)
			if err != nil {
				continue
			}
			if at := line.FindIndex(text); at != nil {
				return flux.Origin{File: p.tree.From(candidate), Line: strings.Count(string(text[:at[0]]), "\n") + 1}
			}
		}
	}
	if len(o.ChangedIn) > 0 {
		return p.fallback
	}
	return origin
}

// named are the files of patches that a kustomization file names.
func (p *places) named(file string) []string {
	var found []string
	for _, d := range p.documents(file) {
		for _, list := range []string{"patches", "patchesStrategicMerge", "patchesJson6902"} {
			entries := field(d.node, list)
			if entries == nil {
				continue
			}
			for _, entry := range entries.Content {
				entry = aliased(entry)
				if name := entry.Value + scalar(entry, "path"); p.tree.IsFile(path.Join(path.Dir(file), name)) {
					found = append(found, path.Join(path.Dir(file), name))
				}
			}
		}
	}
	return found
}
