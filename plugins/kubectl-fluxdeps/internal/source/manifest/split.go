package manifest

import (
	"bytes"
	"iter"
)

// chunk is the text of one YAML document with the "---" before it, or of a run
// of JSON values.
type chunk struct {
	text []byte
	// line of the file at which text begins.
	line int
}

// chunks splits a file at the lines "---" and "...". YAML allows these nowhere
// but between documents, not in a block scalar nor in quotes, so a broken
// document cannot hide the next one. Kubernetes' own splitter would: it knows
// no "...", and no "---" with something behind it.
func chunks(text []byte) iter.Seq[chunk] {
	return func(yield func(chunk) bool) {
		start, first := 0, 1 // of the chunk
		at, number := 0, 0   // of the line
		for line := range bytes.Lines(text) {
			number++
			ends := endsDocument(line)
			if (ends || beginsDocument(line)) && at > start {
				if !yield(chunk{text[start:at], first}) {
					return
				}
				start, first = at, number
			}
			at += len(line)
			if ends {
				start, first = at, number+1
			}
		}
		if at > start {
			yield(chunk{text[start:], first})
		}
	}
}

func beginsDocument(line []byte) bool {
	behind, found := bytes.CutPrefix(line, []byte("---"))
	return found && (len(behind) == 0 || bytes.IndexByte([]byte(" \t\r\n"), behind[0]) >= 0)
}

// endsDocument reports whether the line is "..." and no more than a comment.
func endsDocument(line []byte) bool {
	behind, found := bytes.CutPrefix(line, []byte("..."))
	return found && isVoid(behind)
}

// isVoid reports whether a line is blank or a comment.
func isVoid(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) == 0 || line[0] == '#'
}

// onlyDirectives reports whether a chunk holds what may stand before a "---",
// as "%YAML 1.2", and nothing else.
func onlyDirectives(text []byte) bool {
	for line := range bytes.Lines(text) {
		if line[0] != '%' && !isVoid(line) {
			return false
		}
	}
	return true
}
