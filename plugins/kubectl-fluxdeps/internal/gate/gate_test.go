package gate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
)

// parse reads objects as "a: b c; b" states them: the name, in namespace ns,
// and what each depends on. Each line is one line of the file x.yaml.
func parse(text string) *flux.Snapshot {
	s := &flux.Snapshot{Entries: 1}
	for i, line := range strings.Split(text, ";") {
		name, deps, _ := strings.Cut(line, ":")
		o := flux.Object{ID: id(strings.TrimSpace(name)), Origin: &flux.Origin{File: "x.yaml", Line: 10 * (i + 1)}}
		for j, dep := range strings.Fields(deps) {
			o.DependsOn = append(o.DependsOn, flux.Dependency{Name: dep, Line: o.Origin.Line + j + 1})
		}
		s.Objects = append(s.Objects, o)
	}
	return s
}

func id(name string) flux.ID {
	return flux.ID{Kind: flux.Kustomization, Namespace: "ns", Name: name}
}

// check judges all of the snapshot but the objects named.
func check(t *testing.T, s *flux.Snapshot, hidden []string, allow ...string) *Report {
	t.Helper()
	in := Input{Graph: graph.Build(t.Context(), s, graph.DependsOn), Snapshot: s, Shown: func(id flux.ID) bool {
		for _, name := range hidden {
			if id.Name == name {
				return false
			}
		}
		return true
	}}
	for _, text := range allow {
		a, err := ParseAllowance(text)
		if err != nil {
			t.Fatal(err)
		}
		in.Allowances = append(in.Allowances, a)
	}
	return Check(in)
}

// show prints a report as the tables state it.
func show(r *Report) string {
	var b strings.Builder
	for _, list := range []struct {
		mark    string
		remarks []flux.Remark
	}{{"!", r.Findings}, {"?", r.Unchecked}, {"+", r.Allowed}} {
		for _, remark := range list.remarks {
			fmt.Fprintf(&b, "%s %s %s %s\n", list.mark, remark.Place(), remark.Rule, remark.Text)
		}
	}
	for _, a := range r.Unused {
		fmt.Fprintf(&b, "unused %s\n", a)
	}
	fmt.Fprintf(&b, "%d/%d/%d %d/%d/%d", r.Checked.Entries, r.Checked.Objects, r.Checked.Edges, r.NotChecked.Entries, r.NotChecked.Objects, r.NotChecked.Edges)
	return b.String()
}

func TestCheck(t *testing.T) {
	const missing = "! x.yaml:11 missing-dependency depends on Kustomization/ns/c; not in the files that were read\n"
	twice := parse("a;b")
	twice.Objects[1].ID = twice.Objects[0].ID
	wrong := parse("a: c; c")
	wrong.Objects[1].Kind = flux.HelmRelease
	expr := parse("a: b; b")
	expr.Objects[0].DependsOn[0].ReadyExpr = "dep.status =="
	exprMissing := parse("a: c")
	exprMissing.Objects[0].DependsOn[0].ReadyExpr = "1"
	two := parse("a: b; b; b")
	two.Objects[0].Namespace, two.Objects[2].Namespace = "", "other"
	variable := parse("a: ${b}")
	forbidden := parse("a: b")
	forbidden.Live, forbidden.Absent = true, map[flux.ID]flux.Absence{id("b"): {Forbidden: true, Message: "no"}}
	lost := parse("a: b; b")
	lost.Entries, lost.EntriesLost = 2, 1
	lost.Unchecked = []flux.Remark{{Rule: flux.RuleUnreadable, Object: "y.yaml", Origin: &flux.Origin{File: "y.yaml"}, Text: "binary"}}
	unsourced := parse("a: b; b")
	unsourced.Unchecked = []flux.Remark{{Rule: flux.RuleNoSource, Object: "Kustomization/ns/a", Origin: &flux.Origin{File: "x.yaml", Line: 10}, Text: "no source"}}
	unsourced.Findings = []flux.Remark{{Rule: flux.RuleRefused, Object: "Kustomization/ns/a", Origin: &flux.Origin{File: "x.yaml", Line: 11}, Text: "strings"}}
	for _, c := range []struct {
		name     string
		snapshot *flux.Snapshot
		hidden   string
		want     string
	}{
		{"all well", parse("a: b; b"), "", "1/2/1 0/0/0"},
		{"missing", parse("a: c"), "", missing + "1/1/1 0/0/0"},
		{"missing, and not asked for", parse("a: c; b"), "a", "1/1/0 0/0/0"},
		{"missing, with its end hidden", parse("a: c"), "c", missing + "1/1/1 0/0/0"},
		{"cycle", parse("a: b; b: a"), "", "! x.yaml:11 cycle each waits for the next: Kustomization/ns/a → Kustomization/ns/b → Kustomization/ns/a\n1/2/2 0/0/0"},
		{"cycle of one", parse("a: a"), "", "! x.yaml:11 cycle each waits for the next: Kustomization/ns/a → Kustomization/ns/a\n1/1/1 0/0/0"},
		{"half a cycle asked for", parse("a: b; b: a"), "a", "! x.yaml:11 cycle each waits for the next: Kustomization/ns/a → Kustomization/ns/b → Kustomization/ns/a\n1/1/1 0/0/0"},
		{"a cycle not asked for", parse("a: a; b"), "a", "1/1/0 0/0/0"},
		{"wrong kind", wrong, "", "! x.yaml:11 wrong-kind depends on Kustomization/ns/c; a Kustomization can only depend on a Kustomization; HelmRelease/ns/c exists, but a Kustomization cannot depend on it; a wrapping Kustomization with wait or healthChecks can\n1/2/1 0/0/0"},
		{"twice", twice, "", "! x.yaml:20 duplicate was read before at x.yaml:10\n1/1/0 0/0/0"},
		{"two candidates", two, "", "? x.yaml:11 ambiguous depends on Kustomization/b; may be Kustomization/ns/b or Kustomization/other/b: the reference states no namespace\n1/3/0 0/0/1"},
		{"variable", variable, "", "? x.yaml:11 variable depends on Kustomization/ns/${b}; its name is not known before variables are replaced\n1/1/0 0/0/1"},
		{"forbidden", forbidden, "", "? x.yaml:11 forbidden depends on Kustomization/ns/b; no\n1/1/0 0/0/1"},
		{"unreadable", lost, "", "? y.yaml unreadable binary\n1/2/1 1/1/0"},
		{"unreadable, and nothing asked for", lost, "a", "? y.yaml unreadable binary\n1/1/0 1/1/0"},
		{"of the reader", unsourced, "", "! x.yaml:11 refused strings\n? x.yaml:10 no-source no source\n1/1/1 0/1/0"},
		{"of the reader, not asked for", unsourced, "a", "1/1/0 0/0/0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := check(t, c.snapshot, strings.Fields(c.hidden))
			if got := show(report); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if report.Passed() == strings.ContainsAny(c.want, "!?") {
				t.Errorf("passed %v", report.Passed())
			}
		})
	}
	for _, s := range []*flux.Snapshot{expr, exprMissing} {
		if got := show(check(t, s, nil)); !strings.Contains(got, "! x.yaml:11 invalid-expression the readyExpr of its dependency on ") {
			t.Errorf("%s", got)
		}
	}
}

// TestAllow: an allowance accepts what it names, in any of the ways in which
// the output or kubectl would, and nothing else.
func TestAllow(t *testing.T) {
	s := parse("a: b; b")
	s.Unchecked = []flux.Remark{
		{Rule: flux.RuleUnreadable, Object: "t/x=y.yaml", Origin: &flux.Origin{File: "t/x=y.yaml", Line: 3}, Text: "broken"},
		{Rule: flux.RuleNoSource, Object: "Kustomization/ns/a", Origin: &flux.Origin{File: "x.yaml", Line: 10}, Text: "no source"},
	}
	const file, object = "t/x=y.yaml", "Kustomization/ns/a"
	for allow, want := range map[string]string{
		"":                                "",
		"t/x=y.yaml=encrypted":            file,
		"./t/x=y.yaml=encrypted":          file,
		"t/x=y.yaml:3=encrypted":          file,
		"t/x=y.yaml:4=encrypted":          "unused",
		"t/x=y.yaml=":                     "unused",
		"t/x=nothing":                     "unused",
		"Kustomization/ns/a=patched":      object,
		"kustomization/ns/a=patched":      object,
		"ks/a=patched by x=y":             object,
		"ks/b=patched":                    "unused",
		"x.yaml=all of it":                object,
		"x.yaml:10=this one":              object,
		"t/x=y.yaml=encrypted|ks/a=known": file + " " + object,
	} {
		var allowances []string
		if allow != "" {
			allowances = strings.Split(allow, "|")
		}
		report := check(t, s, nil, allowances...)
		var got []string
		for _, r := range report.Allowed {
			got = append(got, r.Object)
		}
		if len(report.Unused) > 0 {
			got = append(got, "unused")
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%q: %q, want %q", allow, text, want)
		}
		if report.Passed() != (len(report.Allowed) == 2) {
			t.Errorf("%q: passed %v", allow, report.Passed())
		}
	}
}

func TestParseAllowance(t *testing.T) {
	for _, text := range []string{"", "a", "=", "a=", "=b", "a= ", " =b"} {
		if a, err := ParseAllowance(text); err == nil {
			t.Errorf("%q: %q", text, a)
		}
	}
}

// FuzzAllowance: no text panics, and none accepts without a reason.
func FuzzAllowance(f *testing.F) {
	for _, seed := range []string{"a=b", "ks/a=x", "t/x=y.yaml=z", "=", "a==", "Kustomization//a=b"} {
		f.Add(seed, "Kustomization/ns/a")
	}
	f.Fuzz(func(t *testing.T, text, object string) {
		a, err := ParseAllowance(text)
		if err != nil {
			return
		}
		r := flux.Remark{Object: object, Origin: &flux.Origin{File: object}}
		if a.accepts(r) && !strings.Contains(strings.TrimSpace(text), "=") {
			t.Errorf("%q accepts %q", text, object)
		}
	})
}

// TestWaits: deadlocks over all waits and sources that a cycle freezes are
// findings, each once.
func TestWaits(t *testing.T) {
	source := &flux.Reference{Kind: "GitRepository", Name: "s"}
	for _, c := range []struct {
		name, objects string
		change        func(map[string]*flux.Object)
		hidden        []string
		want          string
	}{
		{"deadlock over a health check", "p; c: p", func(o map[string]*flux.Object) {
			o["p"].HealthChecks = []flux.Reference{{APIVersion: "kustomize.toolkit.fluxcd.io/v1", Kind: flux.Kustomization, Namespace: "ns", Name: "c"}}
		}, nil, "! x.yaml:21 deadlock each waits for the next: Kustomization/ns/c depends on Kustomization/ns/p, Kustomization/ns/p waits for the health of Kustomization/ns/c\n"},
		{"not of what was asked for", "p; c: p", func(o map[string]*flux.Object) {
			o["p"].HealthChecks = []flux.Reference{{APIVersion: "kustomize.toolkit.fluxcd.io/v1", Kind: flux.Kustomization, Namespace: "ns", Name: "c"}}
		}, []string{"p", "c"}, ""},
		{"frozen source", "a: b; b: a", func(o map[string]*flux.Object) {
			o["a"].Source, o["b"].Source = source, source
			o["a"].DependsOn[0].ReadyExpr = "true"
		}, nil, "! x.yaml:11 frozen-source new revisions of GitRepository/ns/s reach none of its Kustomizations before their interval, because of the cycle Kustomization/ns/a → Kustomization/ns/b → Kustomization/ns/a\n"},
		{
			"a cycle is no frozen source, too", "a: b; b: a", func(o map[string]*flux.Object) { o["a"].Source, o["b"].Source = source, source }, nil,
			"! x.yaml:11 cycle each waits for the next: Kustomization/ns/a → Kustomization/ns/b → Kustomization/ns/a\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := parse(c.objects)
			byName := map[string]*flux.Object{}
			for i := range s.Objects {
				byName[s.Objects[i].Name] = &s.Objects[i]
			}
			c.change(byName)
			got, _, _ := strings.Cut(show(check(t, s, c.hidden)), fmt.Sprintf("1/%d/", len(s.Objects)-len(c.hidden)))
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
