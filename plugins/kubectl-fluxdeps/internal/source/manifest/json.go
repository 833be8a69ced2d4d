package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// jsonValue is one of the JSON values of a chunk.
type jsonValue struct {
	raw  json.RawMessage
	line int
}

// json reads a chunk as JSON values, one after the other, as `kubectl get -w
// -o json` writes them. It returns false where the chunk is better read as
// YAML, which also allows comments and braces without quotes.
func (f *file) json(c chunk) bool {
	text := bytes.TrimPrefix(c.text, []byte("---"))
	if first := bytes.TrimSpace(text); len(first) == 0 || first[0] != '{' && first[0] != '[' {
		return false
	}
	values, line, err := jsonValues(text, c.line)
	if err != nil && len(values) < 2 {
		return false
	}
	for _, v := range values {
		if f.full() {
			f.overflow(v.line)
			continue
		}
		f.document(v.raw, place{line: v.line}, typeMeta{}, 0)
	}
	if err != nil {
		f.failed(broken(), line, "not JSON: unexpected text behind a value")
	}
	return true
}

// jsonValues returns the values up to the first error, and the line of the
// last value or of what is none.
func jsonValues(text []byte, line int) (values []jsonValue, last int, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	for end := 0; ; {
		rest := text[end:]
		blank := len(rest) - len(bytes.TrimLeft(rest, " \t\r\n"))
		line += bytes.Count(rest[:blank], []byte("\n"))
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return values, line, err
		}
		values = append(values, jsonValue{raw, line})
		line += bytes.Count(raw, []byte("\n"))
		end = int(decoder.InputOffset())
	}
}
