package plan

import (
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// lost is a copy of n/s by the plan p at the place n/s, with changes, as a
// finder gives it.
func (b bench) lost(changes ...func(*secret.Snapshot)) Item {
	item := b.target(append([]func(*secret.Snapshot){annotation(secret.AnnotationPlans, "p")}, changes...)...)
	item.Content, item.Found = nil, item.Seen.Object.Meta.ResourceVersion
	return item
}

func annotation(key, value string) func(*secret.Snapshot) {
	return func(s *secret.Snapshot) { s.Meta.Annotations[key] = value }
}

// made are items of a plan: NAMESPACE/NAME of source and copy alike.
func made(names ...string) (items []Item) {
	for _, name := range names {
		items = append(items, Item{
			Place:  Place{Cluster: "prod", Server: address.Parse("https://x"), Namespace: "n", Name: name},
			Origin: secret.Origin{Cluster: "c", Namespace: "n", Name: strings.TrimPrefix(name, "new-"), UID: "uid-" + name},
		})
	}
	return items
}

// alive makes the source n/s one that is there.
func alive() func(*Orphans) {
	return func(o *Orphans) { o.Live(map[string]secret.Meta{"s": {Namespace: "n", Name: "s"}}) }
}

func selecting() func(*Orphans) {
	return func(o *Orphans) { alive()(o); o.Selects = func(secret.Meta) bool { return true } }
}

func selectsNone(secret.Meta) bool { return false }

// inSource is an item that a pattern has found in the source's cluster.
func inSource(item Item) Item {
	item.Matched, item.Seen.Identity, item.Origin.Cluster = true, "c", "c"
	return item
}

// TestOrphans: only what carries all marks of this plan, and is not made by it
// any more, is deleted.
func TestOrphans(t *testing.T) {
	b := newBench(t)
	deleting, later := time.Unix(0, 0), time.Now().AddDate(1, 0, 0)
	for name, c := range map[string]struct {
		copy    Item
		made    []Item
		change  func(*Orphans)
		verb    Verb
		reason  string
		ignored bool
	}{
		"source gone":                {copy: b.lost(), verb: Delete, reason: "its source n/s is gone"},
		"others are still there":     {copy: b.lost(), made: made("other"), verb: Delete, reason: "its source n/s is gone"},
		"source there":               {copy: b.lost(), change: alive(), verb: Refused, reason: "is there, and a call with other flags may make it"},
		"source there, allowed":      {copy: b.lost(), change: func(o *Orphans) { alive()(o); o.AllowLive = true }, verb: Delete, reason: "no longer selected"},
		"source there, a hash":       {copy: b.lost(), change: func(o *Orphans) { alive()(o); o.Hashed = "p" }, verb: Delete, reason: "no longer selected"},
		"source there, another hash": {copy: b.lost(), change: func(o *Orphans) { alive()(o); o.Hashed = "q" }, verb: Refused, reason: "is there"},
		"source there and selected":  {copy: b.lost(), change: selecting(), verb: Refused, reason: "there and selected"},
		"selected, allowed":          {copy: b.lost(), change: func(o *Orphans) { selecting()(o); o.AllowLive, o.AllowEmpty = true, true }, verb: Refused, reason: "there and selected"},
		"another name now":           {copy: b.lost(), made: made("new-s"), verb: Refused, reason: "is there, and a call"},
		"another name, allowed":      {copy: b.lost(), made: made("new-s"), change: func(o *Orphans) { o.AllowLive = true }, verb: Delete, reason: "no longer has a copy of n/s here"},
		"a newer namespace":          {copy: b.lost(), change: func(o *Orphans) { o.Since = later }, verb: Refused, reason: "may not be restored yet"},
		"a newer one, allowed":       {copy: b.lost(), change: func(o *Orphans) { o.Since, o.AllowEmpty = later, true }, verb: Delete},
		"still made":                 {copy: b.lost(), made: made("s"), ignored: true},
		"made of another source now": {copy: b.lost(), made: []Item{{Place: made("s")[0].Place, Origin: secret.Origin{Name: "z"}}}, ignored: true},
		"the source itself":          {copy: b.lost(func(s *secret.Snapshot) { s.Meta.UID = "uid-z" }), made: made("z"), ignored: true},
		"before plans":               {copy: b.lost(func(s *secret.Snapshot) { delete(s.Meta.Annotations, secret.AnnotationPlans) }), ignored: true},
		"another plan's":             {copy: b.lost(annotation(secret.AnnotationPlans, "q")), ignored: true},
		"more plans than it counts":  {copy: b.lost(annotation(secret.AnnotationPlans, secret.ManyPlans)), ignored: true},
		"a plan that is replaced":    {copy: b.lost(annotation(secret.AnnotationPlans, "q")), change: func(o *Orphans) { o.Plans = []string{"p", "q"} }, verb: Delete},
		"another plan's too":         {copy: b.lost(annotation(secret.AnnotationPlans, "p,q")), verb: Release, reason: "it stays a copy of plan q"},
		"another's, live":            {copy: b.lost(annotation(secret.AnnotationPlans, "p,q")), change: alive(), verb: Refused, reason: "is there"},
		"another's, no permission":   {copy: seen(b.lost(annotation(secret.AnnotationPlans, "p,q")), func(o *Observation) { o.Access.Patch = Denied }), verb: Forbidden, reason: "may not patch"},
		"a pattern found the source": {copy: inSource(b.lost()), verb: Skip, reason: "the source's own cluster"},

		"both are this plan's":     {copy: b.lost(annotation(secret.AnnotationPlans, "p,q")), change: func(o *Orphans) { o.Plans = []string{"p", "q"} }, verb: Delete},
		"another cluster's":        {copy: b.lost(annotation(secret.AnnotationCluster, "d")), ignored: true},
		"of no known cluster":      {copy: b.lost(annotation(secret.AnnotationCluster, "")), ignored: true},
		"this cluster not known":   {copy: b.lost(annotation(secret.AnnotationCluster, "")), change: func(o *Orphans) { o.Cluster = "" }, ignored: true},
		"another namespace's":      {copy: b.lost(annotation(secret.AnnotationSource, "m/s")), ignored: true},
		"of a name that none has":  {copy: b.lost(annotation(secret.AnnotationSource, "n/../s")), ignored: true},
		"copied on by somebody":    {copy: b.lost(annotation(secret.AnnotationPlace, "n/z")), ignored: true},
		"not our label":            {copy: b.lost(label(secret.LabelManagedBy, "me"), func(s *secret.Snapshot) { s.Meta.ManagedFields = nil }), ignored: true},
		"of a manifest":            {copy: b.lost(label(secret.LabelSourceUID, secret.FromManifest)), ignored: true},
		"nothing was expected yet": {copy: b.lost(), change: func(o *Orphans) { o.places = nil }, ignored: true},
		"taken over":               {copy: b.lost(annotation("meta.helm.sh/release-name", "web")), verb: Skip, reason: "taken over by Helm release web"},
		"being deleted":            {copy: b.lost(func(s *secret.Snapshot) { s.Meta.DeletionTimestamp = &deleting }), verb: Absent},
		"no permission":            {copy: seen(b.lost(), func(o *Observation) { o.Access.Delete = Denied }), verb: Forbidden, reason: "may not delete"},
	} {
		o := &Orphans{Cluster: "c", Namespace: "n", Plans: []string{"p"}, Selects: selectsNone}
		o.Expect(c.made)
		if c.change != nil {
			c.change(o)
		}
		item := c.copy
		item.Lost = o.Why(item.Seen.Object.Meta, item.Place)
		if item.Lost == "" != c.ignored {
			t.Errorf("%s: %q", name, item.Lost)
			continue
		}
		if c.ignored {
			c.verb = Refused // should anybody ask all the same
		}
		if a := o.Decide(item); a.Verb != c.verb || !strings.Contains(a.Reason, c.reason) {
			t.Errorf("%s: %s, %q", name, a.Verb, a.Reason)
		}
	}
}

// TestOrphanIsReadAnew: after a conflict, one that was written since stays.
func TestOrphanIsReadAnew(t *testing.T) {
	b := newBench(t)
	o := &Orphans{Cluster: "c", Namespace: "n", Plans: []string{"p"}}
	o.Expect(nil)
	item := b.lost()
	item.Lost = o.Why(item.Seen.Object.Meta, item.Place)
	item.Seen.Object.Meta.ResourceVersion = "written"
	if a := o.Decide(item); a.Verb != Refused || !strings.Contains(a.Reason, "written since") {
		t.Errorf("%s %q", a.Verb, a.Reason)
	}
	if item.Seen.Object = nil; o.Decide(item).Verb != Absent {
		t.Error("it is gone")
	}
	item.Seen.Problem = &Problem{Kind: KindForbidden}
	if a := o.Decide(item); a.Verb != Forbidden {
		t.Errorf("not listed: %s", a.Verb)
	}
	if StateOf(o.Decide(b.lostAs("gone"))) != Orphaned {
		t.Error("its state is not orphaned")
	}
}

func (b bench) lostAs(why string) Item {
	item := b.lost()
	item.Lost = why
	return item
}

// TestAPlanJoins: a copy that another plan makes too is written to say so; who
// only looks does not mind.
func TestAPlanJoins(t *testing.T) {
	b := newBench(t)
	b.content.Plan = "p"
	item := b.target(annotation(secret.AnnotationPlans, "q"))
	if a := (Options{}).Decide(item); a.Verb != Update || len(a.Changes.Annotations) != 1 || a.Changes.Data() || !strings.Contains(a.Reason, "another plan made it") {
		t.Errorf("%s %q %+v", a.Verb, a.Reason, a.Changes)
	}
	if a := (Options{}).Decide(b.target(annotation(secret.AnnotationPlans, "q"), b.data("a", "x"))); a.Verb != Update || a.Reason != "" {
		t.Errorf("%s %q", a.Verb, a.Reason)
	}
	if a := (Options{Looks: true}).Decide(item); a.Verb != Unchanged {
		t.Errorf("a look: %s", a.Verb)
	}
	denied := func(o *Observation) { o.Access.Patch = Denied }
	if a := (Options{}).Decide(seen(item, denied)); a.Verb != Unchanged || !a.Changes.Empty() || len(a.Warnings) != 1 {
		t.Errorf("not allowed to, and nothing else to write: %s %+v", a.Verb, a)
	}
	drifted := b.target(annotation(secret.AnnotationPlans, "q"), func(s *secret.Snapshot) { s.Data = nil })
	if a := (Options{}).Decide(seen(drifted, denied)); a.Verb != Forbidden {
		t.Errorf("not allowed to, and more to write: %s %+v", a.Verb, a)
	}
	if a := (Options{}).Decide(b.target(annotation(secret.AnnotationPlans, "p,q"))); a.Verb != Unchanged {
		t.Errorf("counted already: %s", a.Verb)
	}
}
