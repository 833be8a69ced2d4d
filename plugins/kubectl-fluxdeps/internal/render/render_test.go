package render_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/graph"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/render"
)

var update = flag.Bool("update", false, "write the golden files anew")

// noon is the clock of the tests.
func noon() time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC) }

// snapshotOf reads a List of objects.
func snapshotOf(t testing.TB, file string) *flux.Snapshot {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Items []json.RawMessage }
	if err := yaml.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	snapshot := &flux.Snapshot{Live: true}
	for _, item := range list.Items {
		object, err := flux.Decode(item)
		if err != nil {
			t.Fatal(err)
		}
		snapshot.Objects = append(snapshot.Objects, object)
	}
	return snapshot
}

// withoutStatus makes of the objects of a cluster those of a Git tree.
func withoutStatus(snapshot *flux.Snapshot) *flux.Snapshot {
	snapshot.Live = false
	for i := range snapshot.Objects {
		object := &snapshot.Objects[i]
		object.Status = nil
		object.Origin = &flux.Origin{File: object.Kind + ".yaml", Line: i + 1}
	}
	return snapshot
}

func clusterGraph(t testing.TB, types ...graph.EdgeType) *graph.Graph {
	t.Helper()
	return graph.Build(t.Context(), snapshotOf(t, "testdata/cluster.yaml"), append(types, graph.DependsOn)...)
}

// within returns the part of the graph in one namespace.
func within(g *graph.Graph, namespace string) *graph.Graph {
	return g.Subgraph(func(n *graph.Node) bool { return n.Namespace == namespace })
}

func rendered(t testing.TB, g *graph.Graph, o render.Options) string {
	t.Helper()
	o.Now = noon()
	var b bytes.Buffer
	if err := render.Write(&b, g, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormats(t *testing.T) {
	whole := clusterGraph(t)
	everything := clusterGraph(t, graph.Source, graph.Health, graph.Parent)
	files := graph.Build(t.Context(), withoutStatus(snapshotOf(t, "testdata/cluster.yaml")), graph.DependsOn)
	for name, test := range map[string]struct {
		graph   *graph.Graph
		options render.Options
	}{
		"text":               {whole.Reduced(), render.Options{Format: "text", Folded: 2, FoldedTroubled: 1, Implied: 1}},
		"text-narrow":        {whole.Reduced(), render.Options{Format: "text", Width: 100}},
		"text-one-namespace": {within(whole, "flux-system").Reduced(), render.Options{Format: "text", Width: 120}},
		"text-color":         {whole.Reduced(), render.Options{Format: "text", Color: true}},
		"text-full":          {whole, render.Options{Format: "text"}},
		"text-no-headers":    {whole.Reduced(), render.Options{Format: "text", NoHeaders: true}},
		"text-by-namespace":  {whole.Reduced(), render.Options{Format: "text", Group: render.ByNamespace}},
		"text-by-source":     {whole.Reduced(), render.Options{Format: "text", Group: render.BySource}},
		"text-edges":         {everything.Reduced(), render.Options{Format: "text"}},
		"text-files":         {files.Reduced(), render.Options{Format: "text"}},
		"wide-files":         {files.Reduced(), render.Options{Format: "wide"}},
		"wide":               {whole.Reduced(), render.Options{Format: "wide"}},
		"dot":                {everything.Reduced(), render.Options{Format: "dot"}},
		"dot-by-namespace":   {whole.Reduced(), render.Options{Format: "dot", Group: render.ByNamespace}},
		"mermaid":            {everything.Reduced(), render.Options{Format: "mermaid"}},
		"mermaid-by-source":  {whole.Reduced(), render.Options{Format: "mermaid", Group: render.BySource}},
		"json":               {everything, render.Options{Format: "json", Warnings: []string{"one kind was left out"}}},
		"yaml":               {whole, render.Options{Format: "yaml"}},
		"name":               {whole, render.Options{Format: "name"}},
		"jsonpath":           {whole, render.Options{Format: `jsonpath={range .edges[?(@.verdict=="missing")]}{.from}{"\n"}{end}`}},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, rendered(t, test.graph, test.options))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s (go test -update writes it anew):\n%s", file, got)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	for _, format := range []string{"text", "wide", "dot", "mermaid", "json", "yaml", "name"} {
		options := render.Options{Format: format, Group: render.ByNamespace}
		first := rendered(t, clusterGraph(t), options)
		for range 5 {
			if again := rendered(t, clusterGraph(t), options); again != first {
				t.Fatalf("%s differs between two runs", format)
			}
		}
	}
}

func TestEveryNodeStandsInTheTreeOnce(t *testing.T) {
	g := clusterGraph(t, graph.Source, graph.Health)
	text := rendered(t, g, render.Options{Format: "text", NoHeaders: true})
	for _, node := range g.Nodes {
		full := 0
		for line := range strings.Lines(text) {
			name := strings.Contains(line, node.Kind+"/"+node.Name+" ") && strings.HasPrefix(line, node.Namespace)
			if name && !strings.Contains(line, "shown ") || strings.TrimSpace(line) == node.Namespace+"   "+node.Kind+"/"+node.Name {
				full++
			}
		}
		if full != 1 {
			t.Errorf("%s stands in full %d times in\n%s", node.ID, full, text)
		}
	}
}

func TestDocumentRoundTrips(t *testing.T) {
	g := clusterGraph(t)
	var doc v1alpha1.DependencyGraph
	if err := json.Unmarshal([]byte(rendered(t, g, render.Options{Format: "json"})), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.APIVersion != "fluxdeps.datum.net/v1alpha1" || doc.Kind != "DependencyGraph" {
		t.Errorf("apiVersion and kind are %s, %s", doc.APIVersion, doc.Kind)
	}
	known := map[string]bool{}
	for _, node := range doc.Nodes {
		known[node.ID] = true
	}
	for _, edge := range doc.Edges {
		if !known[edge.From] || !known[edge.To] {
			t.Errorf("edge %s → %s ends at a node that is not there", edge.From, edge.To)
		}
	}
	if len(doc.Edges) != len(g.Edges) {
		t.Errorf("%d edges in the document, %d in the graph", len(doc.Edges), len(g.Edges))
	}
}

func TestUnknownFormat(t *testing.T) {
	for _, format := range []string{"", "svg", "jsonpath", "jsonpath={.nodes[", "go-template={{.kind}}"} {
		if err := render.Check(format); err == nil {
			t.Errorf("--output=%q is taken", format)
		}
	}
	for _, format := range []string{"text", "jsonpath={.nodes}"} {
		if err := render.Check(format); err != nil {
			t.Error(err)
		}
	}
}
