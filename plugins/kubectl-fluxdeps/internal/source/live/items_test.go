package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// collect reads a list in pieces of one byte, so that everything is cut
// everywhere, and returns its items and the token.
func collect(text string) (items []string, next string, err error) {
	next, err = readItems(iotest.OneByteReader(strings.NewReader(text)), func(item []byte) error {
		items = append(items, string(item))
		return nil
	})
	return items, next, err
}

func TestReadItems(t *testing.T) {
	for name, c := range map[string]struct{ text, items, next string }{
		"an API server's":       {`{"apiVersion":"v1","items":[{"a":"}"},{"b":["\"]\\"]}],"kind":"KList","metadata":{"continue":"n","resourceVersion":"1"}}`, `{"a":"}"}|{"b":["\"]\\"]}`, "n"},
		"metadata first":        {`{"metadata":{"continue":"n"},"items":[{}]}`, `{}`, "n"},
		"white space":           {" {\n \"items\" : [ {\"a\": 1} ,\t{} ] }\n", `{"a": 1}|{}`, ""},
		"no items":              {`{"items":[],"metadata":{}}`, "", ""},
		"null":                  {`{"items":null,"metadata":{"remainingItemCount":1}}`, "", ""},
		"items of another kind": {`{"other":{"items":[1]},"n":-1,"items":[{}]}`, `{}`, ""},
		"an escaped key":        {`{"\u0069tems":[{}]}`, `{}`, ""},
		"kind first":            {`{"kind":"List","items":[{}]}`, `{}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			items, next, err := collect(c.text)
			if got := strings.Join(items, "|"); err != nil || got != c.items || next != c.next {
				t.Errorf("items %s, next %q, %v", got, next, err)
			}
		})
	}
}

func TestReadItemsRefuses(t *testing.T) {
	for _, text := range []string{
		"", "x", "[]", "<html>", `{"items":[{}`, `{"items":[{"a":"`, `{"items":[{}]`, `{"items":[{} {}]}`, `{"items" []}`, `{1:2}`, `{"metadata":1}`, `{"items":[}`,
		// Of another shape: no list without items.
		`{}`, `{"kind":"KustomizationList","metadata":{}}`, `{"kind":"Table","rows":[]}`, `{"rows":[],"kind":"Table"}`,
		`{"kind":"Table","items":[{}]}`, `{"kind":"Status","status":"Success"}`, `{"kind":1,"items":[]}`,
	} {
		if items, _, err := collect(text); !errors.Is(err, errList) {
			t.Errorf("%s: items %q, error %v, want %v", text, items, err, errList)
		}
	}
	broken := errors.New("connection reset")
	if _, err := readItems(io.MultiReader(strings.NewReader(`{"items":[{`), iotest.ErrReader(broken)), nil); !errors.Is(err, broken) {
		t.Errorf("error %v, want the reader's", err)
	}
	full := errors.New("full")
	if _, err := readItems(strings.NewReader(`{"items":[{}]}`), func([]byte) error { return full }); !errors.Is(err, full) {
		t.Errorf("error %v, want the taker's", err)
	}
}

// FuzzReadItems cuts any list as encoding/json does.
func FuzzReadItems(f *testing.F) {
	for _, seed := range []string{`{"items":[{"a":"\\\""},1,"x",null,[{}]],"metadata":{"continue":"c"}}`, `{"items": [ ] , "a":[[]]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got [][]byte
		_, err := readItems(bytes.NewReader(data), func(item []byte) error {
			got = append(got, bytes.TrimSpace(bytes.Clone(item)))
			return nil
		})
		var fields map[string]json.RawMessage
		var want []json.RawMessage
		// A key that stands there twice has its last value for encoding/json.
		if bytes.Count(data, []byte("items")) != 1 || json.Unmarshal(data, &fields) != nil || json.Unmarshal(fields["items"], &want) != nil || err != nil {
			return
		}
		if len(got) != len(want) {
			t.Fatalf("%d items, want %d", len(got), len(want))
		}
		for i := range want {
			if !bytes.Equal(got[i], want[i]) {
				t.Errorf("item %d is %s, want %s", i, got[i], want[i])
			}
		}
	})
}
