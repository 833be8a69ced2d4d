package plan

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// bench makes items out of few words.
type bench struct {
	prints  *secret.Fingerprinter
	content *secret.Content
	origin  secret.Origin
}

func newBench(t *testing.T) bench {
	t.Helper()
	b := bench{prints: secret.NewFingerprinter(), origin: secret.Origin{Cluster: "c", Namespace: "n", Name: "s", UID: "source", ResourceVersion: "7"}}
	source := secret.Secret{Type: "Opaque", Data: map[string]secret.Value{"a": secret.NewValue([]byte("1")), "b": secret.NewValue([]byte("22"))}}
	var err error
	if b.content, err = (secret.Spec{}).Content(source, b.origin, secret.Stamp{}, b.prints); err != nil {
		t.Fatal(err)
	}
	return b
}

// target is a copy that is in sync, with changes.
func (b bench) target(changes ...func(*secret.Snapshot)) Item {
	s := &secret.Snapshot{
		Meta: secret.Meta{Namespace: "n", Name: "s", UID: "target", ResourceVersion: "1", Labels: maps.Clone(b.content.Labels), Annotations: b.content.WrittenOver(nil, "n", "s")},
		Type: "Opaque", Data: maps.Clone(b.content.Prints),
	}
	s.Meta.ManagedFields = []secret.ManagedFields{secret.Applied(b.content.Fields(nil, "n", "s"))}
	for _, change := range changes {
		change(s)
	}
	item := b.missing()
	item.Seen.Object = s
	return item
}

func (b bench) missing() Item {
	return Item{Place: Place{Cluster: "prod", Server: address.Parse("https://x"), Namespace: "n", Name: "s"}, Content: b.content, Origin: b.origin, Seen: Observation{Namespace: NamespaceThere}}
}

func (b bench) refused(why string, selected bool) Item {
	item := b.missing()
	item.Refusal, item.Lift, item.Selected = why, "--flag", selected
	return item
}

func seen(item Item, change func(*Observation)) Item {
	change(&item.Seen)
	return item
}

func (b bench) data(key, value string) func(*secret.Snapshot) {
	return func(s *secret.Snapshot) { s.Data[key] = b.prints.Of([]byte(value)) }
}

func label(key, value string) func(*secret.Snapshot) {
	return func(s *secret.Snapshot) {
		if s.Meta.Labels[key] = value; value == "" {
			delete(s.Meta.Labels, key)
		}
	}
}

// madeOf has the copy record another UID of its source.
func madeOf(uid string) func(*secret.Snapshot) {
	return func(s *secret.Snapshot) {
		s.Meta.Labels[secret.LabelSourceUID], s.Meta.Annotations[secret.AnnotationUID] = uid, uid
	}
}

// gone is an item whose owners have been looked up and are gone.
func gone(item Item) Item { return seen(item, func(o *Observation) { o.Owner.Gone = true }) }

func noCluster(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationCluster] = "" }

func unmarked(s *secret.Snapshot) {
	s.Meta.Labels, s.Meta.Annotations = map[string]string{}, map[string]string{}
}

// manifest is a copy of a manifest with the ID has, for one with the ID wants.
func (b bench) manifest(t *testing.T, wants, has string, changes ...func(*secret.Snapshot)) Item {
	t.Helper()
	of := func(id string) bench {
		made := bench{prints: b.prints, origin: secret.Origin{Cluster: secret.FromManifest, UID: secret.FromManifest, ID: id, Name: "s"}}
		var err error
		if made.content, err = (secret.Spec{}).Content(secret.Secret{Type: "Opaque", Data: b.content.Data}, made.origin, secret.Stamp{}, b.prints); err != nil {
			t.Fatal(err)
		}
		return made
	}
	item := of(has).target(changes...)
	asked := of(wants)
	item.Origin, item.Content = asked.origin, asked.content
	return item
}

// external is what External Secrets makes of a copy that it takes over.
func external(s *secret.Snapshot) {
	yes := true
	s.Meta.OwnerReferences = []secret.OwnerReference{{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret", Name: "app", Controller: &yes}}
}

// owned names an owner that is no controller, as for garbage collection.
func owned(s *secret.Snapshot) {
	s.Meta.OwnerReferences = []secret.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: "app"}}
}

// labelled has our labels alone, as when somebody has copied them.
func labelled(s *secret.Snapshot) { s.Meta.Annotations = map[string]string{} }

// renamed is what a copy is under another name, all its marks included.
func renamed(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationPlace] = "n/elsewhere" }

func ofType(kind string) func(*secret.Snapshot) {
	return func(s *secret.Snapshot) { s.Type = kind }
}
func immutable(s *secret.Snapshot) { s.Immutable = true }
func helm(s *secret.Snapshot) {
	unmarked(s)
	s.Meta.Annotations["meta.helm.sh/release-name"] = "app"
}

// TestDecide: what is seen of a target, and what is done about it.
func TestDecide(t *testing.T) {
	b := newBench(t)
	now := time.Now()
	problem := func(kind string) Item {
		return seen(b.missing(), func(o *Observation) { o.Problem = &Problem{Kind: kind, Text: "words"} })
	}
	for _, c := range []struct {
		name   string
		item   Item
		o      Options
		verb   Verb
		reason string
		hint   string
	}{
		{"nothing there", b.missing(), Options{}, Create, "", ""},
		{"nothing there, permission unknown", seen(b.missing(), func(o *Observation) { o.Namespace = NamespaceUnknown }), Options{}, Create, "", ""},
		{"no namespace", seen(b.missing(), func(o *Observation) { o.Namespace = NamespaceMissing }), Options{}, Refused, `no namespace "n"`, "--create-namespace"},
		{"no namespace, to be created", seen(b.missing(), func(o *Observation) { o.Namespace = NamespaceMissing }), Options{CreateNamespace: true}, Create, "", ""},
		{"no namespace, which may not be created", seen(b.missing(), func(o *Observation) { o.Namespace, o.Access.CreateNamespace = NamespaceMissing, Denied }), Options{CreateNamespace: true}, Forbidden, "may not create namespaces", `grant the verb "create" on namespaces`},
		{"a namespace that goes away", seen(b.missing(), func(o *Observation) { o.Namespace = NamespaceEnding }), Options{CreateNamespace: true}, Failed, "is being deleted", ""},
		{"may not create", seen(b.missing(), func(o *Observation) { o.Access.Create = Denied }), Options{}, Forbidden, `may not create secrets in namespace "n"`, `grant the verb "create"`},
		{"may not read", problem(KindForbidden), Options{}, Forbidden, "words", ""},
		{"not readable", problem(KindTimeout), Options{}, Failed, "words", ""},
		{"its kubeconfig is refused", problem(KindRefused), Options{}, Refused, "words", ""},
		{"the source is refused", b.refused("why", false), Options{}, Refused, "why", "--flag"},
		{"the source is refused, and was not named", b.refused("why", true), Options{}, Skip, "why", ""},

		{"in sync", b.target(), Options{}, Unchanged, "", ""},
		{"in sync, only the source's version differs", b.target(func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationVersion] = "6" }), Options{}, Unchanged, "", ""},
		{"in sync, may not patch", seen(b.target(), func(o *Observation) { o.Access.Patch = Denied }), Options{}, Unchanged, "", ""},
		{"a value differs", b.target(b.data("a", "x")), Options{}, Update, "", ""},
		{"a value differs, may not patch", seen(b.target(b.data("a", "x")), func(o *Observation) { o.Access.Patch = Denied }), Options{}, Forbidden, "may not patch", ""},
		{"a key of others", b.target(b.data("z", "x")), Options{Mode: Merge}, Unchanged, "", ""},
		{"a key of others, exact", b.target(b.data("z", "x")), Options{Mode: Exact}, Update, "", ""},
		{"a key of ours that the source lost", b.target(b.data("z", "x"), func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationKeys] = "a,b,z" }), Options{Mode: Merge}, Update, "", ""},
		{"the source was made anew", b.target(madeOf("old")), Options{}, Update, "", ""},
		{"the source was made anew, in who knows which cluster", func() Item {
			item := b.target(madeOf("old"))
			item.Origin.Cluster = ""
			return item
		}(), Options{}, Conflict, "kubectl-secretsync, from n/s of cluster c", "get\" on the namespace kube-system"},
		{"written by who could not see the cluster", b.target(noCluster), Options{}, Update, "the UID of the source cluster is recorded", ""},
		{"written by who could not see the cluster, may not patch", seen(b.target(noCluster), func(o *Observation) { o.Access.Patch = Denied }), Options{}, Unchanged, "", ""},
		{"written by who could not see the cluster, only looked at", b.target(noCluster), Options{Looks: true}, Unchanged, "", ""},
		{"of another cluster, written by who could not see it", b.target(b.data("a", "x"), madeOf("other"), noCluster), Options{}, Conflict, "from n/s of an unknown cluster", "get\" on the namespace kube-system"},
		{"from a manifest, equal", b.manifest(t, "", ""), Options{}, Unchanged, "", ""},
		{"from a manifest, with other data", b.manifest(t, "", "", b.data("a", "x")), Options{}, Conflict, "kubectl-secretsync, from manifest /s", "--source-id"},
		{"from a manifest with a source ID, with other data", b.manifest(t, "", "ci", b.data("a", "x")), Options{}, Conflict, "from manifest /s (source ID ci)", ""},
		{"from a manifest of the same source ID", b.manifest(t, "ci", "ci", b.data("a", "x")), Options{}, Update, "", ""},
		{"from a manifest of another source ID", b.manifest(t, "ci", "other", b.data("a", "x")), Options{}, Conflict, "(source ID other)", ""},
		{"from a manifest without a source ID", b.manifest(t, "ci", ""), Options{}, Conflict, "manifest /s", "--on-conflict=adopt"},
		{"from a manifest without a source ID, adopt", b.manifest(t, "ci", ""), Options{OnConflict: Adopt}, Update, "", ""},
		{"from a manifest without a source ID, overwrite", b.manifest(t, "ci", ""), Options{OnConflict: Overwrite}, Update, "", ""},
		{"from a manifest, equal, taken over by a controller", b.manifest(t, "", "", external), Options{}, Conflict, "ExternalSecret/app", ""},
		{"labels of others stay", b.target(label("x", "y")), Options{Mode: Exact}, Unchanged, "", ""},

		{"the source itself", b.target(func(s *secret.Snapshot) { s.Meta.UID = "source" }), Options{OnConflict: Overwrite}, Refused, "the source itself", "--to-namespace"},
		{"on its way out", b.target(func(s *secret.Snapshot) { s.Meta.DeletionTimestamp, s.Meta.Finalizers = &now, []string{"x/y"} }), Options{}, Failed, "held by finalizer x/y", ""},

		{"somebody's", b.target(unmarked), Options{}, Conflict, "owned by nobody known", "--on-conflict=adopt"},
		{"somebody's, equal even so", b.target(unmarked), Options{OnConflict: Fail}, Conflict, "nobody known", ""},
		{"somebody's, skip", b.target(unmarked), Options{OnConflict: SkipIt}, Skip, "nobody known", ""},
		{"somebody's, adopt", b.target(unmarked), Options{OnConflict: Adopt}, Update, "", ""},
		{"Helm's", b.target(helm), Options{}, Conflict, "owned by Helm release app", "--on-conflict=overwrite"},
		{"Helm's, adopt", b.target(helm), Options{OnConflict: Adopt}, Conflict, "Helm release app", "--on-conflict=overwrite"},
		{"Helm's, overwrite", b.target(helm), Options{OnConflict: Overwrite}, Refused, "owned by Helm release app", "--allow-live-owner"},
		{"Helm's that is gone, overwrite", gone(b.target(helm)), Options{OnConflict: Overwrite}, Update, "", ""},
		{"Helm's, overwrite whoever is there", b.target(helm), Options{OnConflict: Overwrite, AllowLive: true}, Update, "", ""},
		{"a copy of another source", b.target(madeOf("other"), func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationSource] = "n/other" }), Options{}, Conflict, "kubectl-secretsync, from n/other of cluster c", "--on-conflict=overwrite"},
		{"a copy of another source, adopt", b.target(madeOf("other"), func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationSource] = "n/other" }), Options{OnConflict: Adopt}, Conflict, "from n/other", "--on-conflict=overwrite"},
		{"taken over by a controller", b.target(external, b.data("a", "x")), Options{}, Conflict, "owned by ExternalSecret/app", "--on-conflict=overwrite"},
		{"taken over by a controller, equal even so", b.target(external), Options{}, Conflict, "owned by ExternalSecret/app", ""},
		{"taken over by a controller, adopt", b.target(external), Options{OnConflict: Adopt}, Conflict, "owned by ExternalSecret/app", ""},
		{"taken over by a controller, overwrite", b.target(external, b.data("a", "x")), Options{OnConflict: Overwrite}, Refused, "ExternalSecret/app", "--allow-live-owner"},
		{"taken over by a controller that is gone, overwrite", gone(b.target(external, b.data("a", "x"))), Options{OnConflict: Overwrite}, Update, "", ""},
		{"taken over by who leaves a mark", b.target(func(s *secret.Snapshot) { s.Meta.Annotations["meta.helm.sh/release-name"] = "app" }), Options{}, Conflict, "owned by Helm release app", ""},
		{"ours, with an owner that is no controller", b.target(owned, b.data("a", "x")), Options{}, Update, "", ""},
		{"somebody's, with our labels", b.target(labelled, b.data("a", "x")), Options{}, Conflict, "nobody known", ""},
		{"a copy's copy under another name", b.target(renamed, b.data("a", "x")), Options{}, Conflict, "nobody known", ""},
		{"a copy's copy under another name, adopt", b.target(renamed), Options{OnConflict: Adopt}, Update, "", ""},
		{"the label of our manager is another", b.target(label(secret.LabelManagedBy, "Helm")), Options{}, Update, "", ""},
		{"the label of our manager is another, and nobody says who wrote", b.target(label(secret.LabelManagedBy, "Helm"), func(s *secret.Snapshot) { s.Meta.ManagedFields = nil }), Options{}, Conflict, "nobody known", ""},

		{"another type", b.target(ofType("x/y")), Options{}, Refused, "its type is x/y, and cannot be changed to Opaque", "--recreate"},
		{"another type, recreate", b.target(ofType("x/y")), Options{Recreate: true}, Recreate, "its type is x/y", ""},
		{"another type, may not delete", seen(b.target(ofType("x/y")), func(o *Observation) { o.Access.Delete = Denied }), Options{Recreate: true}, Forbidden, "may not delete", ""},
		{"another type, may not create", seen(b.target(ofType("x/y")), func(o *Observation) { o.Access.Create = Denied }), Options{Recreate: true}, Forbidden, "may not create", ""},
		{"a foreign one of another type", b.target(unmarked, ofType("x/y")), Options{Recreate: true}, Conflict, "nobody known", ""},
		{"a service account's token", b.target(unmarked, ofType(secret.TypeServiceAccount)), Options{Recreate: true, OnConflict: Overwrite}, Refused, "the target is of type " + secret.TypeServiceAccount, "--to-name"},
		{"immutable, in sync", b.target(immutable), Options{}, Unchanged, "", ""},
		{"immutable, a label differs", b.target(immutable, madeOf("old")), Options{}, Update, "", ""},
		{"immutable, a value differs", b.target(immutable, b.data("a", "x")), Options{}, Refused, "it is immutable", "--recreate"},
		{"immutable, recreate", b.target(immutable, b.data("a", "x")), Options{Recreate: true}, Recreate, "it is immutable", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := c.o.Decide(c.item)
			if a.Verb != c.verb || !strings.Contains(a.Reason, c.reason) || !strings.Contains(a.Hint, c.hint) {
				t.Errorf("%s: %q, hint %q", a.Verb, a.Reason, a.Hint)
			}
			if a.Verb == Conflict && a.Owner == "" {
				t.Errorf("%s, owner %q", a.Verb, a.Owner)
			}
			if (a.Verb == Refused || a.Verb == Conflict) && a.Hint == "" && c.item.Seen.Problem == nil {
				t.Error("no way out is named")
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	b := newBench(t)
	applied := b.target(b.data("a", "x"), func(s *secret.Snapshot) { s.Meta.Annotations[secret.LastApplied] = "{}" })
	if a := (Options{}).Decide(applied); len(a.Warnings) != 1 || !strings.Contains(a.Warnings[0], "in the clear") {
		t.Errorf("%q", a.Warnings)
	}
	if a := (Options{Recreate: true}).Decide(b.target(immutable, b.data("a", "x"))); len(a.Warnings) != 1 || !strings.Contains(a.Warnings[0], "kubelets") {
		t.Errorf("%q", a.Warnings)
	}
}

// TestDoubles: two items that are one object are found by any of its names.
func TestDoubles(t *testing.T) {
	b := newBench(t)
	at := func(item Item, cluster, server string) Item {
		item.Place.Cluster, item.Place.Server = cluster, address.Parse(server)
		return item
	}
	other := b.missing()
	other.Origin.Name, other.Origin.UID = "other", "other"
	namespaceUID := func(item Item) Item { return seen(item, func(o *Observation) { o.NamespaceUID = "ns" }) }
	for _, c := range []struct {
		name  string
		items []Item
		want  string
	}{
		{"apart", []Item{at(b.missing(), "a", "https://a"), at(b.missing(), "b", "https://b")}, "create create"},
		{"one server", []Item{at(b.missing(), "a", "https://a"), at(b.missing(), "b", "https://a")}, "create refused"},
		{"one object", []Item{at(b.target(), "a", "https://a"), at(b.target(), "b", "https://b")}, "unchanged refused"},
		{"one namespace", []Item{namespaceUID(at(b.missing(), "a", "https://a")), namespaceUID(at(b.missing(), "b", "https://b"))}, "create refused"},
		{"two sources for one name", []Item{at(b.missing(), "a", "https://a"), at(other, "a", "https://a")}, "refused refused"},
		{"the first could not be read", []Item{at(seen(b.missing(), func(o *Observation) { o.Problem = &Problem{} }), "a", "https://a"), at(b.missing(), "b", "https://a")}, "failed create"},
	} {
		var verbs []string
		for _, a := range Copy(c.items, Options{}) {
			verbs = append(verbs, string(a.Verb))
		}
		if got := strings.Join(verbs, " "); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestChanges(t *testing.T) {
	b := newBench(t)
	a := Options{Mode: Exact}.Decide(b.target(b.data("a", "xxx"), b.data("z", "four"), func(s *secret.Snapshot) { delete(s.Data, "b") }))
	want := []KeyChange{{"a", Changed, 3, 1, ""}, {"b", Added, 0, 2, ""}, {"z", Removed, 4, 0, ""}}
	if len(a.Changes.Keys) != len(want) {
		t.Fatalf("%+v", a.Changes)
	}
	for i := range want {
		if a.Changes.Keys[i] != want[i] {
			t.Errorf("%+v", a.Changes.Keys[i])
		}
	}
}

// setBy has a manager hold a label.
func setBy(manager, label string) func(*secret.Snapshot) {
	return func(s *secret.Snapshot) {
		s.Meta.ManagedFields = append(s.Meta.ManagedFields, managed(manager, `{"f:metadata":{"f:labels":{"f:`+label+`":{}}}}`))
	}
}
