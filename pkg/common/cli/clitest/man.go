package clitest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// date is that of a page's title line, which would change each month.
var date = regexp.MustCompile(`(?m)^(\.TH "[^"]*" "1") "[^"]*"`)

// Man fails where dir does not hold the man pages of a command and of all below
// it, and no other of its name; with -update it writes them.
func Man(t *testing.T, root *cobra.Command, dir string) {
	t.Helper()
	root.DisableAutoGenTag = true
	root.InitDefaultHelpCmd()
	made := t.TempDir()
	if err := doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "kubectl-plugins", Manual: "kubectl plugins"}, made); err != nil {
		t.Fatal(err)
	}
	pattern := strings.ReplaceAll(root.CommandPath(), " ", "-") + "*.1"
	pages, old := names(t, made, pattern), names(t, dir, pattern)
	if len(pages) == 0 {
		t.Fatalf("no page is called %s", pattern)
	}
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join(made, page))
		if err != nil {
			t.Fatal(err)
		}
		committed(t, filepath.Join(dir, page), date.ReplaceAll(text, []byte(`$1 ""`)))
	}
	for _, page := range old {
		if slices.Contains(pages, page) {
			continue
		}
		t.Errorf("%s is of a command that is no more: delete it", page)
	}
}

func names(t *testing.T, dir, pattern string) (found []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		found = append(found, filepath.Base(path))
	}
	return found
}
