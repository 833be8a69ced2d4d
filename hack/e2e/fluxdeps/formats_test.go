package fluxdeps_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// Pictures of a live graph with trouble in it are read by the programs that
// they are written for.
func TestPicturesOfALiveGraph(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("egg", "fine", "dependsOn: [{name: hen}]")
	s.kustomization("hen", "fine", "dependsOn: [{name: egg}]")
	s.kustomization("app", "fine", "dependsOn: [{name: egg}, {name: nowhere}, {name: hen, readyExpr: \"dep.spec.path == '<b>'\"}]")
	s.await("app", "False", "DependencyNotReady")
	for _, flags := range [][]string{{"--all"}, {"--all", "--full"}, {"--all", "--group-by", "namespace"}, {"--all", "--edges", "source,health,parent"}} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) {
			checkPictures(t, testbed.Call{
				Kubeconfig: s.cluster.Kubeconfig(),
				Args:       append([]string{"graph", "-n", s.namespace}, flags...),
			})
		})
	}
}

// Names in files can be anything, for no API server has looked at them.
func TestPicturesOfHostileFiles(t *testing.T) {
	t.Parallel()
	var files []string
	for _, name := range []string{
		`end`, `"quoted"`, `a]b[c`, `-->`, `</script>`, `%%`, `\`, `\N`, `#59;`, `&amp;`, "a`b", `{x}`, `(y)`, `|`, `;`,
		"line\nbreak", `subgraph`, `graph`, `style`, `<b>`, `ä→ö`, "\x1b[31m", `n1`, `href="javascript:"`,
	} {
		files = append(files, hostile(t, name))
	}
	checkPictures(t, testbed.Call{Args: []string{"graph", "-f", "-"}, Stdin: strings.Join(files, "\n")})
}

// hostile is a JSON document of a Kustomization with such a name that depends
// on others.
func hostile(t *testing.T, name string) string {
	t.Helper()
	document, err := json.Marshal(map[string]any{
		"apiVersion": "kustomize.toolkit.fluxcd.io/v1",
		"kind":       "Kustomization",
		"metadata":   map[string]any{"name": name, "namespace": name},
		"spec": map[string]any{
			"interval":  "1h",
			"prune":     true,
			"sourceRef": map[string]any{"kind": "GitRepository", "name": name},
			"dependsOn": []map[string]any{{"name": "other"}, {"name": name, "namespace": "other"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return "---\n" + string(document)
}

// checkPictures checks that graphviz and Mermaid find the same nodes in the
// pictures as there are in the document.
func checkPictures(t *testing.T, call testbed.Call) {
	t.Helper()
	plugin := bed.Plugin(t, "kubectl-fluxdeps")
	as := func(format string) testbed.Result {
		of := call
		of.Args = append(slices.Clone(call.Args), "-o", format)
		return plugin.Run(t, of)
	}
	want := len(parse(t, as("json")).Nodes)
	if want < 2 {
		t.Fatalf("a graph of %d nodes shows nothing", want)
	}
	for format, read := range map[string]func(testing.TB, string) (int, error){"dot": testbed.ReadDOT, "mermaid": testbed.ReadMermaid} {
		t.Run(format, func(t *testing.T) {
			result := as(format)
			if nodes, err := read(t, result.Stdout); err != nil || nodes != want || result.Code != 0 {
				t.Errorf("%d nodes, want %d (%v)\n%s", nodes, want, err, result)
			}
		})
	}
}
