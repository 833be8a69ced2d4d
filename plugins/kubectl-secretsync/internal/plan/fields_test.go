package plan

import (
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// entries replaces the managed fields of a target.
func entries(all ...secret.ManagedFields) func(*secret.Snapshot) {
	return func(s *secret.Snapshot) { s.Meta.ManagedFields = all }
}

// applying is an entry of somebody who applies.
func applying(manager, fields string) secret.ManagedFields {
	entry := managed(manager, fields)
	entry.Operation = secret.OperationApply
	return entry
}

// holding has us hold all of a copy but these data keys.
func (b bench) holding(without ...string) secret.ManagedFields {
	set := b.content.Fields(nil, "n", "s")
	for _, key := range without {
		delete(set, secret.Field{Kind: secret.DataField, Key: key})
	}
	return secret.Applied(set)
}

// earlierCopy is a copy as versions wrote it that did not apply.
func (b bench) earlierCopy(s *secret.Snapshot) {
	delete(s.Meta.Annotations, secret.AnnotationUID)
	delete(s.Meta.Annotations, secret.AnnotationMetadata)
	set := b.content.Fields(nil, "n", "s")
	entry := secret.Applied(set)
	entry.Manager, entry.Operation = secret.EarlierFieldManager, secret.OperationUpdate
	s.Meta.ManagedFields = []secret.ManagedFields{entry}
}

// TestWhoseAField: what becomes of fields of our copy that others have written.
func TestWhoseAField(t *testing.T) {
	b := newBench(t)
	theirs := managed("me", `{"f:data":{"f:a":{}}}`)
	declared := applying("argocd-controller", `{"f:data":{"f:a":{}}}`)
	for _, c := range []struct {
		name    string
		item    Item
		o       Options
		verb    Verb
		words   string
		force   bool
		records bool
	}{
		{"as we wrote it", b.target(), Options{}, Unchanged, "", false, false},
		{"somebody has edited our key", b.target(b.data("a", "x"), entries(b.holding("a"), theirs)), Options{}, Update, "key a is taken back from me", true, false},
		{"somebody has edited our key to what it is to be", b.target(entries(b.holding("a"), theirs)), Options{}, Update, "recorded anew", false, true},
		{"somebody declares our key", b.target(b.data("a", "x"), entries(b.holding("a"), declared)), Options{}, Conflict, "others apply .data.a (argocd-controller)", true, false},
		{"somebody declares our key, adopt", b.target(b.data("a", "x"), entries(b.holding("a"), declared)), Options{OnConflict: Adopt}, Conflict, "others apply", true, false},
		{"somebody declares our key, overwrite", b.target(b.data("a", "x"), entries(b.holding("a"), declared)), Options{OnConflict: Overwrite}, Update, "", true, false},
		{"somebody declares our key, skip", b.target(b.data("a", "x"), entries(b.holding("a"), declared)), Options{OnConflict: SkipIt}, Skip, "others apply", true, false},
		{"somebody declares our key, equal", b.target(entries(b.holding(), declared)), Options{}, Unchanged, "", false, false},
		{"a key that was theirs first", b.target(b.data("a", "x"), entries(b.holding("a"), theirs), notWritten("b")), Options{}, Conflict, "others hold .data.a (me)", true, false},
		{"a key that was theirs first, adopt", b.target(b.data("a", "x"), entries(b.holding("a"), theirs), notWritten("b")), Options{OnConflict: Adopt}, Update, "", true, false},
		{"a key that was theirs first, equal", b.target(entries(b.holding("a"), theirs), notWritten("b")), Options{}, Update, "", false, true},
		{"a key that we shared, and they changed", b.target(b.data("a", "x"), entries(b.holding("a"), theirs), shared(".data.a")), Options{}, Conflict, "others hold .data.a (me)", true, false},
		{"an earlier version's", b.target(b.earlierCopy), Options{}, Update, "recorded anew", false, true},
		{"an earlier version's, may not patch", seen(b.target(b.earlierCopy), func(o *Observation) { o.Access.Patch = Denied }), Options{}, Unchanged, "", false, false},
		{"an earlier version's, looked at", b.target(b.earlierCopy), Options{Looks: true}, Unchanged, "", false, false},
		{"its managed fields are lost", b.target(entries()), Options{}, Update, "recorded anew", false, true},
		{"its managed fields are lost, looked at", b.target(entries()), Options{Looks: true}, Unchanged, "", false, false},
	} {
		a := c.o.Decide(c.item)
		said := a.Reason + strings.Join(a.Warnings, " ")
		if a.Verb != c.verb || !strings.Contains(said, c.words) || a.Work.Force != c.force || a.Work.Records != c.records {
			t.Errorf("%s: %s %q, force %v, records %v", c.name, a.Verb, said, a.Work.Force, a.Work.Records)
		}
	}
}

// notWritten has the copy name only these keys as written by us.
func notWritten(keys string) func(*secret.Snapshot) {
	return func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationKeys] = keys }
}

func shared(fields string) func(*secret.Snapshot) {
	return func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationShared] = fields }
}

// TestRemoveByKey: of a copy with keys of others, what goes and what stays.
func TestRemoveByKey(t *testing.T) {
	b := newBench(t)
	foreign := managed("me", `{"f:data":{"f:z":{}}}`)
	for _, c := range []struct {
		name    string
		item    Item
		foreign bool
		verb    Verb
		words   string
		keys    string
	}{
		{"all ours", b.target(), false, Delete, "", ""},
		{"a key of others", b.target(b.data("z", "x"), entries(b.holding(), foreign)), false, Reduce, "other owners' keys stay", "-a -b =z"},
		{"a key of others, theirs too", b.target(b.data("z", "x"), entries(b.holding(), foreign)), true, Delete, "", ""},
		{"a key that nobody holds", b.target(b.data("z", "x")), false, Reduce, "", "-a -b =z"},
		{"a key of ours that somebody edited", b.target(b.data("a", "x"), entries(b.holding("a"), managed("me", `{"f:data":{"f:a":{}}}`))), false, Delete, "", ""},
		{"a key of ours that somebody declares", b.target(b.data("a", "x"), entries(b.holding("a"), applying("me", `{"f:data":{"f:a":{}}}`))), false, Reduce, "", "=a -b"},
		{"a key that we share", b.target(entries(b.holding(), managed("me", `{"f:data":{"f:a":{}}}`))), false, Reduce, "", "=a -b"},
		{"an earlier version's, with an edited key", b.target(b.earlierCopy, b.data("a", "x"), heldBy("me", "a")), false, Reduce, "", "=a -b"},
		{"immutable", b.target(immutable, b.data("z", "x")), false, Refused, "it holds other owners' keys: z; it is immutable", "-a -b =z"},
		{"immutable, theirs too", b.target(immutable, b.data("z", "x")), true, Delete, "", ""},
		{"its type needs our keys", b.target(ofType("kubernetes.io/tls"), b.data("tls.crt", "x"), entries(b.holding(), managed("me", `{"f:data":{"f:tls.crt":{}}}`))), false, Refused, "needs our keys", "-a -b =tls.crt"},
		{"its type needs theirs", b.target(ofType("kubernetes.io/ssh-auth"), b.data("ssh-privatekey", "x")), false, Reduce, "", "-a -b =ssh-privatekey"},
		{"may not patch", seen(b.target(b.data("z", "x")), func(o *Observation) { o.Access.Patch = Denied }), false, Forbidden, "other owners' keys", "-a -b =z"},
		{"may not delete, and need not", seen(b.target(b.data("z", "x")), func(o *Observation) { o.Access.Delete = Denied }), false, Reduce, "", "-a -b =z"},
	} {
		a := RemoveOptions{DeleteForeign: c.foreign}.Decide(c.item)
		var keys []string
		for _, key := range a.Changes.Keys {
			keys = append(keys, map[string]string{Removed: "-", Kept: "="}[key.Change]+key.Key)
		}
		if got := strings.Join(keys, " "); a.Verb != c.verb || !strings.Contains(a.Reason, c.words) || got != c.keys {
			t.Errorf("%s: %s %q, %s", c.name, a.Verb, a.Reason, got)
		}
		if a.Verb == Reduce && (a.Work.Entries == nil || !a.Work.Drop[secret.Field{Kind: secret.AnnotationField, Key: secret.AnnotationPlace}] || a.Work.Drop[secret.Field{Kind: secret.DataField, Key: "z"}]) {
			t.Errorf("%s: %v", c.name, a.Work.Drop.Strings())
		}
	}
}

// heldBy has somebody take a key from an earlier version.
func heldBy(manager, key string) func(*secret.Snapshot) {
	return func(s *secret.Snapshot) {
		field := secret.Field{Kind: secret.DataField, Key: key}
		left, _ := s.Meta.ManagedFields[0].Without(secret.FieldSet{field: true})
		s.Meta.ManagedFields = []secret.ManagedFields{left, managed(manager, `{"f:data":{"f:`+key+`":{}}}`)}
	}
}

// TestAdmission: a field that we hold and that has another value was changed by
// admission only if the server would make the same of it again.
func TestAdmission(t *testing.T) {
	b := newBench(t)
	current := func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationVersion] = "7" }
	listed := func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationAdmission] = ".data.a" }
	changed := b.target(current, b.data("a", "policy"))
	rehearsed := func(item Item, value string) Item {
		return seen(item, func(o *Observation) {
			again := *o.Object
			again.Data = map[string]secret.Fingerprint{"a": b.prints.Of([]byte(value)), "b": o.Object.Data["b"]}
			o.Rehearsed = &again
		})
	}
	for _, c := range []struct {
		name      string
		item      Item
		o         Options
		rehearses bool
		verb      Verb
	}{
		{"in sync", b.target(current), Options{}, false, Unchanged},
		{"not asked", changed, Options{}, true, Update},
		{"the same again, which nobody has recorded", rehearsed(changed, "policy"), Options{}, true, Update},
		{"the same again", rehearsed(b.target(current, listed, b.data("a", "policy")), "policy"), Options{}, true, Unchanged},
		{"may not patch, listed", seen(b.target(current, listed, b.data("a", "policy")), func(o *Observation) { o.Access.Patch = Denied }), Options{}, false, Unchanged},
		{"may not patch, not listed", seen(changed, func(o *Observation) { o.Access.Patch = Denied }), Options{}, false, Forbidden},
		{"the policy is gone", rehearsed(changed, "1"), Options{}, true, Update},
		{"somebody has edited it", b.target(current, b.data("a", "x"), entries(b.holding("a"), managed("me", `{"f:data":{"f:a":{}}}`))), Options{}, false, Update},
		{"the source has changed", b.target(b.data("a", "old"), func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationVersion] = "6" }), Options{}, false, Update},
		{"the source has changed, but not what is listed", rehearsed(b.target(listed, b.data("a", "policy")), "policy"), Options{}, true, Unchanged},
		{"looked at, listed", b.target(current, listed, b.data("a", "policy")), Options{Looks: true}, true, Unchanged},
		{"looked at, listed, for an older source", b.target(listed, b.data("a", "policy"), func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationVersion] = "6" }), Options{Looks: true}, true, Update},
		{"looked at, not listed", changed, Options{Looks: true}, true, Update},
	} {
		_, rehearses := c.o.Rehearses(c.item)
		a := c.o.Decide(c.item)
		if rehearses != c.rehearses || a.Verb != c.verb {
			t.Errorf("%s: rehearses %v, %s %q", c.name, rehearses, a.Verb, a.Reason)
		}
		if a.Verb == Unchanged && len(a.Admission) == 0 && c.name != "in sync" {
			t.Errorf("%s: nobody says so", c.name)
		}
	}
	if Proven(b.target(current, listed).Seen.Object.Meta, b.content) {
		t.Error("metadata prove what admission has changed")
	}
}

// TestStaleLabels: what we have put on a copy and is no longer asked for differs,
// also for who only looks.
func TestStaleLabels(t *testing.T) {
	b := newBench(t)
	stale := b.target(label("team", "a"), func(s *secret.Snapshot) {
		s.Meta.Annotations[secret.AnnotationVersion] = "7"
		s.Meta.Annotations[secret.AnnotationMetadata] = "label:team"
		set := b.content.Fields(nil, "n", "s")
		set[secret.Field{Kind: secret.LabelField, Key: "team"}] = true
		s.Meta.ManagedFields = []secret.ManagedFields{secret.Applied(set)}
	})
	if a := (Options{Looks: true}).Decide(stale); a.Verb != Update || StateOf(a) != Drifted {
		t.Errorf("%s, %s", a.Verb, StateOf(a))
	}
	if Proven(stale.Seen.Object.Meta, b.content) {
		t.Error("metadata prove that it is in sync")
	}
	if a := (Options{}).Decide(b.target(label("team", "a"))); a.Verb != Unchanged {
		t.Errorf("a label of others: %s", a.Verb)
	}
}

// TestTakeOver: what is taken away of a former owner, and what is not.
func TestTakeOver(t *testing.T) {
	b := newBench(t)
	item := gone(b.target(helm, external, func(s *secret.Snapshot) {
		s.Meta.Annotations[secret.LastApplied] = "{}"
		s.Meta.Labels["team"] = "web"
	}))
	a := Options{OnConflict: Overwrite}.Decide(item)
	want := []string{".metadata.annotations." + secret.LastApplied, ".metadata.annotations.meta.helm.sh/release-name"}
	if got := strings.Join(a.Work.Drop.Strings(), " "); got != strings.Join(want, " ") || !a.Work.Owners {
		t.Errorf("%s, owners %v", got, a.Work.Owners)
	}
}
