package output

import (
	"bytes"
	"io"
)

// indenter writes compact JSON indented by two spaces, and escaped. What it is
// given must be whole, as json.Encoder gives it, and so is not checked again:
// with json.Indent a large graph takes twice the time and memory to write.
type indenter struct{ w io.Writer }

func (i indenter) Write(text []byte) (int, error) { return len(text), indent(i.w, escapeJSON(text)) }

// chunk is how much is written at once, about.
const chunk = 64 << 10

func indent(w io.Writer, text []byte) error {
	out := make([]byte, 0, 2*chunk)
	for depth, at := 0, 0; at < len(text); at++ {
		if len(out) > chunk {
			if _, err := w.Write(out); err != nil {
				return err
			}
			out = out[:0]
		}
		switch char := text[at]; char {
		case '"':
			length := stringLength(text[at:])
			out = append(out, text[at:at+length]...)
			at += length - 1
		case '{', '[':
			out = append(out, char)
			if next := text[at+1]; next == '}' || next == ']' {
				out = append(out, next)
				at++
				continue
			}
			depth++
			out = newLine(out, depth)
		case '}', ']':
			depth--
			out = append(newLine(out, depth), char)
		case ',':
			out = newLine(append(out, char), depth)
		case ':':
			out = append(out, ": "...)
		default:
			out = append(out, char)
		}
	}
	_, err := w.Write(out)
	return err
}

func newLine(out []byte, depth int) []byte {
	out = append(out, '\n')
	for range depth {
		out = append(out, "  "...)
	}
	return out
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
