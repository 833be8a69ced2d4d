package manifest

import (
	"fmt"
	"strings"
	"testing"
)

const (
	isPatch  = " is taken for a patch, not an object: "
	noSource = isPatch + "no spec.sourceRef"
	deletes  = "Kustomization//a" + isPatch + "it has a $patch"
	named    = isPatch + "a kustomization.yaml names it as one; its dependsOn is not shown"
)

// Patches and duplicates are read from a folder: roles need all of its files.
func TestSettle(t *testing.T) {
	full := func(name string) string {
		return ks + "metadata: {name: " + name + "}\nspec: {sourceRef: {}, dependsOn: [{name: x}]}\n"
	}
	partial := func(name string) string { return ks + "metadata: {name: " + name + "}\nspec: {path: ./x}\n" }
	kustomization := "-- k/kustomization.yaml --\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
	runArchives(t, []archiveCase{
		{"partial is silent", "-- a.yaml --\n" + full("a") + "-- b.yaml --\n" + partial("a"), "Kustomization//a a.yaml:1 </x\nobjects=1 patches=1"},
		{
			"partial of each kind", "-- a.yaml --\n" + full("a") + "---\n{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: a}, spec: {values: {}}}\n---\n{apiVersion: source.toolkit.fluxcd.io/v1, kind: GitRepository, metadata: {name: a}, spec: {ref: {}}}\n---\n{apiVersion: source.toolkit.fluxcd.io/v1, kind: Bucket, metadata: {name: a}}\n---\n{apiVersion: source.toolkit.fluxcd.io/v1, kind: HelmChart, metadata: {name: a}, spec: {chart: null}}\n",
			"Kustomization//a a.yaml:1 </x\nHelmRelease//a a.yaml:6\nobjects=2 patches=3",
		},
		{"directive", "-- a.yaml --\n" + full("a") + "---\n$patch: delete\n" + full("b"), "Kustomization//a a.yaml:1 </x\n! a.yaml:6: Kustomization//b" + isPatch + "it has a $patch; its dependsOn is not shown\nobjects=1 patches=1"},
		{"nothing to patch", "-- a.yaml --\n" + partial("a") + "-- b.yaml --\n" + partial("b"), "Kustomization//a a.yaml:1\nKustomization//b b.yaml:1\nobjects=2"},
		{"only a patch", "-- a.yaml --\n$patch: delete\n" + partial("a"), "! a.yaml:1: Kustomization//a" + isPatch + "it has a $patch\npatches=1"},
		{"only a patch of a source", "-- a.yaml --\n{apiVersion: source.toolkit.fluxcd.io/v1, kind: Bucket, metadata: {name: a}}\n", "! a.yaml:1: Bucket//a" + isPatch + "no spec.bucketName\npatches=1"},
		{"many patches", "-- a.yaml --\n" + strings.Repeat("$patch: delete\n"+partial("a")+"---\n", 4), "! a.yaml:1: " + deletes + "\n! a.yaml:7: " + deletes + "\n! a.yaml:13: " + deletes + "\n! and 1 more documents that are taken for patches\npatches=4"},
		{
			"dependsOn of patches", "-- b.yaml --\n" + partial("c") + "-- c.yaml --\n" + ks + "metadata: {name: c}\nspec: {dependsOn: [{name: x}]}\n" + "-- d.yaml --\n" + full("c, namespace: ns"),
			"Kustomization/ns/c d.yaml:1 </x\n! c.yaml:1: Kustomization//c" + noSource + "; its dependsOn is not shown\nobjects=1 patches=2",
		},
		{
			"named as a resource", kustomization + "resources: [../a.yaml, ./b.yaml]\n-- a.yaml --\n" + partial("a") + "-- k/b.yaml --\n" + partial("b"),
			"Kustomization//a a.yaml:1\nKustomization//b k/b.yaml:1\nobjects=2 other=1",
		},
		{
			"named as patches", kustomization + "patches: [{path: a.yaml}, {patch: x}]\npatchesStrategicMerge:\n- b.yaml\n- |\n  x: y\npatchesJson6902: [{path: c.yaml}]\nresources: {x: y}\n" +
				"-- k/a.yaml --\n" + full("a") + "-- k/b.yaml --\n" + full("b") + "-- k/c.yaml --\n" + full("c") + "-- k/d.yaml --\n" + full("d"),
			"Kustomization//d k/d.yaml:1 </x\n! k/a.yaml:1: Kustomization//a" + named + "\n! k/b.yaml:1: Kustomization//b" + named + "\n! k/c.yaml:1: Kustomization//c" + named + "\nobjects=1 patches=3 other=1",
		},
		{"named as both", kustomization + "resources: [a.yaml]\npatches: [{path: a.yaml}]\n-- k/a.yaml --\n" + full("a"), "Kustomization//a k/a.yaml:1 </x\nobjects=1 other=1"},
		{
			"kustomization without a type", "-- kustomization.yml --\npatches: [{path: a.yaml}]\n-- a.yaml --\n" + full("a") + "-- b.yaml --\n" + full("b"),
			"Kustomization//b b.yaml:1 </x\n! a.yaml:1: Kustomization//a" + named + "\nobjects=1 patches=1 other=1",
		},
		{
			"duplicate", "-- one/a.yaml --\n" + full("a") + "-- two/a.yaml --\nx: y\n---\n" + full("a"),
			"Kustomization//a one/a.yaml:1 </x\n! two/a.yaml:3: Kustomization//a was read before at one/a.yaml:1: the first stays\nobjects=1 duplicates=1 other=1",
		},
		{
			"not a duplicate", "-- a.yaml --\n" + full("a") + "---\n" + full("a, namespace: b") + "-- b.yaml --\n" + strings.ReplaceAll(partial("a"), "kustomize", "x"),
			"Kustomization//a a.yaml:1 </x\nKustomization/b/a a.yaml:6 </x\nobjects=2 other=1",
		},
		{"many duplicates", "-- a.yaml --\n" + strings.Repeat(full("a")+"---\n", 9), "Kustomization//a a.yaml:1 </x\n" + manyDuplicates() + "! and 5 more objects that were read before: the first stays\nobjects=1 duplicates=8"},
		{"odd name", "-- a.yaml --\n" + full(`"a\ab"`) + "---\n" + full(`"a\ab"`), "Kustomization//a\ab a.yaml:1 </x\n! a.yaml:6: Kustomization//a\ab was read before at a.yaml:1: the first stays\nobjects=1 duplicates=1"},
	})
}

func manyDuplicates() string {
	var b strings.Builder
	for i := 1; i <= 3; i++ {
		fmt.Fprintf(&b, "! a.yaml:%d: Kustomization//a was read before at a.yaml:1: the first stays\n", 5*i+1)
	}
	return b.String()
}
