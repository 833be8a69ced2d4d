package output

import (
	"bufio"
	"bytes"
	"io"
)

// indenter writes compact JSON indented by two spaces, and escaped. What it is
// given must be whole, as json.Encoder gives it, and so is not checked again:
// with json.Indent a large graph takes twice the time and memory to write.
type indenter struct{ w io.Writer }

func (i indenter) Write(text []byte) (int, error) {
	w := bufio.NewWriterSize(i.w, 64<<10)
	indent(w, escapeJSON(text))
	return len(text), w.Flush()
}

func indent(w *bufio.Writer, text []byte) {
	for depth, at := 0, 0; at < len(text); at++ {
		switch char := text[at]; char {
		case '"':
			length := stringLength(text[at:])
			w.Write(text[at : at+length]) //nolint:errcheck // Flush tells, here and below
			at += length - 1
		case '{', '[':
			w.WriteByte(char)
			if next := text[at+1]; next == '}' || next == ']' {
				w.WriteByte(next)
				at++
				continue
			}
			depth++
			newLine(w, depth)
		case '}', ']':
			depth--
			newLine(w, depth)
			w.WriteByte(char)
		case ',':
			w.WriteByte(char)
			newLine(w, depth)
		case ':':
			w.WriteString(": ")
		default:
			w.WriteByte(char)
		}
	}
}

func newLine(w *bufio.Writer, depth int) {
	w.WriteByte('\n')
	for range depth {
		w.WriteString("  ")
	}
}

// stringLength returns the length of the string that text begins with, quotes
// included.
func stringLength(text []byte) int {
	at := 1
	for {
		at += bytes.IndexByte(text[at:], '"')
		before := text[:at]
		if backslashes := at - len(bytes.TrimRight(before, `\`)); backslashes%2 == 0 {
			return at + 1
		}
		at++
	}
}
