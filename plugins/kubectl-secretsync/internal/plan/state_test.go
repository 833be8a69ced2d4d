package plan

import (
	"encoding/json"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

func managed(manager, fields string) secret.ManagedFields {
	return secret.ManagedFields{Manager: manager, Operation: "Update", Fields: json.RawMessage(fields)}
}

// TestProven: metadata prove that nothing differs only where all of it does.
func TestProven(t *testing.T) {
	b := newBench(t)
	ours := managed(secret.Manager, `{"f:data":{".":{},"f:a":{},"f:b":{}},"f:metadata":{}}`)
	meta := func(changes ...func(*secret.Snapshot)) secret.Meta {
		m := b.target(append(changes, func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationVersion] = "7" })...).Seen.Object.Meta
		m.ManagedFields = []secret.ManagedFields{ours}
		return m
	}
	with := func(m secret.Meta, fields ...secret.ManagedFields) secret.Meta {
		m.ManagedFields = fields
		return m
	}
	older := meta()
	older.Annotations[secret.AnnotationVersion] = "6"
	for _, c := range []struct {
		name string
		meta secret.Meta
		want bool
	}{
		{"as we wrote it", meta(), true},
		{"a label of others", with(meta(label("x", "y")), ours, managed("kubectl", `{"f:metadata":{"f:labels":{"f:x":{}}}}`)), true},
		{"a value of others", with(meta(), managed(secret.Manager, `{"f:data":{"f:a":{}}}`), managed("kubectl-edit", `{"f:data":{"f:b":{}}}`)), false},
		{"a key of others", with(meta(), ours, managed("kubectl-edit", `{"f:data":{"f:z":{}}}`)), false},
		{"a key is gone", with(meta(), managed(secret.Manager, `{"f:data":{"f:a":{}}}`)), false},
		{"nobody says who wrote", with(meta()), false},
		{"unreadable", with(meta(), ours, managed("x", `[`)), false},
		{"hostile", with(meta(), managed(secret.Manager, `{"f:data":{"":{},"f":{},"f:a":{}}}`)), false},
		{"of an older source", older, false},
		{"of a source of another UID", meta(madeOf("old")), false},
		{"not ours", meta(unmarked), false},
	} {
		if got := Proven(c.meta, b.content); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestStateOf(t *testing.T) {
	b := newBench(t)
	version := func(v string) func(*secret.Snapshot) {
		return func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationVersion] = v }
	}
	wrote := func(fields ...secret.ManagedFields) func(*secret.Snapshot) {
		return func(s *secret.Snapshot) { s.Meta.ManagedFields = fields }
	}
	ours := managed(secret.Manager, `{"f:data":{".":{},"f:a":{},"f:b":{}}}`)
	for _, c := range []struct {
		name string
		item Item
		want State
	}{
		{"in sync", b.target(version("7")), InSync},
		{"in sync, the source changed otherwise", b.target(version("6")), InSync},
		{"drifted", b.target(version("7"), b.data("a", "x")), Drifted},
		{"outdated", b.target(version("6"), b.data("a", "x")), Outdated},
		{"outdated, as we wrote it", b.target(version("6"), b.data("a", "x"), wrote(ours)), Outdated},
		{"outdated, with a key of others", b.target(version("6"), b.data("a", "x"), wrote(ours, managed("me", `{"f:data":{"f:z":{}}}`))), Outdated},
		{"outdated, and a value is another's", b.target(version("6"), b.data("a", "x"), wrote(managed(secret.Manager, `{"f:data":{"f:b":{}}}`), managed("me", `{"f:data":{"f:a":{}}}`))), OutdatedDrifted},
		{"outdated, and a key is gone", b.target(version("6"), func(s *secret.Snapshot) { delete(s.Data, "a") }, wrote(managed(secret.Manager, `{"f:data":{"f:b":{}}}`))), OutdatedDrifted},
		{"missing", b.missing(), Missing},
		{"foreign", b.target(unmarked), Foreign},
		{"taken over by a controller", b.target(version("7"), external), Foreign},
		{"drifted in type", b.target(version("7"), ofType("x")), Drifted},
		{"in sync with a manifest", b.manifest(t, "", ""), InSync},
		{"of another manifest", b.manifest(t, "", "", b.data("a", "x")), Foreign},
		{"unknown", seen(b.missing(), func(o *Observation) { o.Problem = &Problem{Kind: KindForbidden} }), UnknownState},
	} {
		if got := StateOf((Options{Recreate: true}).Decide(c.item)); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}
