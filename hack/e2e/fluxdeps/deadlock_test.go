package fluxdeps_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// A child that depends on the parent that waits for it: dependsOn alone shows
// no cycle.
func TestADeadlockOfParentAndChild(t *testing.T) {
	t.Parallel()
	s := newBareStage(t, bed.Cluster(t))
	s.publish("1.0.0", map[string]string{"children/child.yaml": child("child", "{name: parent}")})
	s.parent("parent", "children", "timeout: 10s")
	s.awaitThere("child")
	s.await("parent", "Unknown", "Progressing")
	s.await("child", "False", "DependencyNotReady")
	want := []wait{{s.id("child"), s.id("parent"), "dependsOn"}, {s.id("parent"), s.id("child"), "health"}}
	s.checkDeadlock(want)
	// The child holds the parent up until that gives up.
	s.await("parent", "False", "HealthCheckFailed")
	s.checkDeadlock(want)
	s.gate(1)
	if said := s.run().Stdout; !strings.Contains(said, fmt.Sprintf("deadlock: %[1]s depends on %[2]s, which is ready only after %[1]s", s.id("child"), s.id("parent"))) {
		t.Errorf("the text is\n%s", said)
	}

	s.publish("1.1.0", map[string]string{"children/child.yaml": child("child", "")})
	s.awaitReady("parent")
	s.awaitReady("child")
	s.checkNoDeadlock()
	s.gate(0)
}

// healthChecks wait like wait does.
func TestADeadlockOfHealthChecks(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("stack", "fine", "wait: false", "timeout: 10s",
		"healthChecks: [{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, name: backend, namespace: NS}]")
	s.kustomization("backend", "fine", "dependsOn: [{name: stack}]")
	s.await("backend", "False", "DependencyNotReady")
	want := []wait{{s.id("backend"), s.id("stack"), "dependsOn"}, {s.id("stack"), s.id("backend"), "health"}}
	s.checkDeadlock(want)
	s.await("stack", "False", "HealthCheckFailed")
	s.checkDeadlock(want)
	s.gate(1)

	s.patch("backend", `{"spec": {"dependsOn": null}}`)
	s.awaitReady("backend")
	s.patch("stack", `{"spec": {"force": true}}`)
	s.awaitReady("stack")
	s.checkNoDeadlock()
	s.gate(0)
}

// A parent waits for its children all the time; that alone holds up nobody.
func TestAParentThatWaitsIsNoDeadlock(t *testing.T) {
	t.Parallel()
	s := newBareStage(t, bed.Cluster(t))
	s.publish("1.0.0", map[string]string{"children/one.yaml": child("one", ""), "children/two.yaml": child("two", "{name: one}")})
	s.parent("parent", "children")
	s.awaitThere("one", "two")
	s.checkNoDeadlock()
	for _, name := range []string{"one", "two", "parent"} {
		s.awaitReady(name)
	}
	s.checkNoDeadlock()
	s.gate(0)
}

// What a parent waits for may be suspended, which nothing says.
func TestASuspendedChildHoldsUpItsParent(t *testing.T) {
	t.Parallel()
	s := newBareStage(t, bed.Cluster(t))
	s.publish("1.0.0", map[string]string{"children/child.yaml": strings.Replace(child("child", ""), "interval: 1h", "interval: 1h\n  suspend: true", 1)})
	s.parent("parent", "children", "timeout: 10m")
	testbed.Eventually(t, "the plugin names the child", patience, func() error {
		if waits := s.read().node(s.id("parent")).SuspendedWaits; !slices.Equal(waits, s.ids([]string{"child"})) {
			return fmt.Errorf("it waits for %v", waits)
		}
		return nil
	})
	if ready := s.condition("parent", "Ready"); ready.Status != "Unknown" {
		t.Errorf("the parent does not wait: %+v", ready)
	}
	s.awaitThere("child")
	s.patch("child", `{"spec": {"suspend": false}}`)
	s.awaitReady("parent")
	if waits := s.read().node(s.id("parent")).SuspendedWaits; len(waits) > 0 {
		t.Errorf("it still waits for %v", waits)
	}
}

func (s *stage) checkDeadlock(want []wait) {
	s.Helper()
	read := s.read()
	if len(read.Deadlocks) != 1 || !slices.Equal(read.Deadlocks[0].Waits, want) {
		s.Errorf("deadlocks %+v, want %+v", read.Deadlocks, want)
	}
	if edge := read.edge(want[0].From, want[0].To); edge.Verdict != "deadlock" || edge.Met == nil || *edge.Met {
		s.Errorf("the verdict is %+v", edge)
	}
	if edge := read.edge(want[0].From, want[0].To); edge.Message != s.condition(name(want[0].From), "Ready").Message {
		s.Errorf("the words differ: %+v", edge)
	}
}

// name is the last part of an id.
func name(id string) string { return id[strings.LastIndex(id, "/")+1:] }

// awaitThere waits until somebody has applied the Kustomizations.
func (s *stage) awaitThere(names ...string) {
	s.Helper()
	testbed.Eventually(s, "they are there", patience, func() error {
		args := append([]string{"get", "kustomizations", "-n", s.namespace, "-o", "name", "--ignore-not-found"}, names...)
		if found := strings.Fields(s.cluster.Kubectl(s, args...)); len(found) < len(names) {
			return fmt.Errorf("there are %v", found)
		}
		return nil
	})
}

func (s *stage) checkNoDeadlock() {
	s.Helper()
	if read := s.read(); len(read.Deadlocks)+len(read.Cycles) > 0 {
		s.Errorf("deadlocks %+v, cycles %+v", read.Deadlocks, read.Cycles)
	}
}
