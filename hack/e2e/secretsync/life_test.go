package secretsync_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The whole life of a copy, as somebody watches it.
func TestStatusDiffAndDelete(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value(), "b": s.value()})
	status := func() map[string]string {
		states := map[string]string{}
		for _, target := range s.parse(s.run(s.from("status", "app", "--to-context", "prod-*", "-o", "json")...)).Targets {
			states[target.Cluster] = target.State
		}
		return states
	}
	expect := func(one, two string) {
		t.Helper()
		if got := status(); got[prodOne] != one || got[prodTwo] != two {
			t.Errorf("%v, want %s and %s", got, one, two)
		}
	}
	diff := s.from("diff", "app", "--to-context", "prod-*")
	expect("missing", "missing")
	s.want(s.run(diff...), 1, "+ a  26 bytes", "2 would create")
	s.want(s.copy("app", "--to-context", "prod-*"), 0)
	expect("in-sync", "in-sync")
	s.want(s.run(diff...), 0, "2 unchanged")

	patch := func(cluster, change string) {
		s.clusters[cluster].Kubectl(t, "patch", "secret", "app", "-n", s.namespace, "--type=merge", "-p", change)
	}
	patch(prodOne, `{"data":{"a":"eA==","b":null}}`)
	patch(prodTwo, `{"metadata":{"labels":{"mine":"x"}}}`)
	expect("drifted", "in-sync")
	s.want(s.run(diff...), 1, "~ a  1 -> 26 bytes", "+ b  26 bytes", "1 unchanged")
	s.secret(management, "app", map[string]string{"a": s.value(), "b": s.value()})
	expect("drifted+outdated", "outdated")
	s.want(s.copy("app", "--to-context", "prod-*"), 0, "2 updated")
	expect("in-sync", "in-sync")

	s.clusters[prodTwo].Kubectl(t, "delete", "secret", "app", "-n", s.namespace)
	s.foreign(prodTwo, "app")
	expect("in-sync", "foreign")
	s.want(s.run(s.from("status", "app", "--to-context", "prod-*")...), 1, "1 foreign, 1 in-sync")

	remove := s.from("delete", "app", "--to-context", "prod-*")
	s.want(s.run(append(remove, "--dry-run")...), 3, "would delete", "owned by nobody known")
	s.want(s.run(append(remove, "--dry-run=server")...), 3, "would delete")
	if !s.has(prodOne, "app") {
		t.Fatal("a dry run deleted it")
	}
	s.want(s.run(remove...), 3, "1 deleted", "never deleted")
	s.want(s.run(s.from("delete", "app", "--to-context", prodOne)...), 0, "1 absent")
	if s.has(prodOne, "app") || !s.has(prodTwo, "app") || !s.has(management, "app") {
		t.Error("the wrong one was deleted")
	}
}

// A source that is gone may still be named, and takes its copies with it; copies
// of others stay.
func TestDeleteWithoutSource(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, name := range []string{"kept", "gone"} {
		s.secret(management, name, map[string]string{"a": s.value()})
	}
	s.want(s.copy("kept", "gone", "--to-context", "prod-*"), 0, "4 created")
	s.clusters[management].Kubectl(t, "delete", "secret", "gone", "-n", s.namespace)
	s.want(s.run(s.from("delete", "gone", "--to-context", "prod-*")...), 0, "2 deleted")
	if s.has(prodOne, "gone") || !s.has(prodOne, "kept") {
		t.Error("the wrong ones were deleted")
	}
}

// The audit log names every write and no value.
func TestAuditLog(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	s.want(s.copy("app", "--to-context", "prod-*", "--audit-log", path), 0)
	s.want(s.run(s.from("delete", "app", "--to-context", "prod-*", "--audit-log", path)...), 0)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s.checkLeak("the audit log", string(text))
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	counts := map[string]int{}
	for _, line := range lines {
		var entry struct {
			Event, Action, Outcome string
			Keys                   []string
			Source, Target         struct{ UID, Namespace, Name string }
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Target.Name != "app" || entry.Source.UID == "" {
			t.Errorf("%v: %s", err, line)
		}
		counts[entry.Event+" "+entry.Action+" "+entry.Outcome]++
	}
	for _, want := range []string{"begin create ", "end create done", "begin delete ", "end delete done"} {
		if counts[want] != 2 {
			t.Errorf("%q: %d times in\n%s", want, counts[want], text)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	s.want(s.copy("app", "--to-context", prodOne, "--audit-log", "/nowhere/at/all"), 2, "--audit-log")
}
