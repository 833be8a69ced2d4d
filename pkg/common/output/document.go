package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// WriteJSON writes the value as indented JSON. Control and format characters
// are written as escapes, which mean the same to a parser and nothing to a
// terminal.
func WriteJSON(w io.Writer, value any) error {
	return json.NewEncoder(indenter{w}).Encode(value)
}

// escapeJSON writes what is not graphic as \u escapes. encoding/json does so
// for what is below U+0020, so that any such rune left stands in a string.
func escapeJSON(text []byte) []byte {
	var b bytes.Buffer
	kept := 0
	for i := 0; i < len(text); {
		if text[i] < 0x7f {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if !unicode.IsGraphic(r) {
			b.Write(text[kept:i])
			writeEscape(&b, r)
			kept = i + size
		}
		i += size
	}
	if kept == 0 {
		return text
	}
	b.Write(text[kept:])
	return b.Bytes()
}

func writeEscape(b *bytes.Buffer, r rune) {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
		return
	}
	fmt.Fprintf(b, `\u%04x`, r)
}
