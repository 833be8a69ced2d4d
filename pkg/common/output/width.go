package output

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Width returns the columns that text takes on a terminal.
func Width(text string) int {
	columns := 0
	for _, r := range text {
		columns += runeWidth(r)
	}
	return columns
}

func runeWidth(r rune) int {
	switch {
	case r < 0x300, '─' <= r && r <= '╿': // box drawing: the branches of trees
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me): // marks on the letter before
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}

// Cut shortens text to the columns, ending in an ellipsis where it had to.
// With columns 0 the text stays whole.
func Cut(text string, columns int) string {
	if columns <= 0 || Width(text) <= columns {
		return text
	}
	var b strings.Builder
	used := 1 // the ellipsis
	for _, r := range text {
		if used += runeWidth(r); used > columns {
			break
		}
		b.WriteRune(r)
	}
	return b.String() + "…"
}
