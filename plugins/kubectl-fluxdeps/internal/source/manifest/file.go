package manifest

import (
	"fmt"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// file is one file while its documents are read.
type file struct {
	*reader
	source
	documents int
}

func (f *file) read(text []byte) {
	for c := range chunks(text) {
		switch {
		case f.ctx.Err() != nil:
			return
		case f.full():
			f.overflow(c.line)
		case f.json(c):
		default:
			f.yaml(c)
		}
	}
}

func (f *file) full() bool { return f.documents >= MaxDocuments }

// overflow counts what is past MaxDocuments and warns at the first.
func (f *file) overflow(line int) {
	if f.documents == MaxDocuments {
		text := fmt.Sprintf("more than %d documents: the rest is not read", MaxDocuments)
		f.warnings.add(unreadable(), f.name, line, text)
		f.lost(flux.RuleUnreadable, "", f.name, line, text)
	}
	f.count(&f.counts.Failed)
}

// count counts one document and what became of it.
func (f *file) count(outcome *int) {
	f.documents++
	f.counts.Documents++
	*outcome++
}

// failed counts a document that could not be read and may be a Flux object.
func (f *file) failed(about topic, line int, text string) {
	f.notFlux(about, line, text)
	rule := flux.RuleUnreadable
	if about == templates() {
		rule = flux.RuleTemplate
	}
	f.lost(rule, "", f.name, line, text)
}

// notFlux counts a document that could not be read and is no Flux object.
func (f *file) notFlux(about topic, line int, text string) {
	f.count(&f.counts.Failed)
	f.warnings.add(about, f.name, line, text)
}

// notMapping counts a document that is no object. Of a file that a folder
// happens to hold, as a JSON patch or a list of values, that needs no word.
func (f *file) notMapping(line int) {
	f.count(&f.counts.Other)
	if f.named {
		f.warnings.add(notObjects(), f.name, line, "not an object: a mapping with apiVersion, kind and metadata is expected")
	}
}

// wanted reports whether documents of a kind hold Flux objects.
func wanted(apiVersion, kind string) bool {
	_, ok := flux.KindOf(apiVersion, kind)
	return ok || isList(apiVersion, kind)
}
