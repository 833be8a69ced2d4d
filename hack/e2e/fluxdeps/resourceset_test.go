package fluxdeps_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// No controller of ResourceSets runs on the cluster, so that their statuses
// are written by the test. What they name is looked up on the real server.
func TestResourceSets(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: NS}")
	s.kustomization("ks", "fine")
	s.awaitReady("ks")
	s.resourceSet("ready")
	s.resourceSet("failed")
	s.ready("ready", "True", 1)
	s.ready("failed", "False", 1)
	on := func(apiVersion, kind, name string, more ...string) string {
		return fmt.Sprintf("{apiVersion: %s, kind: %s, name: %s, namespace: %s%s}", apiVersion, kind, name, s.namespace, strings.Join(more, ""))
	}
	rset := func(name string, more ...string) string {
		return on("fluxcd.controlplane.io/v1", "ResourceSet", name, more...)
	}
	const ready = ", ready: true"
	for name, tt := range map[string]struct{ dependsOn, to, verdict, says string }{
		"ready":          {rset("ready", ready), "ResourceSet/NS/ready", "ok", ""},
		"failed":         {rset("failed", ready), "ResourceSet/NS/failed", "not-ready", ""},
		"existence":      {rset("failed"), "ResourceSet/NS/failed", "ok", "asks for existence only"},
		"expression":     {rset("failed", ready, `, readyExpr: "metadata.name == 'failed'"`), "ResourceSet/NS/failed", "ok", ""},
		"missing":        {rset("faild"), "ResourceSet/NS/faild", "missing", "did you mean ResourceSet/NS/failed?"},
		"kustomization":  {on("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "ks", ready), "Kustomization/NS/ks", "ok", ""},
		"old version":    {on("kustomize.toolkit.fluxcd.io/v1alpha1", "Kustomization", "ks"), "Kustomization/NS/ks", "missing", "did you mean apiVersion kustomize.toolkit.fluxcd.io/v1?"},
		"other group":    {on("kustomize.config.k8s.io/v1", "Kustomization", "ks"), "Kustomization.kustomize.config.k8s.io/NS/ks", "missing", "no matches for kind"},
		"another kind":   {on("v1", "ConfigMap", "settings", ready), "ConfigMap/NS/settings", "ok", ""},
		"cluster-scoped": {"{apiVersion: v1, kind: Namespace, name: NS}", "Namespace//NS", "ok", ""},
		"namesake":       {"{apiVersion: serving.knative.dev/v1, kind: Namespace, name: NS}", "Namespace.serving.knative.dev//NS", "missing", "no matches for kind"},
		"definition": {
			"{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, name: kustomizations.kustomize.toolkit.fluxcd.io, ready: true}",
			"CustomResourceDefinition//kustomizations.kustomize.toolkit.fluxcd.io", "ok", "",
		},
	} {
		app := "app-" + strings.ReplaceAll(name, " ", "-")
		s.resourceSet(app, tt.dependsOn)
		to, says := strings.ReplaceAll(tt.to, "NS", s.namespace), strings.ReplaceAll(tt.says, "NS", s.namespace)
		read := readGraph(t, s.namespace)
		edge := read.edge("ResourceSet/"+s.namespace+"/"+app, to)
		if edge.Verdict != tt.verdict || !strings.Contains(edge.Detail+" | "+edge.Hint, says) {
			t.Errorf("%s: %+v", name, edge)
		}
		if apiVersion := read.node(to).APIVersion; apiVersion == "" && !strings.Contains(to, "faild") {
			t.Errorf("%s: %s has no apiVersion", name, to)
		}
	}
}

// Only those that ask for readiness wait for each other.
func TestCyclesOfResourceSets(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	on := func(name string, ready bool) string {
		return fmt.Sprintf("{apiVersion: fluxcd.controlplane.io/v1, kind: ResourceSet, name: %s, namespace: %s, ready: %t}", name, s.namespace, ready)
	}
	for from, dependsOn := range map[string]string{
		"loose-a": on("loose-b", false), "loose-b": on("loose-a", true),
		"tight-a": on("tight-b", true), "tight-b": on("tight-a", true),
	} {
		s.resourceSet(from, dependsOn)
		s.ready(from, "True", 1)
	}
	read := readGraph(t, s.namespace)
	id := func(name string) string { return "ResourceSet/" + s.namespace + "/" + name }
	if len(read.Cycles) != 1 || !slices.Equal(read.Cycles[0], []string{id("tight-a"), id("tight-b")}) {
		t.Errorf("cycles = %v", read.Cycles)
	}
	if edge := read.edge(id("loose-b"), id("loose-a")); edge.Verdict != "ok" {
		t.Errorf("the loose one: %+v", edge)
	}
	tight := read.edge(id("tight-a"), id("tight-b"))
	const says = "passes for now, but after the next change to both each waits for the other"
	if tight.Verdict != "cycle" || tight.Met == nil || !*tight.Met || tight.Detail != says {
		t.Errorf("the tight one: %+v", tight)
	}
}

// resourceSet applies a ResourceSet that applies nothing.
func (s *stage) resourceSet(name string, dependsOn ...string) {
	s.Helper()
	s.apply(fmt.Sprintf(`
apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: {name: %s, namespace: NS}
spec:
  resources: []
  dependsOn: [%s]
`, name, strings.Join(dependsOn, ", ")))
}

// ready writes the Ready condition of a ResourceSet.
func (s *stage) ready(name, status string, generation int) {
	s.Helper()
	change := fmt.Sprintf(`{"status": {"conditions": [{"type": "Ready", "status": %q, "reason": "Test", "message": "by hand",
		"observedGeneration": %d, "lastTransitionTime": "2026-11-20T10:00:00Z"}]}}`, status, generation)
	s.cluster.Kubectl(s, "patch", "resourceset", name, "-n", s.namespace, "--type=merge", "--subresource=status", "-p", change)
}
