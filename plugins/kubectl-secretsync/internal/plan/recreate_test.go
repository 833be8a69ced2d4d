package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

func finalizer(s *secret.Snapshot) { s.Meta.Finalizers = []string{"x/y"} }

// TestRecreateObstacles: nothing is deleted that could not be made anew, or
// that holds what nobody else has should the run be killed in between.
func TestRecreateObstacles(t *testing.T) {
	b := newBench(t)
	recreate := Options{Recreate: true}
	written := func(s *secret.Snapshot) { s.Meta.Annotations[secret.AnnotationKeys] = "a,b,z" }
	for _, c := range []struct {
		name         string
		item         Item
		o            Options
		verb         Verb
		reason, hint string
	}{
		{"held by a finalizer", b.target(ofType("x/y"), finalizer), recreate, Refused, "finalizer x/y", "--to-name"},
		{"held by a finalizer, exact", b.target(ofType("x/y"), finalizer), Options{Recreate: true, Mode: Exact}, Refused, "finalizer x/y", "--to-name"},
		{"held by a finalizer, only looked at", b.target(ofType("x/y"), finalizer), Options{Recreate: true, Looks: true}, Recreate, "", ""},
		{"held by a finalizer, can be updated", b.target(b.data("a", "x"), finalizer), recreate, Update, "", ""},
		{"keys of others", b.target(ofType("x/y"), b.data("z", "1"), b.data("y", "1")), recreate, Refused, "keys that the source does not have: y, z", "--mode=exact"},
		{"keys of others, immutable", b.target(immutable, b.data("a", "x"), b.data("z", "1")), recreate, Refused, "keys that the source does not have: z", "--mode=exact"},
		{"keys of others, exact", b.target(ofType("x/y"), b.data("z", "1")), Options{Recreate: true, Mode: Exact}, Recreate, "", ""},
		{"keys of others, only looked at", b.target(ofType("x/y"), b.data("z", "1")), Options{Recreate: true, Looks: true}, Recreate, "", ""},
		{"keys that we wrote", b.target(ofType("x/y"), b.data("z", "1"), written), recreate, Recreate, "", ""},
	} {
		a := c.o.Decide(c.item)
		if a.Verb != c.verb || !strings.Contains(a.Reason, c.reason) || !strings.Contains(a.Hint, c.hint) {
			t.Errorf("%s: %s: %q, hint %q", c.name, a.Verb, a.Reason, a.Hint)
		}
	}
}

// TestOverwriteOfAnotherCopy: what we have written from another source is ours, and
// goes; keys of others stay.
func TestOverwriteOfAnotherCopy(t *testing.T) {
	b := newBench(t)
	a := Options{OnConflict: Overwrite}.Decide(b.target(b.data("y", "1"), b.data("z", "1"), madeOf("other"), func(s *secret.Snapshot) {
		s.Meta.Annotations[secret.AnnotationSource], s.Meta.Annotations[secret.AnnotationKeys] = "n/other", "a,b,z"
	}))
	var removed []string
	for _, key := range a.Changes.Keys {
		if key.Change == Removed {
			removed = append(removed, key.Key)
		}
	}
	if a.Verb != Update || !slices.Equal(removed, []string{"z"}) {
		t.Errorf("%s, %v", a.Verb, a.Changes.Keys)
	}
}
