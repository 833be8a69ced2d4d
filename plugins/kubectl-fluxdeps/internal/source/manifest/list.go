package manifest

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"strings"

	"sigs.k8s.io/json"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// isList reports whether a document is a list that may hold Flux objects:
// kubectl's List of anything or the server's list of one kind.
func isList(apiVersion, kind string) bool {
	of, ok := strings.CutSuffix(kind, "List")
	if !ok {
		return false
	}
	_, known := flux.KindOf(apiVersion, of)
	return of == "" || known
}

// list reads the items of a list as documents.
func (f *file) list(raw []byte, at place, of typeMeta, depth int) {
	if depth >= MaxListDepth {
		f.failed(broken(), at.line, fmt.Sprintf("more than %d lists in one another", MaxListDepth))
		return
	}
	var list struct {
		Items []stdjson.RawMessage `json:"items"`
	}
	if err := json.UnmarshalCaseSensitivePreserveInts(raw, &list); err != nil {
		f.failed(broken(), at.line, "a list whose items cannot be read")
		return
	}
	if len(list.Items) == 0 {
		f.count(&f.counts.Other)
	}
	of.Kind = strings.TrimSuffix(of.Kind, "List")
	for i, where := range elements(raw, list.Items, at.path("items")) {
		if f.full() {
			f.overflow(where.line)
			return
		}
		f.document(list.Items[i], where, of, depth+1)
	}
}

// elements returns where the elements of a list stand. In JSON they are looked
// for one behind the other: each is a verbatim part of the raw text.
func elements(raw []byte, items []stdjson.RawMessage, list place) []place {
	found := make([]place, len(items))
	line := list.line
	for i, item := range items {
		if list.node != nil {
			found[i] = list.element(i)
			continue
		}
		before, rest, _ := bytes.Cut(raw, item)
		line += bytes.Count(before, []byte("\n"))
		found[i] = place{line: line}
		line += bytes.Count(item, []byte("\n"))
		raw = rest
	}
	return found
}
