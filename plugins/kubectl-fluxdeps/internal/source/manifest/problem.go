package manifest

import (
	"bytes"
	"sort"
	"strings"
)

// problem says why the parser stopped. Nothing of the text is quoted, for it
// may be a Secret's.
func problem(err error) string {
	why := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.HasPrefix(why, "line ") {
		_, why, _ = strings.Cut(why, ": ")
	}
	if strings.HasPrefix(why, "unknown anchor") {
		return "an alias names an anchor that is not in the document"
	}
	return why
}

// maxSearched bounds the bytes that one Read searches for lines; past it the
// line of the document is named.
const maxSearched = 1 << 20

// lineOf returns the line at which the parser stopped. Its errors name the one
// where the enclosing mapping began, if any, so we look for the shortest text
// that fails in the same way.
func (f *file) lineOf(c chunk, failure error) int {
	if f.searched += len(c.text); f.searched > maxSearched {
		return c.line
	}
	var ends []int
	end := 0
	for line := range bytes.Lines(c.text) {
		end += len(line)
		ends = append(ends, end)
	}
	return c.line + sort.Search(len(ends)-1, func(i int) bool {
		_, err := parse(c.text[:ends[i]])
		return err != nil && err.Error() == failure.Error()
	})
}

// notJSONable says why a parsed document cannot become JSON.
func notJSONable(err error) string {
	text := err.Error()
	switch {
	case strings.Contains(text, "value contains itself"):
		return "an anchor contains itself"
	case strings.Contains(text, "excessive aliasing"):
		return "its aliases expand to too much text"
	case strings.Contains(text, "map key"):
		return "a key is not a string"
	case strings.Contains(text, "unsupported value"):
		return "it has a number that JSON does not know"
	default:
		return "it has a value that JSON does not know"
	}
}
