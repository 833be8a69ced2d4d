package manifest

import (
	"fmt"
	"strings"
	"testing"
)

func TestLists(t *testing.T) {
	item := func(name string) string {
		return "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: " + name + "}, spec: {sourceRef: {}}}"
	}
	runArchives(t, []archiveCase{
		{
			"list", "-- a.yaml --\nx: y\n---\napiVersion: v1\nkind: List\nitems:\n- " + item("a") + "\n- kind: Other\n- " + item("b") + "\n",
			"Kustomization//a a.yaml:6\nKustomization//b a.yaml:8\nobjects=2 other=2",
		},
		{
			"typed list", "-- a.yaml --\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: KustomizationList\nitems:\n- metadata: {name: a}\n  spec:\n    sourceRef: {}\n    suspend: x\n- 3\n",
			"Kustomization//a a.yaml:4\n! a.yaml:7: Kustomization//a: spec.suspend is of the wrong type (string), so it is left out\n! a.yaml:8: " + notObject + "\nobjects=1 other=1",
		},
		{"other list", "-- a.yaml --\napiVersion: v1\nkind: ConfigMapList\nitems:\n- " + item("a") + "\n", "other=1"},
		{"empty list", "-- a.yaml --\nkind: List\nitems: []\n---\nkind: List\n---\nkind: List\nitems: null\n", "other=3"},
		{"items of another shape", "-- a.yaml --\nx: y\n---\nkind: List\nitems: {a: b}\n", "! a.yaml:3: a list whose items cannot be read\nother=1 failed=1"},
		{"item behind an alias", "-- a.yaml --\nx: &a\n  " + item("a") + "\nkind: List\nitems:\n- *a\n", "Kustomization//a a.yaml:5\nobjects=1"},
		{"lists in lists", "-- a.yaml --\n" + nested(3, item("a")), "Kustomization//a a.yaml:1\nobjects=1"},
		{"too many lists in lists", "-- a.yaml --\n" + nested(MaxListDepth+1, item("a")), "! a.yaml:1: more than 8 lists in one another\nfailed=1"},
	})
}

func nested(depth int, item string) string {
	return strings.Repeat("{kind: List, items: [", depth) + item + strings.Repeat("]}", depth)
}

func TestJSON(t *testing.T) {
	item := func(name string) string {
		return `{"apiVersion": "kustomize.toolkit.fluxcd.io/v1",` + "\n" + `"kind": "Kustomization", "metadata": {"name": "` + name + `"}, "spec": {"sourceRef": {}}}`
	}
	runArchives(t, []archiveCase{
		{"one", "-- a.json --\n\n" + item("a"), "Kustomization//a a.json:2\nobjects=1"},
		{"concatenated", "-- a.json --\n" + item("a") + item("b") + "\n\n" + item("c"), "Kustomization//a a.json:1\nKustomization//b a.json:2\nKustomization//c a.json:5\nobjects=3"},
		{"with separators", "-- a.json --\n" + item("a") + "\n---\n" + item("b") + " # end\n--- " + item("c"), "Kustomization//a a.json:1\nKustomization//b a.json:4\nKustomization//c a.json:6\nobjects=3"},
		{
			"list", "-- a.json --\n" + `{"kind": "List", "metadata": {}, "items": [` + "\n" + item("a") + ",\n1,\n" + item("b") + "]}",
			"Kustomization//a a.json:2\nKustomization//b a.json:5\n! a.json:4: " + notObject + "\nobjects=2 other=1",
		},
		{"line separator in a string", "-- a.json --\n{\"x\": \"\u2028\"}\n" + item("a"), "Kustomization//a a.json:2\nobjects=1 other=1"},
		{"array", "-- a.json --\n[1, 2]\n", "! a.json:1: " + notObject + "\nother=1"},
		{"status", "-- a.json --\n" + `{"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "a"}, "spec": {"chartRef": {}}, "status": {}}`, "HelmRelease//a a.json:1\nobjects=1"},
		{"cut off", "-- a.json --\n" + item("a") + "\n{\"a\":\n---\nx: y\n", "Kustomization//a a.json:1\n! a.json:3: not YAML: did not find expected <document start>\nobjects=1 other=1 failed=1"},
		{"cut off later", "-- a.json --\n" + item("a") + "\n{}\n\n{\"a\":\n---\nx: y\n", "Kustomization//a a.json:1\n! a.json:5: not JSON: unexpected text behind a value\nobjects=1 other=2 failed=1"},
		{"comments", "-- a.json --\n# first\n" + item("a") + " # last\n", "Kustomization//a a.json:2\nobjects=1"},
		{"yaml in braces", "-- a.json --\n{a: b,\n c: d}\n", "other=1"},
		{"neither", "-- a.json --\n{\"a\": 1,\n\"b\" 2}\n", "! a.json:2: not YAML: did not find expected ',' or '}'\nfailed=1"},
	})
}

// TestHostile reads inputs that would take for ever, or all memory, unbounded.
func TestHostile(t *testing.T) {
	flow := func(head, body string) string {
		return "-- a.yaml --\n" + ks + head + "metadata: {name: a}\n" + body + "\n"
	}
	bomb := "a0: &a0 [" + strings.Repeat("x,", 9) + "]\n"
	for i := 1; i < 12; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9))
	}
	runArchives(t, []archiveCase{
		{"alias bomb", flow("", bomb), "! a.yaml:1: its aliases expand to too much text\nfailed=1"},
		{"few aliases of much text", flow("", "a: &a "+strings.Repeat("x", 1<<20)+"\nb: ["+strings.Repeat("*a,", 90)+"]"), "! a.yaml:1: its aliases expand to too much text\nfailed=1"},
		{"bomb in another kind", "-- a.yaml --\n" + bomb, "other=1"},
		{"nesting", flow("", "a: "+strings.Repeat("[", 20_000)), "! a.yaml:4: not YAML: exceeded max depth of 10000\nfailed=1"},
		{"JSON nesting", "-- a.json --\n" + strings.Repeat("[", 1_000_000), "! a.json:1: not YAML: exceeded max depth of 10000\nfailed=1"},
		{"nesting that is allowed", flow("", "a: "+strings.Repeat("[", 9_000)+strings.Repeat("]", 9_000)+"\nspec: {sourceRef: {}}"), "Kustomization//a a.yaml:1\nobjects=1"},
		{"document size", "-- a.yaml --\nx: " + strings.Repeat("x", MaxYAML) + "\n---\ny: z\n", "! a.yaml:1: a YAML document larger than 16 MiB, which is the most that is read; JSON may be larger\nother=1 failed=1"},
		{
			"many documents", "-- a.yaml --\n" + strings.Repeat("--- x\n", MaxDocuments) + "---\ny: z\n---\nw: z\n",
			"! a.yaml:1: " + notObject + "\n! a.yaml:2: " + notObject + "\n! a.yaml:3: " + notObject + "\n" +
				"! a.yaml:100001: more than 100000 documents: the rest is not read\n! and 99997 more documents that are no object\nother=100000 failed=2",
		},
		{
			"many items", "-- a.json --\n{\"kind\": \"List\", \"items\": [" + strings.Repeat("{},", MaxDocuments) + "{},{}]} {} {}\n",
			"! a.json:1: more than 100000 documents: the rest is not read\nother=100000 failed=3",
		},
	})
}
