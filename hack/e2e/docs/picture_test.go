package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

var svgText = regexp.MustCompile(`<text [^>]*>([^<]*)</text>`)

// TestPicture: the picture of the README says what the plugin draws today. Where
// graphviz puts it differs by version.
func TestPicture(t *testing.T) {
	m := newMachine(t)
	images := filepath.Join(m.root, "docs", "images")
	testbed.Tool(t, "dot")
	m.must(t, "kubectl fluxdeps graph -f "+images+"/rollout.yaml -o dot --group-by namespace | dot -Tsvg -o drawn.svg")
	committed, err := os.ReadFile(filepath.Join(images, "rollout.svg"))
	if err != nil {
		t.Fatal(err)
	}
	if drawn := texts(m.read(t, "drawn.svg")); len(drawn) < 10 || !slices.Equal(drawn, texts(string(committed))) {
		t.Errorf("make picture draws it anew:\n%q\n%q", drawn, texts(string(committed)))
	}
}

func texts(svg string) (found []string) {
	for _, match := range svgText.FindAllStringSubmatch(svg, -1) {
		found = append(found, match[1])
	}
	slices.Sort(found)
	return found
}
