package manifest

import (
	"fmt"
	"strings"
	"testing"
)

const notObject = "not an object: a mapping with apiVersion, kind and metadata is expected"

const ks = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"

func TestDocuments(t *testing.T) {
	source := "spec: {sourceRef: {kind: GitRepository, name: flux}}\n"
	obj := func(name string) string { return ks + "metadata: {name: " + name + "}\n" + source }
	runArchives(t, []archiveCase{
		{"one", "-- a.yaml --\n" + obj("a"), "Kustomization//a a.yaml:1\nobjects=1"},
		{"two", "-- a.yaml --\n" + obj("a") + "---\n" + obj("b"), "Kustomization//a a.yaml:1\nKustomization//b a.yaml:6\nobjects=2"},
		{"comments first", "-- a.yaml --\n# x\n---\n# y\n\n" + obj("a"), "Kustomization//a a.yaml:5\nobjects=1"},
		{"no line break at the end", "-- a.yaml --\n" + obj("a") + "---\\c", "Kustomization//a a.yaml:1\nobjects=1"},
		{"byte order mark", "-- a.yaml --\n\\BOM" + obj("a"), "Kustomization//a a.yaml:1\nobjects=1"},
		{
			"crlf", "-- a.yaml --\na: b\\r\n---\\r\napiVersion: kustomize.toolkit.fluxcd.io/v1\\r\nkind: Kustomization\\r\nmetadata:\\r\n  name: a\\r\nspec:\\r\n  sourceRef: {}\\r\n",
			"Kustomization//a a.yaml:3\nobjects=1 other=1",
		},
		{"lone cr", "-- a.yaml --\nx: y\\r---\\r" + obj("a"), "! a.yaml:1: not YAML: a second document without a line \"---\" before it\nother=1 failed=1"},
		{"line separator", "-- a.yaml --\nx: \"\u2028\"\n---\n" + obj("a"), "Kustomization//a a.yaml:3\nobjects=1 other=1"},
		{
			"separator with comment", "-- a.yaml --\n--- # first\n" + obj("a") + "--- \t# second\n" + obj("b"),
			"Kustomization//a a.yaml:2\nKustomization//b a.yaml:7\nobjects=2",
		},
		{
			"inline document", "-- a.yaml --\n--- {apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: a}, spec: {sourceRef: {}}}\n---\n{x: y}\n",
			"Kustomization//a a.yaml:1\nobjects=1 other=1",
		},
		{
			"end marker", "-- a.yaml --\n" + obj("a") + "...\n" + obj("b") + "... # end\n---\n" + obj("c"),
			"Kustomization//a a.yaml:1\nKustomization//b a.yaml:6\nKustomization//c a.yaml:12\nobjects=3",
		},
		{
			"directive", "-- a.yaml --\n# x\n%YAML 1.2\n---\n" + obj("a") + "...\n%YAML 1.1\n# y\n---\n" + obj("b"),
			"Kustomization//a a.yaml:4\nKustomization//b a.yaml:12\nobjects=2",
		},
		{"empty documents", "-- a.yaml --\n---\n---\n# c\n---\n\n---\nnull\n---\n" + obj("a") + "---\n", "Kustomization//a a.yaml:9\nobjects=1"},
		{
			"separator in a block", "-- a.yaml --\n" + ks + "metadata:\n  name: a\n  annotations:\n    x: |\n      ---\n      kind: y\n    z: a---\n" + source + "--- |\n ---\n",
			"Kustomization//a a.yaml:1\n" + "! a.yaml:11: " + notObject + "\nobjects=1 other=1",
		},
		{"no separator", "-- a.yaml --\n---a: b\n---- c: d\n" + obj("a"), "Kustomization//a a.yaml:1\nobjects=1"},
		{"redefined anchor", "-- a.yaml --\nx: &a a\n" + ks + "metadata: {name: &a b, namespace: *a}\n" + source, "Kustomization/b/b a.yaml:1\nobjects=1"},
		{
			"merge keys", "-- a.yaml --\nbase: &base\n  apiVersion: kustomize.toolkit.fluxcd.io/v1\n  kind: Kustomization\nmetadata: &m {name: a}\nspec:\n  <<: {sourceRef: {}}\n  dependsOn:\n  - <<: *m\n    namespace: ns\n<<: *base\n",
			"Kustomization//a a.yaml:1 <ns/a\nobjects=1",
		},
		{"repeated key", "-- a.yaml --\nkind: X\n" + obj("a"), "Kustomization//a a.yaml:1\nobjects=1"},
		{"unknown tags", "-- a.yaml --\nx: !vault {a: !b c}\n" + obj("!name a"), "Kustomization//a a.yaml:1\nobjects=1"},
		{"yaml 1.1", "-- a.yaml --\n" + ks + "metadata: {name: a}\nspec: {sourceRef: {}, suspend: yes, wait: on}\n", "Kustomization//a a.yaml:1\nobjects=1"},
		{"sops", "-- a.yaml --\n" + obj("a") + "sops:\n  mac: ENC[AES256_GCM,data:x=,iv:y,tag:z,type:str]\n  version: 3.9.0\n", "Kustomization//a a.yaml:1\nobjects=1"},
		{"kustomize's own", "-- kustomization.yaml --\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: a}\n", "other=1"},
		{"no object", "-- a.yaml --\n- op: add\n---\ntext\n---\nx: y\n", "! a.yaml:1: " + notObject + "\n! a.yaml:3: " + notObject + "\nother=3"},
		// A folder holds JSON patches and values that nobody meant us to read.
		{"no object in a folder", "-- a.yaml --\n- op: add\n-- b.yaml --\ntext\n", "other=2"},
		{
			"all kinds", "-- a.yaml --\n{apiVersion: helm.toolkit.fluxcd.io/v2beta2, kind: HelmRelease, metadata: {name: a, namespace: ns}, spec: {chart: {}}}\n---\n{apiVersion: fluxcd.controlplane.io/v1, kind: ResourceSet, metadata: {name: a}}\n---\n{apiVersion: source.toolkit.fluxcd.io/v1, kind: OCIRepository, metadata: {name: a}, spec: {url: x}}\n---\n{apiVersion: source.toolkit.fluxcd.io/v1, kind: ExternalArtifact, metadata: {name: a}}\n",
			"HelmRelease/ns/a a.yaml:1\nResourceSet//a a.yaml:3\nOCIRepository//a a.yaml:5\nExternalArtifact//a a.yaml:7\nobjects=4",
		},
	})
}

func TestBroken(t *testing.T) {
	good := "---\n" + ks + "metadata: {name: good}\nspec: {sourceRef: {}}\n"
	bad := func(name, text, want string) archiveCase {
		return archiveCase{name, "-- a.yaml --\n" + good + "---\n" + text + good, "Kustomization//good a.yaml:2\n! a.yaml:" + want + "\nobjects=1 duplicates=1 failed=1"}
	}
	cases := []archiveCase{
		bad("key", "x:\n  a: 1\n b: 2\n", "9: not YAML: did not find expected key"),
		bad("flow", "x: [1,\ny: 2\n", "8: not YAML: did not find expected ',' or ']'"),
		bad("quote", "x: 1\ny: \"secret\n", "8: not YAML: found unexpected end of stream"),
		bad("colon", "a: 1\nb\nc: 2\n", "8: not YAML: could not find expected ':'"),
		bad("first line", "a: b: c\n", "7: not YAML: mapping values are not allowed in this context"),
		bad("anchor", "a: 1\nb: *secret\n", "8: not YAML: an alias names an anchor that is not in the document"),
		bad("byte", "a: 1\nb: \\x\n", "8: not YAML: invalid leading UTF-8 octet"),
		bad("escape", "a: 1\nb: \\e[31m\n", "8: not YAML: control characters are not allowed"),
		bad("template", "a: 1\n{{- if .x }}\nb: 2\n{{- end }}\n", "8: not YAML: could not find expected ':'; it looks like a template, and templates are not rendered here"),
		bad("template that parses", ks+"metadata: {name: \"{{ .name }}\"}\n", "7: Kustomization with a template in its name; templates are not rendered here"),
		bad("template as a key", ks+"metadata:\n  name: {{ .name }}\n", "7: a key is not a string; it looks like a template, and templates are not rendered here"),
		bad("nameless", ks+"spec: {}\n", "7: Kustomization without metadata.name"),
		bad("name is a number", ks+"metadata: {name: 12}\n", "7: Kustomization without metadata.name: metadata.name is of the wrong type (number)"),
		bad("metadata is a list", ks+"metadata: [secret]\n", "7: Kustomization without metadata.name: metadata is of the wrong type (array)"),
		bad("own anchor", ks+"metadata: &a {name: *a}\n", "7: an anchor contains itself"),
		bad("null key", ks+"~: x\n", "7: a key is not a string"),
		bad("tag", ks+"x: !!float secret\n", "7: it has a value that JSON does not know"),
		bad("not a number", ks+"x: .nan\n", "7: it has a number that JSON does not know"),
	}
	for i, c := range cases {
		// The second good one is a duplicate, which has its own test.
		cases[i].files = c.files[:len(c.files)-len(good)] + "---\nx: y\n"
		cases[i].want = c.want[:len(c.want)-len("duplicates=1 failed=1")] + "other=1 failed=1"
	}
	runArchives(t, append(cases,
		archiveCase{"text behind", "-- a.yaml --\n{a: b}\n\n{{ c }}\n---\n" + good, "Kustomization//good a.yaml:6\n! a.yaml:3: not YAML: did not find expected <document start>; it looks like a template, and templates are not rendered here\nobjects=1 other=1 failed=1"},
		archiveCase{"many", "-- a.yaml --\n" + strings.Repeat("---\na: [\n", 25), manyWant() + "! and 15 more documents that could not be read\nfailed=25"},
	))
}

func TestWrongFields(t *testing.T) {
	runArchives(t, []archiveCase{
		{
			"dependsOn is a string", "-- a.yaml --\n" + ks + "metadata: {name: a}\nspec:\n  sourceRef: {}\n  dependsOn: secret\n",
			"Kustomization//a a.yaml:1\n! a.yaml:6: Kustomization//a: spec.dependsOn is of the wrong type (string), so it is left out\nobjects=1",
		},
		{
			"one dependency is only a name", "-- a.yaml --\n" + ks + "metadata: {name: a}\nspec:\n  sourceRef: {}\n  dependsOn: [b, {name: c}]\n",
			"Kustomization//a a.yaml:1 </ </c\n! a.yaml:6: Kustomization//a: an entry of spec.dependsOn is of the wrong type (string), so it is left out\nobjects=1",
		},
		{
			"a dependency without a name beside another fault", "-- a.yaml --\n" + ks + "metadata: {name: a}\nspec:\n  sourceRef: {}\n  suspend: x\n  dependsOn: [{}]\n",
			"Kustomization//a a.yaml:1 </\n! a.yaml:6: Kustomization//a: spec.suspend is of the wrong type (string), so it is left out\n! a.yaml:7: Kustomization//a: an entry of spec.dependsOn has no name, so it is left out\nobjects=1",
		},
		{
			"dependsOn is a list of names", "-- a.yaml --\n" + ks + "metadata: {name: a}\nspec:\n  sourceRef: {}\n  dependsOn: [b, c]\n",
			"Kustomization//a a.yaml:1 </ </\n! a.yaml:6: Kustomization//a: an entry of spec.dependsOn is of the wrong type (string), so it is left out\nobjects=1",
		},
		{
			"a dependency without a name", "-- a.yaml --\n" + ks + "metadata: {name: a}\nspec:\n  sourceRef: {}\n  dependsOn:\n  - name: b\n  - named: c\n",
			"Kustomization//a a.yaml:1 </b </\n! a.yaml:7: Kustomization//a: an entry of spec.dependsOn has no name, so it is left out\nobjects=1",
		},
		{
			"spec is a list", "-- a.yaml --\n" + ks + "metadata: {name: a}\nspec: []\n",
			"Kustomization//a a.yaml:1\n! a.yaml:4: Kustomization//a: spec is of the wrong type (array), so it is left out\nobjects=1",
		},
		{
			"suspend is a variable", "-- a.yaml --\n" + ks + "metadata: {name: a}\nspec:\n  dependsOn: [{name: b}]\n  sourceRef: {}\n  suspend: ${X}\n",
			"Kustomization//a a.yaml:1 </b\n! a.yaml:7: Kustomization//a: spec.suspend is of the wrong type (string), so it is left out\nobjects=1",
		},
		{
			"labels", "-- a.yaml --\n" + ks + "metadata:\n  name: a\n  labels: {x: 12}\nspec: {sourceRef: {}}\n",
			"Kustomization//a a.yaml:1\n! a.yaml:5: Kustomization//a: metadata.labels is of the wrong type (number), so it is left out\nobjects=1",
		},
		{"variables stay", "-- a.yaml --\n" + ks + "metadata: {name: \"app-${X:=a}\"}\nspec: {sourceRef: {}}\n", "Kustomization//app-${X:=a} a.yaml:1\nobjects=1"},
	})
}

func manyWant() string {
	var b strings.Builder
	for i := 1; i <= 10; i++ {
		fmt.Fprintf(&b, "! a.yaml:%d: not YAML: did not find expected node content\n", 2*i)
	}
	return b.String()
}
