package secretsync_test

import (
	"testing"
	"time"
)

// A fleet's Secrets come and go; only copies of the plan that makes them no more
// are deleted.
func TestOrphans(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, name := range []string{"kept", "deleted", "unlabelled"} {
		s.secret(management, name, map[string]string{"a": s.value()}, "  labels: {fleet: all}")
	}
	s.secret(management, "single", map[string]string{"a": s.value()})
	selection := []string{"-l", "fleet=all", "--to-context", "prod-*"}
	orphans := s.from(append([]string{"delete", "--orphans"}, selection...)...)
	s.want(s.copy(selection...), 0, "6 created")
	s.want(s.copy("single", "--to-context", "prod-*"), 0, "2 created")
	s.foreign(prodOne, "foreign")
	s.want(s.run(orphans...), 0, "0 targets")

	s.clusters[management].Kubectl(t, "delete", "secret", "deleted", "-n", s.namespace)
	s.clusters[management].Kubectl(t, "label", "secret", "unlabelled", "-n", s.namespace, "fleet-")
	// Its source stands for what another plan still makes.
	s.want(s.copy("unlabelled", "--to-context", prodTwo), 0, "1 updated")
	s.want(s.run(s.from(append([]string{"status", "--orphans"}, selection...)...)...), 1, "2 in-sync, 4 orphaned")
	s.want(s.run(append(orphans, "--dry-run")...), 0, "3 would delete, 1 would release", "is gone", "is no longer selected", "stays a copy of plan flags-")
	s.want(s.run(append(orphans, "--dry-run=server")...), 0, "3 would delete, 1 would release")
	if !s.has(prodOne, "deleted") {
		t.Fatal("a dry run deleted it")
	}
	s.want(s.run(orphans...), 0, "3 deleted, 1 released")
	for _, cluster := range []string{prodOne, prodTwo} {
		for name, stays := range map[string]bool{"kept": true, "single": true, "deleted": false, "unlabelled": cluster == prodTwo, "foreign": cluster == prodOne} {
			if s.has(cluster, name) != stays {
				t.Errorf("%s in %s: want %v", name, cluster, stays)
			}
		}
	}
	s.want(s.run(orphans...), 0, "0 targets")
	s.want(s.run(s.from("status", "unlabelled", "--to-context", prodTwo)...), 0, "1 in-sync")
}

// A plan with a name outlives its flags: what they used to lead to is found.
func TestOrphansOfAPlanThatMoved(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	plan := []string{"app", "--to-context", prodOne, "--plan", "app-everywhere"}
	s.want(s.copy(plan...), 0, "1 created")
	s.want(s.copy(append(plan, "--suffix", "-new")...), 0, "1 created")
	moved := s.from(append([]string{"delete", "--orphans", "--suffix", "-new"}, plan...)...)
	s.want(s.run(moved...), 5, "1 refused", "--allow-live-source")
	s.want(s.run(append(moved, "--allow-live-source")...), 0, "1 deleted", "the plan no longer has a copy of")
	if s.has(prodOne, "app") || !s.has(prodOne, "app-new") {
		t.Error("the wrong one was deleted")
	}
}

// Two calls share a name: neither deletes what the other makes. Sources that are
// gone are shown, and plans end one after the other.
func TestOrphansOfANameThatTwoShare(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, name := range []string{"one", "two"} {
		s.secret(management, name, map[string]string{"a": s.value()})
		s.want(s.copy(name, "--to-context", prodOne, "--plan", "nightly"), 0, "1 created")
	}
	orphans := s.from("delete", "--orphans", "one", "--to-context", prodOne, "--plan", "nightly")
	s.want(s.run(orphans...), 5, "1 refused", "is there, and a call with other flags may make it")
	s.want(s.copy("two", "--to-context", prodOne, "--plan", "weekly"), 0, "1 updated")
	s.clusters[management].Kubectl(t, "delete", "secret", "one", "two", "-n", s.namespace)
	s.want(s.run(s.from("status", "--orphans", "one", "--to-context", prodOne, "--plan", "nightly")...), 1, "2 orphaned")
	s.want(s.run(orphans...), 0, "1 deleted, 1 released", "is gone; it stays a copy of plan weekly")
	s.want(s.run(s.from("delete", "--orphans", "two", "--to-context", prodOne, "--plan", "weekly")...), 0, "1 deleted")
}

// A namespace that was made anew, and that not all is back in yet.
func TestOrphansOfARestoredNamespace(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, name := range []string{"first", "second"} {
		s.secret(management, name, map[string]string{"a": s.value()}, "  labels: {fleet: all}")
	}
	selection := []string{"-l", "fleet=all", "--to-context", prodOne}
	s.want(s.copy(selection...), 0, "2 created")
	s.clusters[management].Kubectl(t, "delete", "namespace", s.namespace)
	// Copies and namespaces count time in seconds.
	time.Sleep(time.Second)
	s.clusters[management].Kubectl(t, "create", "namespace", s.namespace)
	s.secret(management, "first", map[string]string{"a": s.value()}, "  labels: {fleet: all}")
	orphans := s.from(append([]string{"delete", "--orphans"}, selection...)...)
	s.want(s.run(orphans...), 5, "1 refused", "may not be restored yet")
	s.want(s.run(append(orphans, "--allow-empty")...), 0, "1 deleted")
}

// What cannot be read of the source is not taken for gone.
func TestOrphansNeedTheWholeSource(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()}, "  labels: {fleet: all}")
	selection := []string{"-l", "fleet=all", "--to-context", prodOne, "--plan", "p"}
	s.want(s.copy(selection...), 0, "1 created")
	call := func(kubeconfig string) []string {
		return append([]string{"delete", "--orphans", "--from-kubeconfig", kubeconfig, "-n", s.namespace}, selection...)
	}
	s.want(s.run(call(s.user(management, "list"))...), 5, "the UID of cluster", "kube-system")
	s.want(s.run(s.from("delete", "--orphans", "-l", "fleet=none", "--to-context", prodOne, "--plan", "p")...), 5, "no Secret is selected", "--allow-empty")
	s.want(s.run(s.from(append([]string{"delete", "--orphans", "--to-kubeconfig", s.user(prodOne, "get", "delete")}, selection[:2]...)...)...), 4, `cannot list resource "secrets"`)

	// A namespace that is going takes one Secret after the other with it.
	s.secret(management, "held", map[string]string{"a": s.value()}, "  labels: {fleet: all}", "  finalizers: [example.com/hold]")
	s.clusters[management].Kubectl(t, "delete", "namespace", s.namespace, "--wait=false")
	t.Cleanup(func() {
		s.clusters[management].Kubectl(t, "patch", "secret", "held", "-n", s.namespace, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
	})
	s.want(s.run(s.from(append([]string{"delete", "--orphans"}, selection...)...)...), 5, "is being deleted", "--allow-empty")
	if !s.has(prodOne, "app") {
		t.Error("the copy was deleted")
	}
}
