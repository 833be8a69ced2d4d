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

// A ResourceSet judges by the object as a whole, deletion and Reconciling
// included, and compiles expressions before it looks at anything.
func TestResourceSetsByKstatus(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.apply("apiVersion: v1\nkind: Secret\nmetadata: {name: registry, namespace: NS}\nstringData: {name: nobody}")
	s.kustomization("leaving", "fine")
	s.awaitReady("leaving")
	hold := func(finalizers string) { s.patch("leaving", `{"metadata": {"finalizers": `+finalizers+`}}`) }
	hold(`["finalizers.fluxcd.io", "example.com/hold"]`)
	t.Cleanup(func() { hold("null") })
	s.cluster.Kubectl(t, "delete", "kustomization", "leaving", "-n", s.namespace, "--wait=false")
	s.apply(helmRelease)
	s.status("helmrelease", "dep", 1, `{"type": "Ready", "status": "True"}`, `{"type": "Reconciling", "status": "True", "message": "Running upgrade"}`)
	for _, name := range []string{"fresh", "old", "current"} {
		s.apply("apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSetInputProvider\nmetadata: {name: " + name + ", namespace: NS}\nspec: {type: Static, defaultValues: {a: b}}")
	}
	s.status("resourcesetinputprovider", "old", 1, `{"type": "Ready", "status": "True"}`)
	s.status("resourcesetinputprovider", "current", 1, `{"type": "Ready", "status": "True"}`)
	s.cluster.Kubectl(t, "patch", "resourcesetinputprovider", "old", "-n", s.namespace, "--type=merge", "-p", `{"spec": {"defaultValues": {"a": "c"}}}`)
	const provider = "fluxcd.controlplane.io/v1, kind: ResourceSetInputProvider"
	for name, tt := range map[string]struct{ on, to, verdict, says string }{
		"terminating":  {"kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, name: leaving", "Kustomization/NS/leaving", "not-ready", "not ready: status Terminating"},
		"reconciling":  {"helm.toolkit.fluxcd.io/v2, kind: HelmRelease, name: dep", "HelmRelease/NS/dep", "not-ready", "not ready: status InProgress"},
		"no-status":    {provider + ", name: fresh", "ResourceSetInputProvider/NS/fresh", "not-ready", "no such key: conditions"},
		"generation":   {provider + ", name: old", "ResourceSetInputProvider/NS/old", "not-ready", "observedGeneration is behind"},
		"provider":     {provider + ", name: current", "ResourceSetInputProvider/NS/current", "ok", ""},
		"no-provider":  {provider + ", name: nowhere", "ResourceSetInputProvider/NS/nowhere", "missing", "not found"},
		"secret":       {`v1, kind: Secret, name: registry, readyExpr: "has(data.name)"`, "Secret/NS/registry", "unknown", "the data of a Secret is not read"},
		"secret-there": {"v1, kind: Secret, name: registry", "Secret/NS/registry", "ok", ""},
		"compiles":     {`apps/v1, kind: Deployment, name: web, readyExpr: "status.readyReplicas >"`, "Deployment/NS/web", "expr-error", "failed to parse"},
	} {
		app := "app-" + name
		s.resourceSet(app, fmt.Sprintf("{apiVersion: %s, namespace: %s, ready: true}", tt.on, s.namespace))
		edge := s.read().edge("ResourceSet/"+s.namespace+"/"+app, strings.ReplaceAll(tt.to, "NS", s.namespace))
		if edge.Verdict != tt.verdict || !strings.Contains(edge.Message+" | "+edge.Detail, tt.says) {
			t.Errorf("%s: %+v", name, edge)
		}
	}
}

// status writes the conditions of an object.
func (s *stage) status(resource, name string, generation int, conditions ...string) {
	s.Helper()
	for i, condition := range conditions {
		conditions[i] = fmt.Sprintf(`{"reason": "Test", "message": "by hand", "observedGeneration": %d, "lastTransitionTime": "2026-11-20T10:00:00Z", %s`, generation, condition[1:])
	}
	change := fmt.Sprintf(`{"status": {"observedGeneration": %d, "conditions": [%s]}}`, generation, strings.Join(conditions, ", "))
	s.cluster.Kubectl(s, "patch", resource, name, "-n", s.namespace, "--type=merge", "--subresource=status", "-p", change)
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
