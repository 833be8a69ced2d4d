package flux

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestRefusals: the same entries are applied to a real API server in
// hack/e2e/fluxdeps.
func TestRefusals(t *testing.T) {
	for _, c := range []struct{ kind, dependsOn, want string }{
		{Kustomization, `[]`, ""},
		{Kustomization, `null`, "-1: spec.dependsOn is null, not a list of objects"},
		{Kustomization, ``, ""},
		{Kustomization, `[{"name":"a"}]`, ""},
		{Kustomization, `[{"name":"a","namespace":"b","readyExpr":"true"}]`, ""},
		{Kustomization, `[{"name":"a","namespace":null}]`, "0 namespace: spec.dependsOn[0].namespace is null, not a string"},
		{HelmRelease, `[{"name":"a","namespace":"b","readyExpr":"true"}]`, ""},
		{ResourceSet, `[{"apiVersion":"v1","kind":"Secret","name":"a","namespace":"b","ready":true,"readyExpr":"true"}]`, ""},
		{Kustomization, `["operator"]`, "0: spec.dependsOn[0] is a string, not an object; write {name: operator}"},
		{Kustomization, `["no such name"]`, "0: spec.dependsOn[0] is a string, not an object"},
		{Kustomization, `[{"name":"a"},"b",3,[],null,true]`, "1: spec.dependsOn[1] is a string, not an object; write {name: b}|2: spec.dependsOn[2] is a number, not an object|3: spec.dependsOn[3] is a list, not an object|4: spec.dependsOn[4] is null, not an object|5: spec.dependsOn[5] is a boolean, not an object"},
		{Kustomization, `{"name":"a"}`, "-1: spec.dependsOn is an object, not a list of objects"},
		{Kustomization, `"a"`, "-1: spec.dependsOn is a string, not a list of objects"},
		{HelmRelease, `true`, "-1: spec.dependsOn is a boolean, not a list of objects"},
		{Kustomization, `[{}]`, "0: spec.dependsOn[0] has no name, which is required"},
		{Kustomization, `[{"name":null}]`, "0 name: spec.dependsOn[0].name is null, not a string"},
		{Kustomization, `[{"name":1}]`, "0 name: spec.dependsOn[0].name is a number, not a string"},
		{Kustomization, `[{"name":"a","namespace":[]}]`, "0 namespace: spec.dependsOn[0].namespace is a list, not a string"},
		{Kustomization, `[{"name":"a","readyExpr":true}]`, "0 readyExpr: spec.dependsOn[0].readyExpr is a boolean, not a string"},
		{Kustomization, `[{"name":"a","kind":"Kustomization"}]`, "0 kind: spec.dependsOn[0].kind: field not declared in schema (a Kustomization depends on Kustomizations only)"},
		{HelmRelease, `[{"name":"a","kind":"Kustomization"}]`, "0 kind: spec.dependsOn[0].kind: field not declared in schema (a HelmRelease depends on HelmReleases only)"},
		{Kustomization, `[{"Name":"a"}]`, "0 Name: spec.dependsOn[0].Name: field not declared in schema|0: spec.dependsOn[0] has no name, which is required"},
		{Kustomization, `[{"name":"a","ready":true}]`, "0 ready: spec.dependsOn[0].ready: field not declared in schema"},
		{ResourceSet, `[{"kind":"Secret","name":"a"}]`, "0: spec.dependsOn[0] has no apiVersion, which is required"},
		{ResourceSet, `[{"apiVersion":"v1","kind":"Secret","name":"a","ready":"true"}]`, "0 ready: spec.dependsOn[0].ready is a string, not a boolean"},
	} {
		var got []string
		for _, r := range Refusals(c.kind, json.RawMessage(c.dependsOn)) {
			where := strings.TrimSpace(fmt.Sprintf("%d %s", r.Entry, r.Field))
			got = append(got, where+": "+r.Text)
		}
		if text := strings.Join(got, "|"); text != c.want {
			t.Errorf("%s %s\n got %s\nwant %s", c.kind, c.dependsOn, text, c.want)
		}
	}
}

// FuzzRefusals: no input panics, and an entry that is not refused has the
// fields that are required.
func FuzzRefusals(f *testing.F) {
	for _, seed := range []string{`[{"name":"a"}]`, `["a"]`, `{}`, `[{"name":1,"kind":"x"}]`, `[null]`, ` [ { "name" : "a" } ] `, `[{"name":"a","name":1}]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return // the reader passes on nothing else
		}
		for _, kind := range []string{Kustomization, HelmRelease, ResourceSet} {
			if len(Refusals(kind, data)) > 0 {
				continue
			}
			var entries []Dependency
			if err := json.Unmarshal(data, &entries); err != nil {
				t.Errorf("%s %s is not refused: %v", kind, data, err)
			}
		}
	})
}

func TestMisplaced(t *testing.T) {
	for field, want := range map[string]bool{
		"dependsOn": false, "DependsOn": true, "dependson": true, "dependOn": true, "depends-on": true, "depends_on": true,
		"dependencies": true, "path": false, "deletionPolicy": false, "": false,
	} {
		if Misplaced(field) != want {
			t.Errorf("%q: %v", field, !want)
		}
	}
}

func TestPlace(t *testing.T) {
	for want, r := range map[string]Remark{
		"a.yaml:3": {Origin: &Origin{"a.yaml", 3}},
		"a.yaml":   {Origin: &Origin{File: "a.yaml"}},
		"":         {Object: "HelmRelease/x/a"},
	} {
		if got := r.Place(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
