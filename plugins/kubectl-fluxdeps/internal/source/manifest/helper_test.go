package manifest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// header is the line before each file of an archive.
var header = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

// write puts the files of an archive under a new folder. \r, \e, \x and \BOM
// in it stand for bytes that an editor would not show, \c for the end without
// a line break.
func write(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	names := header.FindAllStringSubmatch(archive, -1)
	bytes := strings.NewReplacer(`\r`, "\r", `\BOM`, "\ufeff", `\e`, "\x1b", `\x`, "\xff", `\0`, "\x00", "\\c\n", "", `\c`, "")
	for i, text := range header.Split(archive, -1)[1:] {
		path := filepath.Join(dir, names[i][1])
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(bytes.Replace(text)), 0o600))
	}
	return dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// show prints a result as the tables state it: objects, warnings, counts.
func show(result Result, dir string) string {
	var b strings.Builder
	for _, o := range result.Objects {
		fmt.Fprintf(&b, "%s %s", o.ID, o.Origin)
		for _, d := range o.DependsOn {
			fmt.Fprintf(&b, " <%s/%s", d.Namespace, d.Name)
		}
		b.WriteString("\n")
	}
	for _, w := range result.Warnings {
		fmt.Fprintf(&b, "! %s\n", w)
	}
	c := result.Counts
	for _, n := range []struct {
		name  string
		count int
	}{{"objects", c.Objects}, {"patches", c.Patches}, {"duplicates", c.Duplicates}, {"other", c.Other}, {"failed", c.Failed}} {
		if n.count > 0 {
			fmt.Fprintf(&b, "%s=%d ", n.name, n.count)
		}
	}
	return strings.ReplaceAll(strings.TrimSpace(b.String()), dir+string(filepath.Separator), "")
}

func read(t *testing.T, paths ...string) Result {
	t.Helper()
	result, err := Read(context.Background(), paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkSum(t, result)
	return result
}

// checkSum checks what holds for every result.
func checkSum(t *testing.T, result Result) {
	t.Helper()
	c := result.Counts
	if sum := c.Objects + c.Patches + c.Duplicates + c.Other + c.Failed; sum != c.Documents {
		t.Errorf("%d documents, but %d are accounted for: %+v", c.Documents, sum, c)
	}
	if c.Objects != len(result.Objects) {
		t.Errorf("Counts.Objects = %d, there are %d", c.Objects, len(result.Objects))
	}
	if c.Failed > 0 && len(result.Warnings) == 0 {
		t.Error("a document failed without a warning")
	}
	if c.Failed > 0 && len(result.Unchecked) == 0 && !anyTemplate(result.Warnings) {
		t.Error("a document failed and counts as checked")
	}
	for _, r := range slices.Concat(result.Findings, result.Unchecked) {
		if r.Rule == "" || r.Object == "" || r.Text == "" || r.Origin == nil || r.Origin.File == "" || len(r.Text) > maxText+len("…") {
			t.Errorf("remark %+v", r)
		}
	}
	for _, w := range result.Warnings {
		if len(w.Text) > maxText+len("…") {
			t.Errorf("a warning of %d bytes", len(w.Text))
		}
	}
	for _, o := range result.Objects {
		if o.Origin == nil || o.Name == "" || o.Kind == "" {
			t.Errorf("object %q at %v", o.ID, o.Origin)
		}
	}
}

// anyTemplate reports whether a document may have failed that is no Flux object:
// only templates of charts are excused.
func anyTemplate(warnings []Warning) bool {
	return slices.ContainsFunc(warnings, func(w Warning) bool { return strings.Contains(w.File, "templates") })
}

type archiveCase struct{ name, files, want string }

// paths names an only file itself, as a user would.
func (c archiveCase) paths(dir string) []string {
	if names := header.FindAllStringSubmatch(c.files, -1); len(names) == 1 {
		return []string{filepath.Join(dir, names[0][1])}
	}
	return []string{dir}
}

func runArchives(t *testing.T, cases []archiveCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, c.files)
			got := show(read(t, c.paths(dir)...), dir)
			if want := strings.TrimSpace(c.want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
