package secret

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestManifests(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       string
	}{
		{"one", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: eA==}\n", "a(k)"},
		{"JSON", `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"k":"x"}}`, "a(k)"},
		{"several", "---\n# nothing\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\nstringData: {x: v}\ndata: {x: eA==, z: eA==}\n", "a() b(x z)"},
		{"behind the dashes", "--- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n--- # second\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\n", "a() b()"},
		{"of Windows", "---\r\napiVersion: v1\r\nkind: Secret\r\nmetadata: {name: a}\r\n---\r\napiVersion: v1\r\nkind: Secret\r\nmetadata: {name: b}\r\n", "a() b()"},
		{"a List", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n", "a() b()"},
		{"a key in a block", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  tls.key: |\n    -----BEGIN X-----\n    ---\n    -----END X-----\n", "a(tls.key)"},
		{"an anchor", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: &x v, b: *x}\n", "a(a b)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := Manifests(strings.NewReader(c.text))
			var words []string
			for _, s := range found {
				words = append(words, s.Meta.Name+"("+strings.Join(Keys(s.Data), " ")+")")
			}
			if got := strings.Join(words, " "); err != nil || got != c.want {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
}

// TestManifestErrors: they say where, and never quote.
func TestManifestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"": "no Secret in it", "# comment\n---\n": "no Secret in it",
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}":                     `document 1: "ConfigMap" of "v1", want a Secret of v1`,
		"apiVersion: v2\nkind: Secret\nmetadata: {name: a}":                        `"Secret" of "v2"`,
		"apiVersion: v1\nkind: Secret\n":                                           "a Secret without a name",
		"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: 'hunter2!'}": "not a Secret manifest",
		"apiVersion: v1\nkind: Secret\nstringData: {a: *hunter2}":                  "document 1: not",
		"a: b\n---\nx: [hunter2":                                                   "document 1",
		"hunter2":                                                                  "document 1",
		"kind: {hunter2: hunter2}":                                                 "document 1",
	} {
		_, err := Manifests(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzManifests: no text makes it panic, and each Secret that it gives has a
// name and prints nothing.
func FuzzManifests(f *testing.F) {
	f.Add("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: eA==}\n---\n")
	f.Add(`{"apiVersion":"v1","kind":"List","items":[{"kind":"Secret"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		found, err := Manifests(strings.NewReader(text))
		if err == nil && len(found) == 0 {
			t.Error("nothing, and no error")
		}
		for _, s := range found {
			if s.Meta.Name == "" {
				t.Errorf("no name: %v", s)
			}
		}
	})
}

// FuzzDecode: what a server answers is not to be trusted either.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"metadata":{"name":"a","deletionTimestamp":"2026-11-20T10:00:00Z","managedFields":[{"fieldsV1":{"f:data":{}}}]},"data":{"k":"eA=="},"type":"Opaque"}`))
	f.Add([]byte(`{"metadata":{"name":"a"},"data":{"k":1}}`))
	prints := NewFingerprinter()
	f.Fuzz(func(t *testing.T, text []byte) {
		whole, err := Decode(text)
		snapshot, snapshotErr := prints.DecodeSnapshot(text)
		if (err == nil) != (snapshotErr == nil) {
			t.Fatalf("%v, %v", err, snapshotErr)
		}
		if err != nil {
			return
		}
		for key, value := range whole.Data {
			if prints.Of(value.Reveal()) != snapshot.Data[key] {
				t.Errorf("key %q differs", key)
			}
		}
	})
}

// FuzzDecodeList: a page is taken whole, with a name for each object, or not at all.
func FuzzDecodeList(f *testing.F) {
	f.Add([]byte(`{"kind":"SecretList","metadata":{"continue":"x"},"items":[{"metadata":{"name":"a"},"data":{"k":"eA=="}}]}`))
	f.Add([]byte(`{"kind":"PartialObjectMetadataList","items":[{"metadata":{"name":"a","annotations":{"secretsync.datum.net/plans":"a,,b"}}},{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var sent struct {
			Kind  string            `json:"kind"`
			Items []json.RawMessage `json:"items"`
		}
		_ = json.Unmarshal(text, &sent)
		page, _, err := DecodeList(text)
		if err == nil && (sent.Kind != "SecretList" || len(page) != len(sent.Items)) || err != nil && page != nil {
			t.Errorf("%d of %d Secrets, %v", len(page), len(sent.Items), err)
		}
		metas, _, err := DecodeMetaList(text)
		if err == nil && (sent.Kind != "PartialObjectMetadataList" || len(metas) != len(sent.Items)) || err != nil && metas != nil {
			t.Errorf("%d of %d objects, %v", len(metas), len(sent.Items), err)
		}
		for _, meta := range metas {
			if meta.Name == "" {
				t.Error("an object without a name")
			}
			_, _ = meta.Plans(), meta.Origin()
		}
	})
}
