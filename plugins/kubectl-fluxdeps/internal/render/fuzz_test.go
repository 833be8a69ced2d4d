package render_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/render"
)

// hostile are names and messages that mean something to a syntax they land in.
func hostile() []string {
	return []string{
		"plain", "", "\x1b[2J\x1b[1;1Hready", "a\nb\r\tc", `quote " backslash \`, `trailing \`, "--> </script><b>", "end",
		"`code`", "#quot;", "&lt;b&gt;", "a|b[c]{d}(e)", "%%{init: {}}%%", "%% comment", "$x$ $$", "\u202eright to left", "\u200bzero", "\xff\xfe",
		`n0["x"] --> n1`, "click n0 call alert()", "'; DROP", "{{ .Values }}", "世界", "\\n\\l\\N", "\u2028line", "---\nkind: X", ": yes", "1. list",
	}
}

// FuzzRender draws a graph of two objects whose every text is hostile.
func FuzzRender(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text, "namespace", "message")
		f.Add("name", text, text)
	}
	f.Fuzz(func(t *testing.T, name, namespace, message string) {
		g := hostileGraph(t, name, namespace, message)
		for _, group := range []render.Grouping{render.Ungrouped, render.ByNamespace, render.BySource} {
			checkText(t, rendered(t, g, render.Options{Format: "text", Group: group}))
			checkText(t, rendered(t, g, render.Options{Format: "wide", Group: group}))
			checkDOT(t, rendered(t, g, render.Options{Format: "dot", Group: group}))
			checkMermaid(t, rendered(t, g, render.Options{Format: "mermaid", Group: group}))
		}
		names := rendered(t, g, render.Options{Format: "name"})
		checkText(t, names)
		if lines := strings.Count(names, "\n"); lines != len(g.Nodes) {
			t.Errorf("%d names for %d nodes: %q", lines, len(g.Nodes), names)
		}
		checkDocuments(t, g)
	})
}

// hostileGraph has an object that depends on another and on one that is not
// there.
func hostileGraph(t *testing.T, name, namespace, message string) *graph.Graph {
	t.Helper()
	status := &flux.Status{Conditions: []flux.Condition{{Type: "Ready", Status: "False", Reason: message, Message: message}}}
	object := func(name string) flux.Object {
		return flux.Object{
			ID:     flux.ID{Kind: flux.Kustomization, Namespace: namespace, Name: name},
			Source: &flux.Reference{Kind: flux.OCIRepository, Name: name},
			Status: status, Origin: &flux.Origin{File: message, Line: 1},
		}
	}
	first, second := object(name), object(name+"2")
	second.DependsOn = []flux.Dependency{{Name: name}, {Name: message, ReadyExpr: message}}
	return graph.Build(t.Context(), &flux.Snapshot{Live: true, Objects: []flux.Object{first, second}}, graph.DependsOn, graph.Source)
}

// checkText fails where a text could do anything to a terminal but show signs.
func checkText(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("not UTF-8: %q", text)
	}
	for _, r := range text {
		if r != '\n' && !unicode.IsGraphic(r) || r == '\u2028' || r == '\u2029' {
			t.Fatalf("%U in %q", r, text)
		}
	}
}

// dotLine is every line that a DOT picture may hold: quoted strings end where
// they should.
var dotLine = func() *regexp.Regexp {
	const quoted = `"(?:[^"\\]|\\.)*"`
	const attributes = `(?: \[(?:[a-z]+=(?:[a-z0-9]+|` + quoted + `)(?:, )?)+\])?`
	return regexp.MustCompile(`^(?:digraph dependencies \{|  (?:graph|node|edge)` + attributes +
		`|  subgraph cluster_\d+ \{|    label=` + quoted + `|  ?\}|\}|(?:  |    )` + quoted + `(?: -> ` + quoted + `)?` + attributes + `)$`)
}()

func checkDOT(t *testing.T, text string) {
	t.Helper()
	checkText(t, text)
	for line := range strings.Lines(text) {
		if !dotLine.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("DOT line %q", line)
		}
	}
}

// mermaidLine is every line that a Mermaid picture may hold.
var mermaidLine = func() *regexp.Regexp {
	const label = `"(?:[\p{L}\p{Nd} \-./:]|#\d+;|<br/>)*"`
	return regexp.MustCompile(`^(?:flowchart BT|  subgraph g\d+\[` + label + `\]|  end|(?:  |    )n\d+\[` + label +
		`\]|  n\d+ (?:-->|-->\|[a-z-]+\||-\.->\|[a-z]+\||---\|parent\|) n\d+|  classDef [a-z]+ [a-z0-9:,#]+|  class [n0-9,]+ [a-z]+)$`)
}()

func checkMermaid(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if !mermaidLine.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("Mermaid line %q", line)
		}
	}
}

// checkDocuments fails where JSON or YAML do not say what the graph says, or
// where JSON could end a script element.
func checkDocuments(t *testing.T, g *graph.Graph) {
	t.Helper()
	text := rendered(t, g, render.Options{Format: "json"})
	checkText(t, text)
	if strings.ContainsAny(text, "<>") {
		t.Errorf("JSON with < or >: %q", text)
	}
	var fromJSON, fromYAML v1alpha1.DependencyGraph
	if err := json.Unmarshal([]byte(text), &fromJSON); err != nil {
		t.Fatal(err)
	}
	inYAML := rendered(t, g, render.Options{Format: "yaml"})
	if strings.ContainsFunc(inYAML, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		t.Errorf("YAML with control characters: %q", inYAML)
	}
	if err := yaml.Unmarshal([]byte(inYAML), &fromYAML); err != nil {
		t.Fatal(err)
	}
	for i, node := range g.Nodes {
		want := strings.ToValidUTF8(node.Name, "\ufffd")
		if got := fromJSON.Nodes[i].Name; strings.ToValidUTF8(got, "\ufffd") != want && utf8.ValidString(node.Name) {
			t.Errorf("JSON has %q for %q", got, node.Name)
		}
		if got := fromYAML.Nodes[i].Name; got != fromJSON.Nodes[i].Name {
			t.Errorf("YAML has %q for %q", got, fromJSON.Nodes[i].Name)
		}
	}
}
