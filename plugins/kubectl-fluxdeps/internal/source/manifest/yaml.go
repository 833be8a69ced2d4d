package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// yaml reads one YAML document. It is parsed with v3, which knows the lines;
// what holds Flux objects is then converted with the parser of kubectl and the
// controllers, because the two disagree on what "yes" or 0o7 is.
func (f *file) yaml(c chunk) {
	if len(c.text) > MaxYAML {
		f.failed(broken(), c.line, fmt.Sprintf("a YAML document larger than %d MiB, which is the most that is read; JSON may be larger", MaxYAML>>20))
		return
	}
	root, err := parse(c.text)
	if root != nil {
		f.root(c, root)
	}
	if err != nil {
		f.notYAML(c, err)
	}
}

// parse returns the root of the document, nil where it is empty. An error
// beside a root is one in what follows the document.
func parse(text []byte) (root *yaml.Node, err error) {
	err = guard(func() error {
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		var doc, rest yaml.Node
		if err := decoder.Decode(&doc); err != nil {
			return err
		}
		root = content(&doc)
		if err := decoder.Decode(&rest); err != nil {
			return err
		}
		return errTwo
	})
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return root, err
}

func content(doc *yaml.Node) *yaml.Node {
	if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
		return nil
	}
	return doc.Content[0]
}

// errTwo is of documents that a line break parts which only YAML knows, as a
// lone carriage return.
var errTwo = errors.New(`a second document without a line "---" before it`)

var errParser = errors.New("yaml: the parser gave up")

// guard takes a panic of the parser for an error: input that breaks the parser
// must not cost the other documents.
func guard(run func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errParser
		}
	}()
	return run()
}

// root sorts a document by its kind.
func (f *file) root(c chunk, root *yaml.Node) {
	at := place{first: c.line}.at(root)
	if root.Kind != yaml.MappingNode {
		f.jsonPatch(root, at.line)
		f.notMapping(at.line)
		return
	}
	apiVersion, kind := scalar(root, "apiVersion"), scalar(root, "kind")
	switch {
	case wanted(apiVersion, kind), merges(root):
		f.convert(c, at)
	case isKustomization(f.name, apiVersion, kind):
		f.kustomization(root, at)
		f.count(&f.counts.Other)
	case isEncrypted(apiVersion, kind, value(root, "sops") != nil, len(root.Content)/2):
		f.encrypted(at.line)
	default:
		f.count(&f.counts.Other)
	}
}

// kustomization takes down what a kustomization.yaml does with other files.
func (f *file) kustomization(root *yaml.Node, at place) {
	f.resources[f.name] = f.roles.note(f.name, root)
	f.kustomizeEdits(root, at)
}

// jsonPatch keeps what a list changes if it is a patch in a file of its own.
func (f *file) jsonPatch(root *yaml.Node, line int) {
	if root.Kind != yaml.SequenceNode {
		return
	}
	if c := operations(root); c != (change{}) {
		f.lists[f.name] = append(f.lists[f.name], listEdit{flux.Origin{File: f.name, Line: line}, c})
	}
}

// isEncrypted reports whether SOPS has made a document unreadable as a whole:
// its type, or all that it held.
func isEncrypted(apiVersion, kind string, sops bool, fields int) bool {
	const mark = "ENC["
	if strings.HasPrefix(apiVersion, mark) || strings.HasPrefix(kind, mark) {
		return true
	}
	return sops && apiVersion == "" && kind == "" && fields == 2
}

func (f *file) encrypted(line int) {
	f.failed(broken(), line, "encrypted as a whole, so that it may hold any object")
}

func scalar(mapping *yaml.Node, key string) string {
	node := value(mapping, key)
	if node == nil || node.Kind != yaml.ScalarNode {
		return ""
	}
	return node.Value
}

// merges reports whether keys may come from elsewhere by "<<".
func merges(mapping *yaml.Node) bool { return value(mapping, "<<") != nil }

// convert reads a document that may hold Flux objects.
func (f *file) convert(c chunk, at place) {
	if expandsPast(at.node, MaxExpanded) {
		f.failed(broken(), at.line, "its aliases expand to too much text")
		return
	}
	var raw []byte
	err := guard(func() (err error) {
		raw, err = sigsyaml.YAMLToJSON(c.text)
		return err
	})
	if err != nil {
		f.unfit(c, at.line, notJSONable(err))
		return
	}
	f.document(raw, at, typeMeta{}, 0)
}

// notYAML counts a document, or the rest behind one, that does not parse.
func (f *file) notYAML(c chunk, err error) {
	if onlyDirectives(c.text) {
		return
	}
	f.unfit(c, f.lineOf(c, err), "not YAML: "+problem(err))
}

// unfit counts a document that cannot be read as it stands, which for a
// template is no surprise.
func (f *file) unfit(c chunk, line int, why string) {
	if !isTemplate(string(c.text)) {
		f.failed(broken(), line, why)
		return
	}
	why += "; it looks like a template, and templates are not rendered here"
	if mentionsFlux(c.text) || !f.charts.has(f.name) {
		f.failed(templates(), line, why)
		return
	}
	f.notFlux(templates(), line, why)
}

// mentionsFlux reports whether a text that cannot be read may be about Flux
// objects, or about kustomize, which changes them.
func mentionsFlux(text []byte) bool {
	return bytes.Contains(text, []byte(".fluxcd.")) || bytes.Contains(text, []byte("fluxcd.controlplane")) ||
		bytes.Contains(text, []byte("kustomize.config"))
}

// isTemplate looks for the marks of Go templates, Helm's too, and of Jinja.
func isTemplate(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "{%")
}
