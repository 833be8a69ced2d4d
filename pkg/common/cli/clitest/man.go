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
	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
)

// date is that of a page's title line, which would change each month.
var date = regexp.MustCompile(`(?m)^(\.TH "[^"]*" "1") "[^"]*"`)

// Man fails if dir does not hold the man pages of a command and of all below it, or
// holds others of its name; with -update it writes them. Pages list the values of flags
// that have fixed ones.
func Man(t *testing.T, root *cobra.Command, dir string) {
	t.Helper()
	root.DisableAutoGenTag = true
	root.InitDefaultHelpCmd()
	listValues(root)
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

// listValues adds the values of flags to their descriptions, unless these name them.
func listValues(c *cobra.Command) {
	c.LocalFlags().VisitAll(func(flag *pflag.Flag) {
		// What ends so is a beginning, and no value.
		begins := func(value string) bool { return strings.HasSuffix(value, "/") || strings.HasSuffix(value, ":") }
		values := slices.DeleteFunc(cli.Enumerated(c, flag.Name), begins)
		lacks := func(value string) bool { return !strings.Contains(flag.Usage, value) }
		if slices.ContainsFunc(values, lacks) {
			flag.Usage = strings.TrimSpace(flag.Usage + " Values: " + strings.Join(values, ", ") + ".")
		}
	})
	for _, sub := range c.Commands() {
		listValues(sub)
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
