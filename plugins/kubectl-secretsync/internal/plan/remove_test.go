package plan

import (
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// TestRemove: nothing but our copy of the source is ever deleted.
func TestRemove(t *testing.T) {
	b := newBench(t)
	now := time.Now()
	gone := b.origin
	gone.UID = ""
	ofGone := b.target()
	ofGone.Origin = gone
	for _, c := range []struct {
		name string
		item Item
		verb Verb
	}{
		{"ours", b.target(), Delete},
		{"ours, changed by others", b.target(b.data("a", "x"), label("x", "y")), Delete},
		{"ours, the source is gone", ofGone, Delete},
		{"ours, the source is gone in who knows which cluster", func() Item {
			item := ofGone
			item.Origin.Cluster = ""
			return item
		}(), Refused},
		{"from a manifest of the same source ID", b.manifest(t, "ci", "ci"), Delete},
		{"from a manifest of another source ID", b.manifest(t, "ci", "other"), Refused},
		{"from a manifest", b.manifest(t, "", ""), Refused},
		{"not there", b.missing(), Absent},
		{"on its way out", b.target(func(s *secret.Snapshot) { s.Meta.DeletionTimestamp = &now }), Absent},
		{"the source", b.target(func(s *secret.Snapshot) { s.Meta.UID = "source" }), Refused},
		{"somebody's", b.target(unmarked), Refused},
		{"Helm's", b.target(helm), Refused},
		{"taken over", b.target(label(secret.LabelManagedBy, "Helm"), setBy("helm", secret.LabelManagedBy)), Refused},
		{"the label of our manager is another", b.target(label(secret.LabelManagedBy, "Helm")), Delete},
		{"taken over by a controller", b.target(external), Refused},
		{"taken over by who leaves a mark", b.target(func(s *secret.Snapshot) { s.Meta.Annotations["meta.helm.sh/release-name"] = "app" }), Refused},
		{"ours, with an owner that is no controller", b.target(owned), Delete},
		{"somebody's, with our labels", b.target(labelled), Refused},
		{"a copy's copy under another name", b.target(renamed), Refused},
		{"a label was taken away", b.target(label(secret.LabelSourceUID, "")), Delete},
		{"half of our marks", b.target(label(secret.LabelSourceUID, ""), func(s *secret.Snapshot) { delete(s.Meta.Annotations, secret.AnnotationUID) }), Refused},
		{"of another source", b.target(madeOf("x"), func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationSource] = "n/x" }), Refused},
		{"may not delete", seen(b.target(), func(o *Observation) { o.Access.Delete = Denied }), Forbidden},
		{"not readable", seen(b.missing(), func(o *Observation) { o.Problem = &Problem{Kind: KindTimeout} }), Failed},
	} {
		if a := (RemoveOptions{}).Decide(c.item); a.Verb != c.verb {
			t.Errorf("%s: %s, %s", c.name, a.Verb, a.Reason)
		}
	}
}
