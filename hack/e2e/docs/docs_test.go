package docs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// few is how many blocks may be left out, in all pages.
const few = 7

// pages are all that people read; their commands are run.
func pages(t *testing.T) (root string, found []string) {
	t.Helper()
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/README.md", "examples/*/README.md"} {
		matched, err := fs.Glob(os.DirFS(root), pattern)
		if err != nil || len(matched) == 0 {
			t.Fatalf("%s: %v, %v", pattern, matched, err)
		}
		found = append(found, matched...)
	}
	return root, found
}

// TestRecipes runs every block of commands of every page, in the order of the
// page, and compares what the page shows of the output.
func TestRecipes(t *testing.T) {
	testbed.Tool(t, "dot")
	run, left := 0, 0
	root, found := pages(t)
	for _, page := range found {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		blocks, problems := parse(string(text))
		for _, problem := range problems {
			t.Errorf("%s: %s", page, problem)
		}
		t.Run(page, func(t *testing.T) {
			var m *machine
			for _, b := range blocks {
				switch {
				case b.run:
					if m == nil {
						m = newMachine(t)
					}
					run++
					m.try(t, page, b)
				case b.reason != "":
					left++
					t.Logf("%s:%d is not run: %s", page, b.line, b.reason)
				}
			}
		})
	}
	t.Logf("%d blocks of commands were run, %d were not", run, left)
	if left > few || run < 3*left {
		t.Errorf("%d blocks of commands are not run and %d are", left, run)
	}
}

// try runs one block.
func (m *machine) try(t *testing.T, page string, b block) {
	t.Helper()
	t.Run(fmt.Sprintf("line %d", b.line), func(t *testing.T) {
		prepare, ok := m.states()[b.state]
		if !ok {
			t.Fatalf("%s:%d: there is no state %q", page, b.line, b.state)
		}
		prepare(t)
		steps := b.steps()
		if b.language == "sh" {
			steps = []step{{command: b.text}}
		}
		for i, s := range steps {
			said, code := m.shell(t, s.command)
			want := 0
			if i == len(steps)-1 {
				want = b.exit
			}
			if code != want {
				t.Fatalf("%s:%d: exit code %d, want %d\n%s%s", page, b.line, code, want, s.command, said)
			}
			if b.language == "console" && normal(said) != normal(s.output) {
				t.Errorf("%s:%d: $ %s--- prints\n%s--- and the page says\n%s", page, b.line, s.command, said, s.output)
			}
		}
	})
}
