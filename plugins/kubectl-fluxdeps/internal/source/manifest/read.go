// Package manifest reads Flux objects from files, folders and stdin. It takes
// the documents as they stand: nothing is rendered, patched or substituted.
package manifest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// Stdin is the name of standard input in origins and warnings.
const Stdin = "stdin"

// The bounds that keep a hostile input from using up time or memory. What is
// past a bound is left out with a warning.
const (
	// MaxFile is the largest file that is read, and the most of stdin.
	MaxFile = 64 << 20
	// MaxYAML is the largest single YAML document: a parsed one takes many
	// times its size in memory. JSON has no such bound.
	MaxYAML = 16 << 20
	// MaxExpanded is how large a document may become by its aliases.
	MaxExpanded = MaxFile
	// MaxDocuments is the most documents of one file, list items included.
	MaxDocuments = 100_000
	// MaxListDepth is how deep a list may stand in lists.
	MaxListDepth = 8
)

// ErrNothing is returned by Read when no path gave a single document.
var ErrNothing = errors.New("nothing to read")

// Result is what was read.
type Result struct {
	// Objects are in the order read: that of the paths, in a folder that of
	// the names. Each has an Origin; a Status only where its document has one.
	Objects  []flux.Object
	Warnings []Warning
	Counts   Counts
	// Findings are faults; Unchecked are unknowns that may change the graph. Both
	// are complete and in the order read, where Warnings has only the first few of
	// a kind.
	Findings, Unchecked []flux.Remark
	// Empty counts the paths that gave no document.
	Empty int
}

// Counts says what became of every document. Documents is the sum of the
// others but Files. A document without content is not counted at all, and a
// list counts as its items, an empty one as Other.
type Counts struct {
	// Files that were read, stdin included.
	Files int
	// Documents of YAML and JSON that have content.
	Documents int
	// Objects is the length of Result.Objects.
	Objects int
	// Patches are Flux documents that only change an object stated elsewhere.
	Patches int
	// Duplicates repeat the kind, namespace and name of an earlier object.
	Duplicates int
	// Other documents are of kinds that fluxdeps does not read.
	Other int
	// Failed documents could not be read; each has a warning.
	Failed int
	// Literal counts those of the documents that stand in a ResourceSet.
	Literal int
}

// Read reads the Flux objects of every path, in the order given; "-" is stdin.
//
// A folder is read with all folders below it: its *.yaml, *.yml and *.json
// files, but not .git. A path that names a file is read whatever the file is
// called, a pipe too. A file that was read before is not read again.
//
// What cannot be read is a warning, and the rest is read: a graph of the other
// files helps more than none, and it changes nothing. The caller sees in
// Warnings and Counts.Failed that something is missing. Only when no path gave
// a single document, because none exists, could be opened or had content, the
// error is ErrNothing with what was found at each path. The other error is
// that of a ctx that ended.
func Read(ctx context.Context, paths []string, stdin io.Reader) (Result, error) {
	r := newReader(ctx, stdin)
	var empty []string
	for _, path := range paths {
		before := r.counts.Documents
		failure := r.path(path)
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		if r.counts.Documents == before {
			empty = append(empty, path+": "+whyEmpty(failure))
		}
	}
	if r.counts.Documents == 0 {
		return Result{}, fmt.Errorf("%w: %s", ErrNothing, lookedAt(empty))
	}
	result := r.result()
	result.Empty = len(empty)
	return result, nil
}

func whyEmpty(failure string) string {
	if failure == "" {
		return "no document in it"
	}
	return failure
}

func lookedAt(empty []string) string {
	if len(empty) == 0 {
		return "no file was named"
	}
	return strings.Join(empty, "; ")
}

// reader carries the state of one Read.
type reader struct {
	ctx      context.Context //nolint:containedctx // a reader lives for one call of Read
	stdin    io.Reader
	seen     map[string]bool // real paths of the files that were read
	found    []candidate
	roles    roles
	searched int // bytes, see maxSearched
	counts   Counts
	warnings warnings

	findings, unchecked []flux.Remark
	edits               []edit
	fileEdits           []fileEdit
	renames             []rename
	charts              charts
	lists               map[string][]listEdit // by file
	resources           map[string][]string   // by kustomization.yaml
}

func newReader(ctx context.Context, stdin io.Reader) *reader {
	return &reader{ctx: ctx, stdin: stdin, seen: map[string]bool{}, roles: roles{}, charts: charts{}, lists: map[string][]listEdit{}, resources: map[string][]string{}}
}
