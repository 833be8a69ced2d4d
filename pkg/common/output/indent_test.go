package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
)

// FuzzIndenter compares with encoding/json, which checks what it indents.
func FuzzIndenter(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `{"a":[],"b":{},"c":[1,{"d":null}]}`, `"a\"b\\"`, `{"\\":"\\\"{[,:]}"}`, `[true,-1.5e3,""]`, `"é"`, "1\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var compact, want, got bytes.Buffer
		if json.Compact(&compact, text) != nil {
			return
		}
		if err := json.Indent(&want, compact.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		if n, err := (indenter{&got}).Write(compact.Bytes()); err != nil || n != compact.Len() {
			t.Fatalf("wrote %d of %d bytes, %v", n, compact.Len(), err)
		}
		if !bytes.Equal(got.Bytes(), escapeJSON(want.Bytes())) {
			t.Errorf("got  %s\nwant %s", got.Bytes(), want.Bytes())
		}
	})
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteJSONTellsFailures(t *testing.T) {
	if err := WriteJSON(full{}, map[string]int{"a": 1}); !errors.Is(err, errFull) {
		t.Errorf("error %v, want %v", err, errFull)
	}
}
