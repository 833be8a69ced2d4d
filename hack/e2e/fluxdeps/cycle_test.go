package fluxdeps_test

import (
	"fmt"
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
