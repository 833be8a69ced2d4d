package output

import (
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
	"k8s.io/kubectl/pkg/util/term"
)

// TerminalWidth returns the columns of the terminal that w is, 0 where w is
// none: then nothing is to be cut.
func TerminalWidth(w io.Writer) int {
	size := term.TTY{Out: w}.GetSize()
	if size == nil {
		return 0
	}
	return int(size.Width)
}

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
