package fluxdeps_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// Flux itself says nowhere that these wait for each other.
func TestACycleIsFound(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("egg", "fine", "dependsOn: [{name: hen}]")
	s.kustomization("hen", "fine", "dependsOn: [{name: egg}]")
	s.kustomization("breakfast", "fine", "dependsOn: [{name: egg}]")
	testbed.Eventually(t, "controller and plugin agree", patience, func() error {
		for from, to := range map[string]string{"egg": "hen", "hen": "egg"} {
			if err := s.agree(from, to, "cycle", waits); err != nil {
				return err
			}
		}
		return s.agree("breakfast", "egg", "not-ready", waits)
	})
	read := readGraph(t, s.namespace)
	if len(read.Cycles) != 1 || len(read.Cycles[0]) != 2 {
		t.Errorf("cycles = %v", read.Cycles)
	}
	if result := fluxdeps(t, "graph", "-n", s.namespace, "--exit-code"); result.Code != 1 {
		t.Errorf("--exit-code with a cycle: %s", result)
	}
}

// Objects that name each other need not wait for each other.
func TestWhatPassesIsNoCycle(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("hen", "fine", `dependsOn: [{name: egg, readyExpr: "dep.metadata.generation > 0"}]`)
	s.kustomization("egg", "fine", "dependsOn: [{name: hen}]")
	s.kustomization("narcissus", "fine", "wait: false", "healthChecks: [{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, name: narcissus, namespace: "+s.namespace+"}]")
	names := []string{"hen", "egg", "narcissus"}
	for _, name := range names {
		s.awaitReady(name)
		s.patch(name, `{"spec": {"force": true}}`)
	}
	for _, name := range names {
		testbed.Eventually(t, "the controller passes after a change", patience, func() error { return s.observed(name, 2) })
		s.awaitReady(name)
	}
	result := fluxdeps(t, "graph", "-n", s.namespace, "--all", "--edges", "dependsOn,health", "-o", "json")
	read := parse(t, result)
	if len(read.Cycles)+len(read.Deadlocks) > 0 {
		t.Errorf("the controller passes, but\n%s", result)
	}
	if there, back := read.edge(s.id("hen"), s.id("egg")).Verdict, read.edge(s.id("egg"), s.id("hen")).Verdict; there != "ok" || back != "ok" {
		t.Errorf("the verdicts are %s and %s", there, back)
	}
}

// What a Kustomization applies elsewhere bears names of objects there.
func TestAnotherClusterIsNotThisOne(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("remote", "fine", "suspend: true", "kubeConfig: {secretRef: {name: nowhere}}")
	s.patch("remote", fmt.Sprintf(`{"status": {"inventory": {"entries": [
		{"id": "%[1]s_app_kustomize.toolkit.fluxcd.io_Kustomization", "v": "v1"},
		{"id": "%[1]s_phantom_helm.toolkit.fluxcd.io_HelmRelease", "v": "v2"}]}}}`, s.namespace), "--subresource=status")
	s.kustomization("app", "fine", "dependsOn: [{name: remote}]")
	s.await("app", "False", "DependencyNotReady")
	read := parse(t, fluxdeps(t, "graph", "-n", s.namespace, "--all", "--edges", "dependsOn,health", "-o", "json"))
	if len(read.Cycles)+len(read.Deadlocks) > 0 || len(read.Edges) != 1 || len(read.Nodes) != 2 {
		t.Errorf("%d nodes, edges %+v, cycles %v", len(read.Nodes), read.Edges, read.Cycles)
	}
	if !read.node(s.id("remote")).Remote || read.node(s.id("app")).Remote {
		t.Errorf("remote is told of the wrong one: %+v", read.Nodes)
	}
}

// The API server accepts names that no object can have.
func TestNamesThatNoObjectCanHave(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for app, dep := range map[string]string{"empty": "", "slash": "a/b"} {
		s.kustomization(app, "fine", fmt.Sprintf("dependsOn: [{name: %q}]", dep))
		testbed.Eventually(t, "controller and plugin agree", patience, func() error {
			return s.agree(app, dep, "missing", waits)
		})
	}
	if result := fluxdeps(t, "graph", "-n", s.namespace, "--exit-code"); result.Code != 1 || !strings.Contains(result.Stdout, "empty") {
		t.Errorf("the text is\n%s", result)
	}
}

// What is being deleted looks ready to the last.
func TestWhatIsBeingDeletedIsToldApart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("base", "fine")
	s.awaitReady("base")
	hold := func(finalizers string) { s.patch("base", `{"metadata": {"finalizers": `+finalizers+`}}`) }
	hold(`["finalizers.fluxcd.io", "example.com/hold"]`)
	t.Cleanup(func() { hold("null") })
	s.cluster.Kubectl(t, "delete", "kustomization", "base", "-n", s.namespace, "--wait=false")
	s.kustomization("app", "fine", "dependsOn: [{name: base}]")
	testbed.Eventually(t, "controller and plugin agree", patience, func() error {
		return s.agree("app", "base", "ok", passes)
	})
	read := readGraph(t, s.namespace)
	if !read.node(s.id("base")).Terminating || read.node(s.id("app")).Terminating {
		t.Errorf("terminating is told of the wrong one: %+v", read.Nodes)
	}
}

// A source that is gone is missing where sources are shown.
func TestASourceThatIsGoneIsMissing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("app", "fine", "suspend: true")
	s.cluster.Kubectl(t, "delete", "ocirepository", "source", "-n", s.namespace)
	read := parse(t, fluxdeps(t, "graph", "-n", s.namespace, "--all", "--edges", "source", "-o", "json"))
	if state := read.node("OCIRepository/" + s.namespace + "/source").State; state != "missing" {
		t.Errorf("the source is %q", state)
	}
}

// The controller names only the first dependency that stops it; the plugin
// says of each what is the matter.
func TestEveryUnmetDependencyIsNamed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("base", "fine")
	s.kustomization("paused", "fine", "suspend: true")
	s.kustomization("app", "fine", "dependsOn: [{name: base}, {name: paused}, {name: nowhere}]")
	s.awaitReady("base")
	testbed.Eventually(t, "controller and plugin agree", patience, func() error {
		return s.agree("app", "paused", "not-ready", waits)
	})
	read := readGraph(t, s.namespace)
	for to, want := range map[string]string{"base": "ok", "paused": "not-ready", "nowhere": "missing"} {
		if got := read.edge(s.id("app"), s.id(to)).Verdict; got != want {
			t.Errorf("app's dependency on %s is %s, want %s", to, got, want)
		}
	}
	if said := read.node(s.id("app")).ControllerSays; said != "" {
		t.Errorf("the plugin finds other words than the controller, who says %q", said)
	}
}

// What the API server lets through is not always what was meant.
func TestHintsNameWhatWasMeant(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.apply(helmRelease)
	s.kustomization("database", "fine")
	s.kustomization("typo", "fine", "dependsOn: [{name: databse}]")
	s.kustomization("wrong-kind", "fine", "dependsOn: [{name: dep}]")
	s.kustomization("elsewhere", "fine", "dependsOn: [{name: database, namespace: default}]")
	read := readGraph(t, s.namespace)
	hints := map[string]string{
		read.edge(s.id("typo"), s.id("databse")).Hint:                       fmt.Sprintf("did you mean %s?", s.id("database")),
		read.edge(s.id("wrong-kind"), s.id("dep")).Hint:                     "HelmRelease/" + s.namespace + "/dep exists, but a Kustomization cannot depend on it; a wrapping Kustomization with wait or healthChecks can",
		read.edge(s.id("elsewhere"), "Kustomization/default/database").Hint: fmt.Sprintf("did you mean %s? (give its namespace in dependsOn)", s.id("database")),
	}
	for got, want := range hints {
		if got != want {
			t.Errorf("hint %q, want %q", got, want)
		}
	}
}
