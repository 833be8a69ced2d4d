package manifest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// remarks prints findings and what was not checked, as the tables state it.
func remarks(result Result, dir string) string {
	var b strings.Builder
	for _, list := range []struct {
		mark    string
		remarks []flux.Remark
	}{{"!", result.Findings}, {"?", result.Unchecked}} {
		for _, r := range list.remarks {
			object := r.Object
			if object == r.Origin.File {
				object = "-"
			}
			fmt.Fprintf(&b, "%s %s %s %s %s\n", list.mark, r.Place(), r.Rule, object, r.Text)
		}
	}
	return strings.ReplaceAll(strings.TrimSpace(b.String()), dir+string(filepath.Separator), "")
}

func runRemarks(t *testing.T, cases []archiveCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, c.files)
			if got, want := remarks(read(t, dir), dir), strings.TrimSpace(c.want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

const (
	hr      = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
	rset    = "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\n"
	refused = ": the API server refuses it"
	unknown = " is not known before variables are replaced, which is not done here"
)

func TestRefused(t *testing.T) {
	depends := func(yaml string) string {
		return "-- a.yaml --\n" + ks + "metadata: {name: a}\nspec:\n  sourceRef: {}\n" + yaml
	}
	runRemarks(t, []archiveCase{
		{"nothing", depends("  dependsOn:\n  - name: b\n"), ""},
		{"strings", depends("  dependsOn:\n  - b\n  - c\n"), "! a.yaml:7 refused Kustomization//a spec.dependsOn[0] is a string, not an object; write {name: b}" + refused + "\n! a.yaml:8 refused Kustomization//a spec.dependsOn[1] is a string, not an object; write {name: c}" + refused},
		{"one string", depends("  dependsOn:\n  - name: b\n  - c\n"), "! a.yaml:8 refused Kustomization//a spec.dependsOn[1] is a string, not an object; write {name: c}" + refused},
		{"a map", depends("  dependsOn:\n    name: b\n"), "! a.yaml:6 refused Kustomization//a spec.dependsOn is an object, not a list of objects" + refused},
		{"a field more", depends("  dependsOn:\n  - name: b\n    kind: HelmRelease\n"), "! a.yaml:8 refused Kustomization//a spec.dependsOn[0].kind: field not declared in schema (a Kustomization depends on Kustomizations only)" + refused},
		{"a name that is a boolean", depends("  dependsOn:\n  - name: yes\n"), "! a.yaml:7 refused Kustomization//a spec.dependsOn[0].name is a boolean, not a string" + refused},
		{"an empty name", depends("  dependsOn:\n  - name: ''\n"), "! a.yaml:7 missing-dependency Kustomization//a spec.dependsOn[0].name is empty"},
		{"null", depends("  dependsOn:\n"), "! a.yaml:6 refused Kustomization//a spec.dependsOn is null, not a list of objects" + refused},
		{"of a HelmRelease", "-- a.yaml --\n" + hr + "metadata: {name: a}\nspec:\n  chartRef: {}\n  dependsOn: [b]\n", "! a.yaml:6 refused HelmRelease//a spec.dependsOn[0] is a string, not an object; write {name: b}" + refused},
		{"of a ResourceSet", "-- a.yaml --\n" + rset + "metadata: {name: a}\nspec:\n  dependsOn:\n  - name: b\n    kind: X\n", "! a.yaml:6 refused ResourceSet//a spec.dependsOn[0] has no apiVersion, which is required" + refused},
		{"in a list", "-- a.yaml --\nkind: List\nitems:\n- apiVersion: kustomize.toolkit.fluxcd.io/v1\n  kind: Kustomization\n  metadata: {name: a}\n  spec:\n    sourceRef: {}\n    dependsOn:\n    - b\n", "! a.yaml:9 refused Kustomization//a spec.dependsOn[0] is a string, not an object; write {name: b}" + refused},
		{
			"in JSON", "-- a.json --\n{\"apiVersion\": \"kustomize.toolkit.fluxcd.io/v1\", \"kind\": \"Kustomization\",\n \"metadata\": {\"name\": \"a\"},\n \"spec\": {\"sourceRef\": {},\n  \"dependsOn\": [\n   {\"name\": \"b\"},\n   \"c\"]}}",
			"! a.json:6 refused Kustomization//a spec.dependsOn[1] is a string, not an object; write {name: c}" + refused,
		},
		{"behind an alias", "-- a.yaml --\n" + ks + "metadata: {name: &n a}\nx: &d\n- b\nspec:\n  sourceRef: {}\n  dependsOn: *d\n", "! a.yaml:5 refused Kustomization//a spec.dependsOn[0] is a string, not an object; write {name: b}" + refused},
		{"of another kind", "-- a.yaml --\napiVersion: v1\nkind: X\nspec: {dependsOn: [a]}\n", ""},
		{"another case", depends("  dependson:\n  - name: b\n"), "! a.yaml:6 refused Kustomization//a spec.dependson: field not declared in schema; write spec.dependsOn" + refused},
		{"at the top", depends("dependsOn:\n- name: b\n"), "! a.yaml:6 refused Kustomization//a dependsOn: field not declared in schema; write spec.dependsOn" + refused},
		{"in the metadata", "-- a.yaml --\n" + ks + "metadata:\n  name: a\n  dependsOn: []\nspec: {sourceRef: {}}\n", "! a.yaml:5 refused Kustomization//a metadata.dependsOn: field not declared in schema; write spec.dependsOn" + refused},
		{"another field", depends("  suspend: 'yes'\n"), "! a.yaml:6 refused Kustomization//a spec.suspend is of the wrong type (string)" + refused},
		{"a source of the wrong type", "-- a.yaml --\n" + ks + "metadata: {name: a}\nspec:\n  sourceRef: fleet\n", "! a.yaml:5 refused Kustomization//a spec.sourceRef is of the wrong type (string)" + refused},
	})
}

func TestVariables(t *testing.T) {
	object := func(metadata, spec string) string {
		return "-- a.yaml --\n" + ks + "metadata:\n  " + metadata + "\nspec:\n  sourceRef: {name: fleet}\n  " + spec + "\n"
	}
	runRemarks(t, []archiveCase{
		{"name", object("name: app-${X:=a}", "path: x"), "? a.yaml:4 variable Kustomization//app-${X:=a} metadata.name" + unknown},
		{"namespace", object("{name: a, namespace: \"${NS}\"}", "path: x"), "? a.yaml:4 variable Kustomization/${NS}/a metadata.namespace" + unknown},
		{"path", object("name: a", "path: ./apps/${CLUSTER}"), "? a.yaml:7 variable Kustomization//a spec.path" + unknown},
		{"dependsOn", object("name: a", "dependsOn: [{name: \"${DB}\"}]"), "? a.yaml:7 variable Kustomization//a spec.dependsOn" + unknown},
		{"dependsOn as a whole", object("name: a", "dependsOn: ${DEPS}"), "? a.yaml:7 variable Kustomization//a spec.dependsOn" + unknown},
		{"source", "-- a.yaml --\n" + ks + "metadata: {name: a}\nspec:\n  sourceRef: {name: \"${S}\"}\n", "? a.yaml:5 variable Kustomization//a spec.sourceRef" + unknown},
		{"encrypted", object("name: a", "dependsOn: [{name: \"ENC[AES256_GCM,data:x]\"}]"), "? a.yaml:7 variable Kustomization//a spec.dependsOn" + unknown},
		// What cannot change the graph is no more than a note.
		{"elsewhere", object("name: a", "suspend: ${S}"), ""},
		{"values", "-- a.yaml --\n" + hr + "metadata: {name: a}\nspec: {chartRef: {name: c}, values: {x: \"${X}\"}}\n", ""},
		{"of a source", "-- a.yaml --\n{apiVersion: source.toolkit.fluxcd.io/v1, kind: Bucket, metadata: {name: \"${X}\"}, spec: {bucketName: b}}\n", ""},
	})
}

func TestUncheckedDocuments(t *testing.T) {
	good := "-- good.yaml --\n" + object("good")
	flow := "not YAML: did not find expected ',' or ']'"
	template := "not YAML: could not find expected ':'; it looks like a template, and templates are not rendered here"
	runRemarks(t, []archiveCase{
		{"good", good, ""},
		{"broken", good + "-- b.yaml --\nkind: x\na: [1,\nb: 2\n", "? b.yaml:3 unreadable - " + flow},
		{"broken behind a good document", good + "-- b.yaml --\n" + object("b") + "---\na: [1,\nb: 2\n", "? b.yaml:8 unreadable - " + flow},
		{"binary", good + "-- b.yaml --\na\\0\n", "? b.yaml unreadable - a binary file"},
		{"no name", good + "-- b.yaml --\n" + ks + "spec: {}\n", "? b.yaml:1 unreadable - Kustomization without metadata.name"},
		{"a template of Flux objects", good + "-- b.yaml --\n" + ks + "{{- if .x }}\nb: 2\n", "? b.yaml:3 template - " + template},
		{"a template of something else", good + "-- b.yaml --\na: 1\n{{- if .x }}\nb: 2\n", "? b.yaml:2 template - " + template},
		{"a template of a chart", good + "-- c/Chart.yaml --\nname: c\n-- c/templates/x/b.yaml --\na: 1\n{{- if .x }}\nb: 2\n", ""},
		{"a template of Flux objects of a chart", good + "-- c/Chart.yaml --\nname: c\n-- c/templates/b.yaml --\n" + ks + "{{- if .x }}\nb: 2\n", "? c/templates/b.yaml:3 template - " + template},
		{"broken beside a chart", good + "-- c/Chart.yaml --\nname: c\n-- c/b.yaml --\na: 1\n{{- if .x }}\nb: 2\n", "? c/b.yaml:2 template - " + template},
		{"broken in a chart", good + "-- c/Chart.yaml --\nname: c\n-- c/templates/b.yaml --\na: [1,\nb: 2\n", "? c/templates/b.yaml:2 unreadable - " + flow},
		{"a folder of that name", good + "-- templates/b.yaml --\na: 1\n{{- if .x }}\nb: 2\n", "? templates/b.yaml:2 template - " + template},
		{"a template by its name", good + "-- b.yaml.j2 --\n" + ks, "? b.yaml.j2 template - not read: a template of Flux objects; templates are not rendered here"},
		{"a template of something else by its name", good + "-- b.yaml.j2 --\nx: y\n", ""},
		{"encrypted as a whole", good + "-- b.yaml --\ndata: ENC[AES256_GCM,data:x]\nsops: {version: 3.9.0}\n", "? b.yaml:1 unreadable - encrypted as a whole, so that it may hold any object"},
		{"an encrypted type", good + "-- b.yaml --\napiVersion: ENC[AES256_GCM,data:x]\nkind: ENC[AES256_GCM,data:x]\nsops: {}\n", "? b.yaml:1 unreadable - encrypted as a whole, so that it may hold any object"},
		{"encrypted JSON", good + "-- b.json --\n{\"data\": \"ENC[x]\", \"sops\": {}}\n", "? b.json:1 unreadable - encrypted as a whole, so that it may hold any object"},
		{"an encrypted Secret", good + "-- b.yaml --\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {x: \"ENC[x]\"}\nsops: {}\n", ""},
		{"encrypted values", good + "-- b.yaml --\npassword: \"ENC[x]\"\nsops: {}\nuser: x\n", ""},
		{"a Table", good + "-- b.json --\n{\"kind\": \"Table\", \"apiVersion\": \"meta.k8s.io/v1\", \"rows\": []}\n", "? b.json:1 unreadable - a Table, which holds what kubectl prints and not the objects"},
	})
}

// TestNotThere: a path that gives nothing beside one that does.
func TestUncheckedPath(t *testing.T) {
	dir := write(t, "-- good.yaml --\n"+object("good"))
	result := read(t, filepath.Join(dir, "good.yaml"), filepath.Join(dir, "gone"))
	if got, want := remarks(result, dir), "? gone unreadable - it does not exist"; got != want || result.Empty != 1 {
		t.Errorf("%d empty, got\n%s", result.Empty, got)
	}
}

func TestDuplicates(t *testing.T) {
	full := func(name string) string { return ks + "metadata: {" + name + "}\nspec: {sourceRef: {}}\n" }
	runRemarks(t, []archiveCase{
		{"in one file", "-- a.yaml --\n" + full("name: a") + "---\n" + full("name: a"), "! a.yaml:6 duplicate Kustomization//a was read before at a.yaml:1"},
		{"in two folders", "-- a/a.yaml --\n" + full("name: a, namespace: ns") + "-- b/a.yaml --\n" + full("name: a, namespace: ns"), "! b/a.yaml:1 duplicate Kustomization/ns/a was read before at a/a.yaml:1"},
		{"without a namespace in two folders", "-- a/a.yaml --\n" + full("name: a") + "-- b/a.yaml --\n" + full("name: a"), "? b/a.yaml:1 ambiguous Kustomization//a was read before at a/a.yaml:1, and neither states a namespace"},
		{"in two namespaces", "-- a.yaml --\n" + full("name: a, namespace: x") + "---\n" + full("name: a, namespace: xx"), ""},
	})
}
