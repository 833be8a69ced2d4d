package manifest

import (
	"strings"
	"testing"
)

// TestUnsourced: an object without its source is a patch of what is stated, is
// patched by something, or could not be checked.
func TestUnsourced(t *testing.T) {
	bare := "-- apps/a.yaml --\n" + ks + "metadata: {name: a}\nspec: {path: ./x}\n"
	const lost = "? apps/a.yaml:1 no-source Kustomization//a no spec.sourceRef, and nothing here patches it in"
	const source = "spec: {sourceRef: {kind: GitRepository, name: fleet}}"
	parent := func(spec string) string {
		return "-- cluster/p.yaml --\n" + ks + "metadata: {name: p}\nspec:\n  sourceRef: {}\n  " + spec + "\n"
	}
	kustomization := func(text string) string { return "-- apps/kustomization.yaml --\n" + text + "\n" }
	runRemarks(t, []archiveCase{
		{"alone", bare, lost},
		{"beside others", bare + "-- b.yaml --\n" + object("b"), lost},
		{"a resource", bare + kustomization("resources: [a.yaml]"), lost},
		{"a patch of an object", bare + "-- b.yaml --\n" + object("a"), ""},
		{"a patch of an object of another namespace", strings.Replace(bare, "a}", "a, namespace: x}", 1) + "-- b.yaml --\n" + object("a\n  namespace: z"), strings.Replace(lost, "//a", "/x/a", 1)},
		{"named as a patch", bare + kustomization("patches: [{path: a.yaml}]"), ""},
		{"a HelmRelease", "-- a.yaml --\n" + hr + "metadata: {name: a}\nspec: {values: {}}\n", "? a.yaml:1 no-source HelmRelease//a no spec.chart and no spec.chartRef, and nothing here patches it in"},
		{"of a ResourceSet, which has none", "-- a.yaml --\n" + rset + "metadata: {name: a}\n", ""},

		{"patched by its parent", bare + parent("patches: [{target: {kind: Kustomization}, patch: \""+source+"\"}]"), ""},
		{"patched by its parent, all kinds", bare + parent("patches: [{target: {name: '.*'}, patch: \""+source+"\"}]"), ""},
		{"another kind is patched", bare + parent("patches: [{target: {kind: HelmRelease}, patch: \""+source+"\"}]"), lost},
		{"another name is patched", bare + parent("patches: [{target: {kind: Kustomization, name: aa}, patch: \""+source+"\"}]"), lost},
		{"something else is patched", bare + parent("patches: [{target: {kind: Kustomization}, patch: \"spec: {interval: 1h}\"}]"), lost},
		{"an operation", bare + parent("patches: [{target: {kind: Kustomization}, patch: \"[{op: add, path: /spec/sourceRef, value: {}}]\"}]"), ""},
		{"an operation on something else", bare + parent("patches: [{target: {kind: Kustomization}, patch: \"[{op: add, path: /spec/sourceReference, value: {}}]\"}]"), lost},
		{"a test is no change", bare + parent("patches: [{target: {kind: Kustomization}, patch: \"[{op: test, path: /spec/sourceRef, value: {}}]\"}]"), lost},
		{"by name without a target", bare + parent("patches: [{patch: \"{kind: Kustomization, metadata: {name: a}, "+source+"}\"}]"), ""},
		{"another name without a target", bare + parent("patches: [{patch: \"{kind: Kustomization, metadata: {name: b}, "+source+"}\"}]"), lost},

		{"patched inline", bare + kustomization("resources: [a.yaml]\npatches: [{target: {kind: Kustomization}, patch: \""+source+"\"}]"), ""},
		{"patched inline, the old way", bare + kustomization("resources: [a.yaml]\npatchesStrategicMerge:\n- |\n  kind: Kustomization\n  metadata: {name: a}\n  "+source), ""},
		{"patched by a file", bare + kustomization("patches: [{path: p.yaml}]") + "-- apps/p.yaml --\n" + ks + "metadata: {name: a}\n" + source + "\n", ""},
		{"patched by a file of operations", bare + kustomization("patches: [{path: p.yaml, target: {kind: Kustomization}}]") + "-- apps/p.yaml --\n- {op: add, path: /spec/sourceRef, value: {}}\n", ""},
		{"a broken patch", bare + parent("patches: [{target: {kind: Kustomization}, patch: \"spec: [\"}]"), lost},
	})
}

// TestEdits: what changes names or dependencies is not applied here.
func TestEdits(t *testing.T) {
	stated := "-- apps/a.yaml --\n" + object("a")
	patched := func(line, effect string) string {
		return "? apps/kustomization.yaml:" + line + " patch - a patch of Kustomization//a " + effect + "; patches are not applied here"
	}
	kustomization := func(text string) string { return "-- apps/kustomization.yaml --\n" + text + "\n" }
	inline := func(target, patch string) string {
		return stated + kustomization("resources: [a.yaml]\npatches:\n- target: {"+target+"}\n  patch: \""+patch+"\"")
	}
	runRemarks(t, []archiveCase{
		{"an operation on dependsOn", inline("kind: Kustomization", "[{op: add, path: /spec/dependsOn/-, value: {name: b}}]"), patched("3", "changes its dependsOn")},
		{"dependsOn", inline("kind: Kustomization", "spec: {dependsOn: [{name: b}]}"), patched("3", "changes its dependsOn")},
		{"moved away", inline("", "[{op: move, from: /spec/dependsOn, path: /spec/x}]"), patched("3", "changes its dependsOn")},
		{"the whole spec", inline("kind: Kustomization", "[{op: replace, path: /spec, value: {}}]"), patched("3", "replaces its spec")},
		{"a name", inline("kind: Kustomization", "[{op: replace, path: /metadata/name, value: b}]"), patched("3", "changes its name or namespace")},
		{"deleted", inline("kind: Kustomization", "{$patch: delete, metadata: {name: a}}"), patched("3", "deletes it")},
		{"an interval", inline("kind: Kustomization", "spec: {interval: 1h}"), ""},
		{"a label", inline("kind: Kustomization", "[{op: add, path: /metadata/labels/name, value: b}]"), ""},
		{"another group", inline("group: apps, kind: Kustomization", "spec: {dependsOn: []}"), ""},
		{"another kind", inline("kind: Deployment", "[{op: add, path: /spec/dependsOn, value: []}]"), ""},
		{"a component", stated + "-- c/kustomization.yaml --\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- target: {kind: Kustomization}\n  patch: |-\n    - op: add\n      path: /spec/dependsOn/-\n      value: {name: x}\n", "? c/kustomization.yaml:4 patch - a patch of Kustomization//a changes its dependsOn; patches are not applied here"},
		{"a file of operations", stated + kustomization("patches: [{path: p.yaml, target: {kind: Kustomization}}]") + "-- apps/p.yaml --\n- {op: add, path: /spec/dependsOn/-, value: {name: b}}\n", "? apps/p.yaml:1 patch - a patch of Kustomization//a changes its dependsOn; patches are not applied here"},
		{"a file that nothing names", stated + "-- apps/p.yaml --\n- {op: add, path: /spec/dependsOn/-, value: {name: b}}\n", ""},
		{"a patch with dependsOn", stated + kustomization("patches: [{path: p.yaml}]") + "-- apps/p.yaml --\n" + ks + "metadata: {name: a}\nspec: {dependsOn: [{name: b}]}\n", "? apps/p.yaml:1 patch Kustomization//a a patch that changes its dependsOn; patches are not applied here"},
		{"a patch that deletes", stated + kustomization("patches: [{path: p.yaml}]") + "-- apps/p.yaml --\n$patch: delete\n" + ks + "metadata: {name: a}\n", "? apps/p.yaml:1 patch Kustomization//a a patch that deletes it; patches are not applied here"},
		{"a prefix", stated + kustomization("resources: [a.yaml]\nnamePrefix: x-"), "? apps/kustomization.yaml:2 patch - namePrefix changes the name of Kustomization//a, and is not applied here"},
		{"a suffix", stated + kustomization("resources: [a.yaml]\nnameSuffix: -x"), "? apps/kustomization.yaml:2 patch - nameSuffix changes the name of Kustomization//a, and is not applied here"},
		{"a prefix of others", stated + "-- other/kustomization.yaml --\nnamePrefix: x-\nresources: [cm.yaml]\n", ""},
		{"a prefix of a folder elsewhere", stated + "-- other/kustomization.yaml --\nresources: [../apps]\nnamePrefix: x-\n", "? other/kustomization.yaml:2 patch - namePrefix changes the name of Kustomization//a, and is not applied here"},
		{"a parent's prefix", stated + "-- p.yaml --\n" + ks + "metadata: {name: p}\nspec:\n  sourceRef: {}\n  path: ./apps\n  namePrefix: x-\n", "? p.yaml:7 patch - namePrefix changes the name of Kustomization//a, and is not applied here"},
		{"a parent's prefix elsewhere", stated + "-- p.yaml --\n" + ks + "metadata: {name: p}\nspec: {sourceRef: {}, path: ./other, namePrefix: x-}\n", ""},
	})
}
