package fluxdeps_test

import (
	"fmt"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// outcome is what the controller makes of a Kustomization.
type outcome struct{ status, reason string }

var (
	passes = outcome{"True", "ReconciliationSucceeded"}
	waits  = outcome{"False", "DependencyNotReady"}
	stalls = outcome{"False", "InvalidCELExpression"}
)

// verdicts are all the ways in which app can depend on dep.
var verdicts = map[string]struct {
	// play sets the stage: dep first, then app.
	play func(*stage)
	// verdict is what the plugin says about the edge.
	verdict string
	// outcome is what the controller says about app.
	outcome outcome
}{
	"ready": {func(s *stage) {
		s.kustomization("dep", "fine")
		s.kustomization("app", "fine", "dependsOn: [{name: dep}]")
	}, "ok", passes},
	"missing": {func(s *stage) {
		s.kustomization("app", "fine", "dependsOn: [{name: dep}]")
	}, "missing", waits},
	"wrong kind": {func(s *stage) {
		s.apply(helmRelease)
		s.kustomization("app", "fine", "dependsOn: [{name: dep}]")
	}, "wrong-kind", waits},
	"reconciling": {func(s *stage) {
		s.kustomization("dep", "stuck", "timeout: 1m")
		s.kustomization("app", "fine", "dependsOn: [{name: dep}]")
	}, "reconciling", waits},
	"failing health check": {func(s *stage) {
		s.kustomization("dep", "stuck", "timeout: 1s")
		s.await("dep", "False", "HealthCheckFailed")
		s.kustomization("app", "fine", "dependsOn: [{name: dep}]")
	}, "not-ready", waits},
	"suspended when it was ready": {func(s *stage) {
		s.kustomization("dep", "fine")
		s.awaitReady("dep")
		s.patch("dep", `{"spec": {"suspend": true}}`)
		s.kustomization("app", "fine", "dependsOn: [{name: dep}]")
	}, "suspended-but-ok", passes},
	"suspended from the start": {func(s *stage) {
		s.kustomization("dep", "fine", "suspend: true")
		s.kustomization("app", "fine", "dependsOn: [{name: dep}]")
	}, "not-ready", waits},
	"stale revision": {func(s *stage) {
		s.kustomization("dep", "fine")
		s.awaitReady("dep")
		s.patch("dep", `{"spec": {"suspend": true}}`)
		s.publish("1.1.0")
		s.kustomization("app", "fine", "dependsOn: [{name: dep}]")
	}, "stale-revision", waits},
	"stale generation": {func(s *stage) {
		s.kustomization("dep", "fine")
		s.awaitReady("dep")
		s.patch("dep", `{"spec": {"suspend": true}}`)
		// The controller itself leaves this only for the moment until it looks.
		testbed.Eventually(s, "the controller has seen the suspension", patience, func() error {
			return s.observed("dep", 2)
		})
		s.patch("dep", `{"status": {"observedGeneration": 1}}`, "--subresource=status")
		s.kustomization("app", "fine", "dependsOn: [{name: dep}]")
	}, "stale-generation", waits},
	"expression is true": {func(s *stage) {
		s.kustomization("dep", "stuck", "timeout: 1m")
		s.kustomization("app", "fine", `dependsOn: [{name: dep, readyExpr: "dep.spec.wait && self.kind == 'Kustomization'"}]`)
	}, "ok", passes},
	"expression is false": {func(s *stage) {
		s.kustomization("dep", "fine")
		s.kustomization("app", "fine", `dependsOn: [{name: dep, readyExpr: "dep.metadata.name == self.metadata.name"}]`)
	}, "expr-false", waits},
	"expression does not compile": {func(s *stage) {
		s.kustomization("dep", "fine")
		s.kustomization("app", "fine", `dependsOn: [{name: dep, readyExpr: "dep.status.conditions.filter("}]`)
	}, "expr-error", stalls},
	"expression has no such variable": {func(s *stage) {
		s.kustomization("dep", "fine")
		s.kustomization("app", "fine", `dependsOn: [{name: dep, readyExpr: "dependency.metadata.name == 'dep'"}]`)
	}, "expr-error", stalls},
	"expression is no yes or no": {func(s *stage) {
		s.kustomization("dep", "fine")
		s.kustomization("app", "fine", `dependsOn: [{name: dep, readyExpr: "1 + 1"}]`)
	}, "expr-error", stalls},
	// Fields have no type, so that this one could be anything.
	"expression may be no yes or no": {func(s *stage) {
		s.kustomization("dep", "fine")
		s.kustomization("app", "fine", `dependsOn: [{name: dep, readyExpr: "dep.spec.wait"}]`)
	}, "expr-error", stalls},
	"expression meets a field that is not there": {func(s *stage) {
		s.kustomization("dep", "fine")
		s.kustomization("app", "fine", `dependsOn: [{name: dep, readyExpr: "dep.spec.nowhere == 'x'"}]`)
	}, "expr-error", waits},
	// The controller reads dep with its type, which keeps no kind.
	"expression asks for the kind": {func(s *stage) {
		s.kustomization("dep", "fine")
		s.kustomization("app", "fine", `dependsOn: [{name: dep, readyExpr: "dep.kind == 'Kustomization'"}]`)
	}, "expr-error", waits},
}

const helmRelease = `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: dep, namespace: NS}
spec:
  interval: 1h
  chart: {spec: {chart: app, sourceRef: {kind: HelmRepository, name: charts}}}
`

// Each verdict is the controller's own, in its own words.
func TestVerdicts(t *testing.T) {
	for name, tt := range verdicts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			tt.play(s)
			testbed.Eventually(t, "controller and plugin agree", patience, func() error {
				return s.agree("app", "dep", tt.verdict, tt.outcome)
			})
		})
	}
}

// agree compares what the controller makes of a Kustomization with what the
// plugin says about the dependency that decides it.
func (s *stage) agree(from, to, verdict string, outcome outcome) error {
	s.Helper()
	edge := readGraph(s, s.namespace).edge(s.id(from), s.id(to))
	if edge.Verdict != verdict {
		return fmt.Errorf("the verdict is %q, want %q: %+v", edge.Verdict, verdict, edge)
	}
	ready := s.condition(from, "Ready")
	if ready.Status != outcome.status || ready.Reason != outcome.reason {
		return fmt.Errorf("the controller says %+v, want %+v", ready, outcome)
	}
	if met := outcome == passes; edge.Met == nil || *edge.Met != met {
		return fmt.Errorf("met is %v, want %t", edge.Met, met)
	}
	if outcome != passes && edge.Message != ready.Message {
		return fmt.Errorf("the words differ\nplugin:     %s\ncontroller: %s", edge.Message, ready.Message)
	}
	return nil
}

// observed checks which generation of the spec the controller has seen.
func (s *stage) observed(name string, generation int64) error {
	s.Helper()
	object := s.cluster.Get(s, kustomizations, s.namespace, name)
	status, _ := object.Object["status"].(map[string]any)
	if seen := status["observedGeneration"]; seen != generation {
		return fmt.Errorf("observedGeneration is %v, want %d", seen, generation)
	}
	return nil
}
