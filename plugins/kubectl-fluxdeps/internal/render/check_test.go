package render

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/gate"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/verdict"
)

// report has one remark of each sort, with text that a terminal would act upon.
func report() *gate.Report {
	return &gate.Report{
		Findings:  []flux.Remark{{Rule: flux.RuleMissing, Object: "Kustomization/x/a\x1b[31m", Origin: &flux.Origin{File: "a\n.yaml", Line: 3}, Text: "depends on b:\n\tgone"}},
		Unchecked: []flux.Remark{{Rule: flux.RuleUnreadable, Object: "b.yaml", Origin: &flux.Origin{File: "b.yaml"}, Text: "binary"}},
		Allowed:   []flux.Remark{{Rule: flux.RuleUnreadable, Object: "kustomizations", Text: "forbidden"}},
		Checked:   gate.Counts{Entries: 1, Objects: 2, Edges: 1}, NotChecked: gate.Counts{Objects: 1},
	}
}

func TestCheckText(t *testing.T) {
	const want = `a\n.yaml:3  error  missing-dependency  Kustomization/x/a\x1b[31m depends on b: gone
b.yaml  unchecked  unreadable  binary
allowed  unreadable  kustomizations forbidden
1 entry, 2 objects and 1 dependency checked; 0 entries, 1 object and 0 dependencies not
`
	if got := CheckText(report()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestCheckPlace: the outcome ends the text, stands in a document, and is left
// to the caller in a picture.
func TestCheckPlace(t *testing.T) {
	for format, in := range map[string]bool{"text": true, "wide": true, "json": true, "yaml": true, "dot": false, "mermaid": false, "name": false, "jsonpath={.kind}": false} {
		var out strings.Builder
		o := Options{Format: format, Check: report()}
		if err := Write(&out, graph.New(false, nil, nil), o); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "missing-dependency"); got != in || ShowsCheck(o) != in {
			t.Errorf("%s: in the output %v, said to be %v", format, got, ShowsCheck(o))
		}
		if text := format == "text" || format == "wide"; text && !strings.HasSuffix(out.String(), "dependencies not\n") {
			t.Errorf("%s ends with\n%s", format, out.String())
		}
	}
	o := Options{Format: "text", NoHeaders: true, Check: report()}
	var out strings.Builder
	if err := Write(&out, graph.New(false, nil, nil), o); err != nil || ShowsCheck(o) || strings.Contains(out.String(), "missing-dependency") {
		t.Errorf("without headers: %v\n%s", err, out.String())
	}
}

func TestCheckDocument(t *testing.T) {
	var out strings.Builder
	if err := Write(&out, graph.New(false, nil, nil), Options{Format: "json", Check: report()}); err != nil {
		t.Fatal(err)
	}
	var document struct {
		Check struct {
			Passed              bool
			Checked, NotChecked map[string]int
			Findings, Unchecked []struct {
				Rule, Object, File, Text string
				Line                     int
			}
		}
	}
	if err := json.Unmarshal([]byte(out.String()), &document); err != nil {
		t.Fatal(err)
	}
	check := document.Check
	if check.Passed || check.Checked["objects"] != 2 || check.NotChecked["objects"] != 1 || len(check.Findings) != 1 || len(check.Unchecked) != 1 {
		t.Fatalf("%+v", check)
	}
	if f := check.Findings[0]; f.Rule != "missing-dependency" || f.File != "a\n.yaml" || f.Line != 3 {
		t.Errorf("%+v", f)
	}
}

// TestAssumed: what is found by its name alone is counted, not told each time.
func TestAssumed(t *testing.T) {
	id := func(name string) flux.ID { return flux.ID{Kind: flux.Kustomization, Name: name} }
	var nodes []*graph.Node
	var edges []*graph.Edge
	for _, name := range []string{"a", "b", "c"} {
		nodes = append(nodes, &graph.Node{ID: id(name), State: graph.Unknown})
		if name != "a" {
			edges = append(edges, &graph.Edge{From: id(name), To: id("a"), Type: graph.DependsOn, Finding: verdict.Finding{Verdict: verdict.Unknown, Assumed: true, Detail: "taken for it"}})
		}
	}
	var out strings.Builder
	if err := Write(&out, graph.New(false, nodes, edges), Options{Format: "text"}); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, "taken for it") || strings.Count(text, "2 dependencies are matched by name alone") != 1 {
		t.Errorf("%s", text)
	}
}
