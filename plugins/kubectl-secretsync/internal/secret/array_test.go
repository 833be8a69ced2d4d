package secret

import (
	"errors"
	"runtime"
	"strings"
	"testing"
)

// TestArraysThatNeverEnd take no more memory than a few times their text, and
// are no answers.
func TestArraysThatNeverEnd(t *testing.T) {
	const bytes = 2 << 20
	endless := func(element string) string {
		return "[" + strings.Repeat(element+",", bytes/len(element)) + element + "]"
	}
	item := func(field string) string { return `{"metadata":{"name":"a",` + field + `}}` }
	list := func(items string) []byte {
		return []byte(`{"kind":"PartialObjectMetadataList","items":` + items + `}`)
	}
	for name, text := range map[string][]byte{
		"items":              list(endless(`{}`)),
		"named items":        list(endless(item(`"namespace":"n"`))),
		"owners":             list("[" + item(`"ownerReferences":`+endless(`{}`)) + "]"),
		"managers":           list("[" + item(`"managedFields":`+endless(`{}`)) + "]"),
		"finalizers":         list("[" + item(`"finalizers":`+endless(`""`)) + "]"),
		"many owners of all": list(endless(item(`"ownerReferences":[` + strings.Repeat(`{},`, maxElements) + `{}]`))),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := DecodeMetaList(text)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; !errors.Is(err, ErrTooMany) || took > 6*bytes {
			t.Errorf("%s: %v, and took %d MiB", name, err, took>>20)
		}
	}
}

// TestArray: an array is what it is elsewhere, up to its limit.
func TestArray(t *testing.T) {
	most := "[" + strings.TrimSuffix(strings.Repeat(`"f",`, maxElements), ",") + "]"
	for text, want := range map[string]int{most: maxElements, `[]`: 0, `null`: 0, `["f"]`: 1} {
		meta, err := DecodeMeta([]byte(`{"metadata":{"name":"a","finalizers":["x","y"],"finalizers":` + text + `}}`))
		if err != nil || len(meta.Finalizers) != want {
			t.Errorf("%.20s: %d, %v", text, len(meta.Finalizers), err)
		}
	}
	for _, text := range []string{`{}`, `"f"`, `[1]`} {
		if _, err := DecodeMeta([]byte(`{"metadata":{"name":"a","finalizers":` + text + `}}`)); !errors.Is(err, ErrNotSecret) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
