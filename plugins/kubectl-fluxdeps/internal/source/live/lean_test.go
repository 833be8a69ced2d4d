package live

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

func TestLean(t *testing.T) {
	for name, c := range map[string]struct{ item, want string }{
		"heavy fields": {
			`{"metadata":{"managedFields":[{"a":"}"}],"name":"a"},"spec":{"history":1},"status":{"conditions":[],"history":[]}}`,
			`{"metadata":{"name":"a"},"spec":{"history":1},"status":{"conditions":[]}}`,
		},
		"white space":    {`{ "metadata" : { "name" : "a" , "managedFields" : [ ] } }`, `{"metadata":{"name":"a"}}`},
		"of other types": {`{"metadata":null,"status":"x"}`, `{"metadata":null,"status":"x"}`},
		"nothing":        {`{}`, `{}`},
		"no object":      {`["managedFields"]`, ""},
		"broken":         {`{"metadata":{"managedFields":1},"a"}`, ""},
		"two":            {`{}{}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := lean([]byte("left from before"), []byte(c.item))
			if ok != (c.want != "") || ok && string(got) != c.want {
				t.Errorf("got  %s, %v\nwant %s", got, ok, c.want)
			}
		})
	}
}

// FuzzLean decodes any object, lean or not, to the same.
func FuzzLean(f *testing.F) {
	for _, seed := range []string{
		`{"metadata":{"name":"a","managedFields":[{}]},"status":{"history":[],"observedGeneration":2},"spec":{"dependsOn":[{"name":"b"}]}}`,
		`{"metadata":{"name":"a"},"metadata":{"\u006eame":"b"}}`, `{"status":{"inventory":{"entries":[{"id":"n_a_kustomize.toolkit.fluxcd.io_Kustomization"}]}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, item []byte) {
		if !json.Valid(item) || !utf8.Valid(item) {
			return
		}
		want, wantErr := flux.Decode(item)
		text, ok := lean(nil, item)
		if !ok {
			return
		}
		got, err := flux.Decode(text)
		if !reflect.DeepEqual(got, want) || (err == nil) != (wantErr == nil) {
			t.Errorf("lean  %+v, %v\nwhole %+v, %v", got, err, want, wantErr)
		}
	})
}
