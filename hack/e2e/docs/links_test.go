package docs_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s#:]*)(?:#([^)\s]+))?\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	noSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// slugs are the anchors that GitHub gives the headings of a page.
func slugs(page string) (found []string) {
	for _, match := range heading.FindAllStringSubmatch(page, -1) {
		found = append(found, strings.ReplaceAll(noSlug.ReplaceAllString(strings.ToLower(match[1]), ""), " ", "-"))
	}
	return found
}

// TestLinks: what a page links to in this repository is there, and has the
// heading.
func TestLinks(t *testing.T) {
	root, found := pages(t)
	links := 0
	for _, page := range found {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			links++
			target := page
			if match[1] != "" {
				target = path.Join(path.Dir(page), match[1])
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s links to %s: %v", page, match[1], err)
				continue
			}
			if match[2] == "" {
				continue
			}
			linked, err := os.ReadFile(filepath.Join(root, target))
			if err != nil || !slices.Contains(slugs(string(linked)), match[2]) {
				t.Errorf("%s links to %s, which has no heading %s (%v)", page, target, match[2], err)
			}
		}
	}
	if links < 20 {
		t.Errorf("only %d links", links)
	}
}

// TestEverySchemaIsListed by the page about them.
func TestEverySchemaIsListed(t *testing.T) {
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs/schemas/README.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "docs/schemas/*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.Contains(string(page), "("+filepath.Base(file)+")") {
			t.Errorf("it does not list %s", filepath.Base(file))
		}
	}
}
