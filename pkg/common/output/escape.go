// Package output is what every plugin prints with: text that cannot take over
// a terminal, colour, and widths.
package output

import (
	"fmt"
	"strings"
	"unicode"
)

// Text returns s with everything escaped that could move the cursor, change
// colours, reorder or hide text, or break a line: names and messages from a
// cluster or a file are not to be trusted.
func Text(s string) string { return escape(s, false) }

// Lines is Text for a text of several lines: line breaks stay.
func Lines(s string) string { return escape(s, true) }

func escape(s string, keepLines bool) string {
	unsafe := func(r rune) bool { return !safe(r) && !(keepLines && r == '\n') }
	if strings.IndexFunc(s, unsafe) < 0 && !strings.ContainsRune(s, unicode.ReplacementChar) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unsafe(r) {
			b.WriteString(escaped(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// safe reports whether a terminal shows the rune as one glyph in its place.
// Format characters (category Cf) include the ones that reorder text.
func safe(r rune) bool {
	return unicode.IsGraphic(r) && r != '\u2028' && r != '\u2029'
}

func escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\t':
		return `\t`
	case r == '\r':
		return `\r`
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	default:
		return fmt.Sprintf(`\u%04x`, r)
	}
}
