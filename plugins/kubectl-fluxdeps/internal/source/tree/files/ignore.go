package files

import (
	"bytes"
	"path"
	"strings"

	"github.com/fluxcd/pkg/sourceignore"
	"github.com/fluxcd/pkg/sourceignore/gitignore"
)

// Artifact returns the tree as source-controller archives it: without what the
// .sourceignore files and ignore, a source's spec.ignore, exclude. Where neither
// excludes anything, the defaults do (source-controller v1.9.5,
// gitrepository_controller.go and storage.go, SourceIgnoreFilter).
func (t *Tree) Artifact(ignore string) *Tree {
	patterns := t.patterns(".", nil)
	if ignore != "" {
		patterns = append(patterns, sourceignore.ReadPatterns(strings.NewReader(ignore), nil)...)
	}
	matcher := sourceignore.NewDefaultMatcher(patterns, nil)
	if len(patterns) > 0 {
		matcher = sourceignore.NewMatcher(append(sourceignore.VCSPatterns(nil), patterns...))
	}
	return t.Without(func(name string) bool { return matcher.Match(strings.Split(name, "/"), false) })
}

// patterns reads the .sourceignore files, those of a folder before those below.
func (t *Tree) patterns(dir string, domain []string) []gitignore.Pattern {
	var found []gitignore.Pattern
	if text, err := t.Read(path.Join(dir, sourceignore.IgnoreFile)); err == nil {
		found = sourceignore.ReadPatterns(bytes.NewReader(text), domain)
	}
	for _, name := range t.Names(dir) {
		if below := path.Join(dir, name); t.IsDir(below) {
			found = append(found, t.patterns(below, append(domain[:len(domain):len(domain)], name))...)
		}
	}
	return found
}
