package fluxdeps_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// fewController is the Deployment that the cluster few would have if its
// controller ran in it.
const fewController = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: kustomize-controller, namespace: flux-system, labels: {app.kubernetes.io/part-of: flux}}
spec:
  selector: {matchLabels: {app: kustomize-controller}}
  template:
    metadata: {labels: {app: kustomize-controller}}
    spec:
      containers:
        - name: manager
          image: registry.invalid/kustomize-controller
          args: [--concurrent=2, --watch-label-selector=!sharding.fluxcd.io/key]
`

// Two parents hold both workers of the controller, so that none is left for
// what they wait for.
func TestStarvedWorkers(t *testing.T) {
	t.Parallel()
	s := newBareStage(t, bed.Named(t, few))
	s.apply(fewController)
	for _, name := range []string{"one", "two"} {
		s.parent(name, name, "timeout: 30s")
		s.await(name, "False", "ArtifactFailed")
	}
	s.publish("1.0.0", map[string]string{"one/child.yaml": child("child-one", ""), "two/child.yaml": child("child-two", "")})
	parents, children := s.ids([]string{"one", "two"}), s.ids([]string{"child-one", "child-two"})
	testbed.Eventually(t, "the plugin sees that they starve", patience, func() error {
		read := s.read()
		if len(read.StarvedWorkers) != 1 {
			return fmt.Errorf("starved: %+v", read.StarvedWorkers)
		}
		if got := read.StarvedWorkers[0]; got.Workers != 2 || !slices.Equal(got.Parents, parents) || !slices.Equal(got.Children, children) {
			return fmt.Errorf("starved: %+v", got)
		}
		for _, child := range children {
			if node := read.node(child); !node.Starved || node.State != "pending" {
				return fmt.Errorf("%+v", node)
			}
		}
		return nil
	})
	// They get a worker only when a parent gives up.
	s.await("one", "False", "HealthCheckFailed")
	s.awaitReady("child-one")
	s.awaitReady("child-two")
	for _, name := range []string{"one", "two"} {
		s.patch(name, `{"spec": {"force": true}}`)
		s.awaitReady(name)
	}
	if read := s.read(); len(read.StarvedWorkers) > 0 {
		t.Errorf("after the repair: %+v", read.StarvedWorkers)
	}
}

// Why an object was never reconciled, where that can be known.
func TestNeverReconciled(t *testing.T) {
	t.Parallel()
	s := newBareStage(t, bed.Named(t, few))
	s.apply(fewController)
	s.apply(helmRelease)
	s.kustomization("paused", "fine", "suspend: true")
	s.kustomization("sharded", "fine", "suspend: true")
	s.cluster.Kubectl(t, "label", "kustomization", "sharded", "-n", s.namespace, "sharding.fluxcd.io/key=shard1")
	s.patch("sharded", `{"spec": {"suspend": false}}`)
	s.kustomization("empty", "fine")
	s.await("empty", "False", "ArtifactFailed")
	for id, why := range map[string]string{
		s.id("paused"):                        "suspended before it was ever reconciled",
		s.id("sharded"):                       "no kustomize-controller selects its label sharding.fluxcd.io/key=shard1",
		s.id("empty"):                         "its source OCIRepository/" + s.namespace + "/source has no artifact",
		"HelmRelease/" + s.namespace + "/dep": "the cluster has no helm-controller",
	} {
		node := s.read().node(id)
		if node.NeverReconciled == nil || node.NeverReconciled.Why != why || time.Since(node.NeverReconciled.Since).Abs() > time.Hour {
			t.Errorf("%s: %+v, want %q", id, node.NeverReconciled, why)
		}
	}
	s.publish("1.0.0")
	s.cluster.Kubectl(t, "label", "kustomization", "sharded", "-n", s.namespace, "sharding.fluxcd.io/key-")
	s.patch("sharded", `{"spec": {"force": true}}`)
	s.patch("paused", `{"spec": {"suspend": false}}`)
	for _, name := range []string{"empty", "sharded", "paused"} {
		s.awaitReady(name)
		if node := s.read().node(s.id(name)); node.NeverReconciled != nil {
			t.Errorf("%s: %+v", name, node.NeverReconciled)
		}
	}
}

// Where a controller takes the objects of a shard, nothing is said of one.
func TestNotReconciledYet(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("sharded", "fine", "suspend: true")
	s.patch("sharded", `{"metadata": {"labels": {"sharding.fluxcd.io/key": "shard1"}}, "spec": {"suspend": false}}`)
	s.awaitReady("sharded") // this cluster's controller takes all
	if said := s.run().Stdout; strings.Contains(said, "never reconciled") {
		t.Errorf("the text is\n%s", said)
	}
}
