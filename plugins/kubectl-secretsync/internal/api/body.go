package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Body is a request's body in pieces, so that the values of a Secret are in
// memory once and not once for each target.
type Body struct{ pieces [][]byte }

func (b *Body) size() int64 {
	total := int64(0)
	for _, piece := range b.pieces {
		total += int64(len(piece))
	}
	return total
}

// reader reads the pieces one after the other; nil has none.
func (b *Body) reader() io.ReadCloser {
	if b == nil {
		return http.NoBody
	}
	readers := make([]io.Reader, len(b.pieces))
	for i, piece := range b.pieces {
		readers[i] = bytes.NewReader(piece)
	}
	return io.NopCloser(sips{io.MultiReader(readers...)})
}

// sip is the most that is read of a body at once: net/http makes a frame of
// each read, up to 512 KiB, and every connection keeps a buffer of its largest.
const sip = 16 << 10

// sips reads little by little.
type sips struct{ io.Reader }

func (s sips) Read(b []byte) (int, error) { return s.Reader.Read(b[:min(len(b), sip)]) }

// encode makes a body of the fields, with the data behind them. A nil value
// removes the key from what is patched.
func encode(fields map[string]any, data map[string]*secret.Value) (*Body, error) {
	text, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return &Body{[][]byte{text}}, nil
	}
	b := &Body{[][]byte{text[:len(text)-1], []byte(`,"data":{`)}}
	for i, key := range secret.Keys(data) {
		name, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			name = append([]byte{','}, name...)
		}
		value := []byte("null")
		if data[key] != nil {
			value = data[key].JSON()
		}
		b.pieces = append(b.pieces, append(name, ':'), value)
	}
	b.pieces = append(b.pieces, []byte("}}"))
	return b, nil
}
