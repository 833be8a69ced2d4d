package secret

import (
	"fmt"
	"strings"
	"testing"
)

// TestPlanID: the same flags in another order are the same plan, any other flag
// is another plan.
func TestPlanID(t *testing.T) {
	base := PlanFlags{Names: []string{"a", "b"}, Namespaces: []string{"x", "y"}}
	if again := (PlanFlags{Names: []string{"b", "a", "a"}, Namespaces: []string{"y", "x"}}); again.ID() != base.ID() {
		t.Error("the order of flags makes another plan")
	}
	ids := map[string]PlanFlags{base.ID(): base}
	for _, other := range []PlanFlags{
		{},
		{All: true},
		{Selector: "a=b"},
		{Names: []string{"a"}},
		{Names: []string{"a,b"}},
		{Names: []string{"a", "b"}},
		{Names: []string{"a", "b"}, Namespaces: []string{"x"}},
		{Names: []string{"a"}, Name: "x"},
		{Names: []string{"a"}, Prefix: "x"},
		{Names: []string{"a"}, Suffix: "x"},
	} {
		id := other.ID()
		if same, taken := ids[id]; taken {
			t.Errorf("%+v and %+v are both %s", same, other, id)
		}
		if ids[id] = other; len(id) > 63 || strings.ContainsAny(id, ",*") {
			t.Errorf("%q cannot be recorded", id)
		}
	}
}

// TestPlansOfACopy: a copy counts the plans that make it, but does not begin to.
func TestPlansOfACopy(t *testing.T) {
	origin := Origin{Cluster: "c", Namespace: "n", Name: "s", UID: "u"}
	content := func(plan string) *Content {
		c, err := Spec{Plan: plan}.Content(Secret{}, origin, Stamp{}, NewFingerprinter())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	copyOf := func(plans string) Meta {
		m := Meta{Namespace: "n", Name: "s", Labels: content("").Labels, Annotations: content("").WrittenOver(nil, "n", "s")}
		if plans != "" {
			m.Annotations[AnnotationPlans] = plans
		}
		return m
	}
	var many []string
	for i := range maxPlans {
		many = append(many, fmt.Sprintf("p%02d", i))
	}
	foreign := copyOf("p")
	foreign.Labels = nil
	for name, c := range map[string]struct {
		plan string
		old  *Meta
		want string
	}{
		"new":                    {"p", nil, "p"},
		"somebody else's":        {"q", &foreign, "q"},
		"of the same plan":       {"p", new(copyOf("p")), "p"},
		"of another too":         {"p", new(copyOf("q")), "p,q"},
		"before there were any":  {"p", new(copyOf("")), ""},
		"of as many as it takes": {"q", new(copyOf(strings.Join(many, ","))), ManyPlans},
		"of more":                {"q", new(copyOf(ManyPlans)), ManyPlans},
		"of others, and none":    {"p", new(copyOf(",q,")), "p,q"},
		"of none at all":         {"p", new(copyOf(",")), ","},
		"of no plan":             {"", new(copyOf("q")), "q"},
	} {
		got := content(c.plan).WrittenOver(c.old, "n", "s")[AnnotationPlans]
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if joins := c.old != nil && c.plan != "" && c.want != c.old.Annotations[AnnotationPlans]; c.old != nil && content(c.plan).Joins(*c.old) != joins {
			t.Errorf("%s: joins %v", name, !joins)
		}
	}
}
