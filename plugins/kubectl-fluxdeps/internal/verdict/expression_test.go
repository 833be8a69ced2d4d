package verdict

import (
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// TestExpressionLanguage evaluates what the controllers' environment has: the
// standard library and the extensions that Flux adds.
func TestExpressionLanguage(t *testing.T) {
	for _, expr := range []string{
		"dep.status.conditions.filter(e, e.type == 'Ready').all(e, e.status == 'True')",
		"dep.status.observedGeneration >= 0.5", // cross-type comparison
		"dep.metadata.?labels.team.orValue('none') == 'none'",
		"dep.metadata.name.split('').size() == 2",
		"sets.contains(['a', 'b'], ['a'])",
		"string(base64.decode('ZGI=')) == dep.metadata.name",
		"timestamp(dep.status.conditions[0].lastTransitionTime) < timestamp('2027-01-01T00:00:00Z')",
	} {
		snapshot := cluster(kustomization(t, "app"), kustomization(t, "db"))
		check(t, judge(t, snapshot, flux.Dependency{Name: "db", ReadyExpr: expr}), want{OK, "", ""})
	}
}

// TestEndlessExpression evaluates one that would run for days. The bound is on
// steps: evaluation must stop soon after it has taken maxCost of them.
func TestEndlessExpression(t *testing.T) {
	list := "[" + strings.Repeat("0,", 200) + "0]"
	expr := "true"
	for range 6 {
		expr = list + ".all(x, " + expr + ")"
	}
	snapshot := cluster(kustomization(t, "app"), kustomization(t, "db"))
	check(t, judge(t, snapshot, flux.Dependency{Name: "db", ReadyExpr: expr}), want{Unknown, "", "readyExpr not evaluated: it takes too many steps"})
	for _, mode := range []checking{typed, untyped} {
		if cost := costOf(t, expr, mode); cost <= maxCost || cost > 2*maxCost {
			t.Errorf("typed %v: stopped after %d steps, want soon after %d", mode, cost, maxCost)
		}
	}
}

// costOf returns how many steps an evaluation took, in CEL's own measure.
func costOf(t *testing.T, expr string, mode checking) uint64 {
	t.Helper()
	program, err := compile(expr, mode)
	if err != nil {
		t.Fatal(err)
	}
	_, details, err := program.Eval(map[string]any{})
	if err == nil || details == nil || details.ActualCost() == nil {
		t.Fatalf("%v, details %+v", err, details)
	}
	return *details.ActualCost()
}

// watchdog ends the test binary when an expression hangs, and names it.
func watchdog(expr string) *time.Timer {
	return time.AfterFunc(5*time.Minute, func() { panic("evaluation hangs: " + expr) })
}

// FuzzExpression evaluates any text in both ways: no panic, no hang, and a
// verdict of those that an expression can have.
func FuzzExpression(f *testing.F) {
	for _, seed := range []string{
		"true", "dep.status.observedGeneration == self.metadata.generation", "status.conditions.exists(c, c.type == 'Ready')",
		"1 / 0 == 1", "dep[self]", "'" + strings.Repeat("(", 300), "[1].map(x, x)[2]", "dep.?a[?'b'].hasValue()", "metadata.name.matches('(a*)*b')", "{}.a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		if expr == "" {
			return // no expression at all
		}
		defer watchdog(expr).Stop()
		ks := judge(t, cluster(kustomization(t, "app"), kustomization(t, "db")), flux.Dependency{Name: "db", ReadyExpr: expr})
		rset := judge(t, cluster(resourceSet(t, "app"), kustomization(t, "db")), on("kustomize.toolkit.fluxcd.io/v1", flux.Kustomization, "db", when(expr)))
		for _, got := range []Finding{ks, rset} {
			if got.Verdict != OK && got.Verdict != ExprFalse && got.Verdict != ExprError && got.Verdict != Unknown {
				t.Errorf("%q: %+v", expr, got)
			}
			if met, known := got.Verdict.Met(); known && met == (got.Message != "") {
				t.Errorf("%q: verdict %s with message %q", expr, got.Verdict, got.Message)
			}
		}
	})
}
