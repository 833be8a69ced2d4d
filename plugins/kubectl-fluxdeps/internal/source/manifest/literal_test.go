package manifest

import (
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// literalKS is a Kustomization as an element of a list.
func literalKS(indent, name, more string) string {
	lines := []string{"- apiVersion: kustomize.toolkit.fluxcd.io/v1", "  kind: Kustomization", "  metadata: {name: " + name + "}", "  spec: {sourceRef: {name: f}" + more + "}"}
	return indent + strings.Join(lines, "\n"+indent) + "\n"
}

const set = "-- a.yaml --\n" + rset + "metadata: {name: p, namespace: ns}\nspec:\n"

func TestLiterals(t *testing.T) {
	const own = "ResourceSet/ns/p a.yaml:1\n"
	runArchives(t, []archiveCase{
		{"one", set + "  resources:\n" + literalKS("  ", "a", ""), own + "Kustomization//a a.yaml:6\nobjects=2"},
		{"two with others between", set + "  resources:\n" + literalKS("  ", "a", "") + "  - {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n" + literalKS("  ", "b, namespace: x", ", dependsOn: [{name: a}]"), own + "Kustomization//a a.yaml:6\nKustomization/x/b a.yaml:11 </a\nobjects=3"},
		{"a HelmRelease", set + "  resources:\n  - {apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: h}, spec: {chartRef: {name: c}}}\n", own + "HelmRelease//h a.yaml:6\nobjects=2"},
		{"in steps", set + "  steps:\n  - name: one\n    resources:\n" + literalKS("    ", "a", "") + "  - name: two\n    resources:\n" + literalKS("    ", "b", ""), own + "Kustomization//a a.yaml:8\nKustomization//b a.yaml:14\nobjects=3"},
		{"a template beside", set + "  resources:\n" + literalKS("  ", "a", ", interval: << inputs.interval >>"), own + "Kustomization//a a.yaml:6\nobjects=2"},
		{"a plain template", set + "  resourcesTemplate: |\n    # x\n    ---\n" + strings.ReplaceAll(literalKS("    ", "a", ""), "- ", "  ") + "    ---\n    kind: X\n", own + "Kustomization//a a.yaml:8\nobjects=2"},
		{"disabled", set + "  resources:\n" + literalKS("  ", "a, annotations: {fluxcd.controlplane.io/reconcile: disabled}", ""), own + "objects=1"},
		{"a ResourceSet within", set + "  resources:\n  - apiVersion: fluxcd.controlplane.io/v1\n    kind: ResourceSet\n    metadata: {name: q}\n    spec:\n      resources:\n" + literalKS("      ", "a", ""), own + "ResourceSet//q a.yaml:6\nKustomization//a a.yaml:11\nobjects=3"},
		{"no list", set + "  resources: {a: b}\n  resourcesTemplate: 3\n", own + "objects=1"},
		{
			"in JSON", "-- a.json --\n{\"apiVersion\": \"fluxcd.controlplane.io/v1\", \"kind\": \"ResourceSet\", \"metadata\": {\"name\": \"p\"},\n\"spec\": {\"resources\": [\n{},\n{\"apiVersion\": \"kustomize.toolkit.fluxcd.io/v1\", \"kind\": \"Kustomization\", \"metadata\": {\"name\": \"a\"}, \"spec\": {\"sourceRef\": {}}}]}}",
			"ResourceSet//p a.json:1\nKustomization//a a.json:4\nobjects=2",
		},
		{
			"a cluster wrote both", set + "  resources:\n" + literalKS("  ", "a", "") + "status: {}\n-- b.yaml --\n" + object("a") + "status: {observedGeneration: 1}\n",
			own + "Kustomization//a b.yaml:1\nobjects=2 other=1",
		},
	})
}

func TestLiteralRemarks(t *testing.T) {
	runRemarks(t, []archiveCase{
		{"strings", set + "  resources:\n" + literalKS("  ", "a", ", dependsOn: [b]"), "! a.yaml:9 refused Kustomization//a spec.dependsOn[0] is a string, not an object; write {name: b}" + refused},
		{"a template in a name", set + "  resources:\n" + literalKS("  ", "app-<< inputs.tenant >>", ""), "? a.yaml:8 variable Kustomization//app-<< inputs.tenant >> metadata.name" + unknown},
		{"a template in dependsOn", set + "  resources:\n" + literalKS("  ", "a", ", dependsOn: [{name: << inputs.tenant >>}]"), "? a.yaml:9 variable Kustomization//a spec.dependsOn" + unknown},
		{"a template elsewhere", set + "  resources:\n" + literalKS("  ", "a", ", interval: << inputs.tenant >>"), ""},
		{"a kind that is a template", set + "  resources:\n  - {apiVersion: v1, kind: << inputs.kind >>}\n", "? a.yaml:6 template ResourceSet/ns/p a resource whose kind is a template; templates are not rendered here"},
		{"a template of Flux objects", set + "  resourcesTemplate: |\n    << range >>\n    apiVersion: kustomize.toolkit.fluxcd.io/v1\n", "? a.yaml:5 template ResourceSet/ns/p its resourcesTemplate makes Flux objects; templates are not rendered here"},
		{"a template of others", set + "  resourcesTemplate: |\n    << range >>\n    apiVersion: v1\n", ""},
		{"a broken document", set + "  resourcesTemplate: |\n    a: [\n", "? a.yaml:5 unreadable - a document of the resourcesTemplate is not YAML"},
		{"twice", set + "  resources:\n" + literalKS("  ", "a", "") + literalKS("  ", "a", ""), "! a.yaml:10 duplicate Kustomization//a was read before at a.yaml:6"},
		{"beside a document", set + "  resources:\n" + literalKS("  ", "a", "") + "-- b.yaml --\n" + object("a"), "! b.yaml:1 duplicate Kustomization//a was read before at a.yaml:6"},
		{"without a source", set + "  resources:\n" + strings.Replace(literalKS("  ", "a", ""), "sourceRef: {name: f}", "path: x", 1), "? a.yaml:6 no-source Kustomization//a no spec.sourceRef, and nothing here patches it in"},
	})
}

// TestMadeBy: an object in a ResourceSet is made by it, with its labels.
func TestMadeBy(t *testing.T) {
	dir := write(t, set+"  resources:\n"+literalKS("  ", "a, labels: {x: z}", ""))
	for _, o := range read(t, dir).Objects {
		if o.Kind == flux.ResourceSet {
			continue
		}
		labels := o.Labels
		if o.MadeBy == nil || o.MadeBy.String() != "ResourceSet/ns/p" || labels["x"] != "z" ||
			labels["resourceset.fluxcd.controlplane.io/name"] != "p" || labels["resourceset.fluxcd.controlplane.io/namespace"] != "ns" {
			t.Errorf("made by %v, labels %v", o.MadeBy, labels)
		}
	}
}
