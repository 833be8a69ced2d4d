package fluxdeps_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// A cycle keeps each new revision from all Kustomizations of the source, also
// from those that have nothing to do with it.
func TestAFrozenSource(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("ring-a", "fine", "dependsOn: [{name: ring-b}]")
	s.kustomization("ring-b", "fine", "dependsOn: [{name: ring-a}]")
	s.kustomization("lonely", "fine")
	s.kustomization("first", "fine")
	s.kustomization("second", "fine", "dependsOn: [{name: first}]")
	for _, name := range []string{"lonely", "first", "second"} {
		s.awaitReady(name)
	}
	s.await("ring-a", "False", "DependencyNotReady")
	s.checkUpToDate("lonely", "first", "second")

	s.publish("1.1.0")
	s.awaitFrozen("ring-a", "ring-b")
	all := []string{"first", "lonely", "ring-a", "ring-b", "second"}
	s.checkFrozen(all, []string{"ring-a", "ring-b"})
	s.gate(1)
	if said := s.run("--no-headers").Stdout; !strings.Contains(said, "frozen by the dependsOn cycle Kustomization/"+s.namespace+"/ring-a") {
		t.Errorf("the text is\n%s", said)
	}

	s.patch("ring-b", `{"spec": {"dependsOn": null}}`)
	s.awaitReady("ring-a")
	read := s.read()
	if len(read.FrozenSources)+len(read.Cycles) > 0 {
		t.Errorf("after the repair: %+v", read.FrozenSources)
	}
	// An event that was dropped does not come back.
	if at := read.node(s.id("lonely")).Behind; at == nil || at.Why != "not-looked-at" {
		t.Errorf("after the repair lonely is behind: %+v", at)
	}
	s.publish("1.2.0")
	s.awaitRevision("1.2.0", all...)
	s.checkUpToDate(all...)
	s.gate(0)
}

// The controller sorts by dependsOn whatever else stands in it, so that objects
// which do not wait for each other freeze their source as well.
func TestAFrozenSourceWithoutAnybodyWaiting(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("hen", "fine", `dependsOn: [{name: egg, readyExpr: "dep.metadata.generation > 0"}]`)
	s.kustomization("egg", "fine", "dependsOn: [{name: hen}]")
	s.kustomization("lonely", "fine")
	names := []string{"egg", "hen", "lonely"}
	for _, name := range names {
		s.awaitReady(name)
	}
	s.publish("1.1.0")
	s.awaitFrozen("egg", "hen")
	s.checkFrozen(names, []string{"egg", "hen"})
	if read := s.read(); len(read.Cycles)+len(read.Deadlocks) > 0 {
		t.Errorf("nobody waits, but %+v %+v", read.Cycles, read.Deadlocks)
	}
	s.gate(1)

	s.patch("hen", `{"spec": {"dependsOn": null}}`)
	s.awaitRevision("1.1.0", "hen")
	s.publish("1.2.0")
	s.awaitRevision("1.2.0", names...)
	s.checkUpToDate(names...)
	s.gate(0)
}

// A cycle over two sources is seen by no sort.
func TestACycleOverTwoSourcesFreezesNeither(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.apply(`
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: other, namespace: NS}
spec: {interval: 1h, url: oci://registry.invalid/app}
`)
	s.cluster.Publish(t, "OCIRepository/"+s.namespace+"/other", "1.0.0", testbed.Files(map[string]string{"fine/x.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}}"}))
	s.kustomization("here", "fine", "dependsOn: [{name: there}]")
	s.kustomization("there", "fine", "sourceRef: {kind: OCIRepository, name: other}", "dependsOn: [{name: here}]")
	s.kustomization("lonely", "fine")
	s.awaitReady("lonely")
	s.publish("1.1.0")
	s.awaitRevision("1.1.0", "lonely")
	if read := s.read(); len(read.Cycles) != 1 || len(read.FrozenSources) > 0 || read.node(s.id("lonely")).Behind != nil {
		t.Errorf("%+v", read)
	}
}

// awaitFrozen waits until the controller has logged that it cannot sort these
// two.
func (s *stage) awaitFrozen(one, other string) {
	s.Helper()
	testbed.Eventually(s, "the controller drops the event", patience, func() error {
		for line := range strings.Lines(s.cluster.FluxLog(s)) {
			if strings.Contains(line, "circular dependency detected") && strings.Contains(line, s.namespace+"/"+one) && strings.Contains(line, s.namespace+"/"+other) {
				return nil
			}
		}
		return fmt.Errorf("it has not logged it")
	})
}

// checkFrozen checks that the plugin names all these as behind, and that they
// are.
func (s *stage) checkFrozen(names, cycle []string) {
	s.Helper()
	read := s.read()
	ids, ring := s.ids(names), s.ids(cycle)
	if len(read.FrozenSources) != 1 || !slices.Equal(read.FrozenSources[0].Behind, ids) || !slices.Equal(read.FrozenSources[0].Users, ids) ||
		len(read.FrozenSources[0].Cycles) != 1 || !slices.Equal(read.FrozenSources[0].Cycles[0], ring) {
		s.Errorf("frozen sources: %+v", read.FrozenSources)
	}
	for _, name := range names {
		at := read.node(s.id(name)).Behind
		switch {
		case at == nil:
			s.Errorf("%s is not behind", name)
		case at.Why != "frozen-source" || !slices.Equal(at.Cycle, ring) || at.From != s.revision(name) || !strings.HasPrefix(at.To, "1.1.0@") || time.Since(at.Since) > time.Hour:
			s.Errorf("%s, which has applied %q: %+v", name, s.revision(name), at)
		}
	}
}

func (s *stage) ids(names []string) []string {
	ids := make([]string, len(names))
	for i, name := range names {
		ids[i] = s.id(name)
	}
	return ids
}

func (s *stage) awaitRevision(tag string, names ...string) {
	s.Helper()
	testbed.Eventually(s, "all are at "+tag, patience, func() error {
		for _, name := range names {
			if at := s.revision(name); !strings.HasPrefix(at, tag+"@") {
				return fmt.Errorf("%s is at %q", name, at)
			}
		}
		return nil
	})
}

func (s *stage) checkUpToDate(names ...string) {
	s.Helper()
	read := s.read()
	for _, name := range names {
		if at := read.node(s.id(name)).Behind; at != nil {
			s.Errorf("%s is behind: %+v", name, at)
		}
	}
}
