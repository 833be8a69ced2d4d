package archive_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/archive"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/archive/archivetest"
)

func TestReadRefusesWhatLeavesTheArchive(t *testing.T) {
	for name, broken := range map[string]struct {
		entry archivetest.Entry
		want  string
	}{
		"parent":   {archivetest.Entry{Name: "../kubectl"}, `"../kubectl" leads out`},
		"inside":   {archivetest.Entry{Name: "a/../../kubectl"}, `leads out`},
		"absolute": {archivetest.Entry{Name: "/bin/kubectl"}, `"/bin/kubectl" leads out`},
		"windows":  {archivetest.Entry{Name: `..\kubectl`}, `leads out`},
		"link":     {archivetest.Entry{Name: "kubectl", Link: "/bin/sh"}, `is no plain file`},
		"twice":    {archivetest.Entry{Name: "LICENSE"}, `"LICENSE" is there twice`},
	} {
		entries := []archivetest.Entry{{Name: "LICENSE"}, broken.entry}
		t.Run(name+" in tar.gz", func(t *testing.T) {
			refused(t, archivetest.TarGz(t, "a.tar.gz", entries...), broken.want)
		})
		if broken.entry.Link != "" {
			entries[1] = archivetest.Entry{Name: "kubectl", Mode: fs.ModeSymlink | 0o777, Text: "/bin/sh"}
		}
		t.Run(name+" in zip", func(t *testing.T) {
			refused(t, archivetest.Zip(t, "a.zip", entries...), broken.want)
		})
	}
}

func refused(t *testing.T, path, want string) {
	t.Helper()
	if _, err := archive.Read(path); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got: %v\nwant: %s", err, want)
	}
}

func TestContent(t *testing.T) {
	license := archivetest.Entry{Name: "LICENSE", Mode: 0o644}
	notices := archivetest.Entry{Name: "THIRD_PARTY_NOTICES", Mode: 0o644, Text: "MIT"}
	page := archivetest.Entry{Name: "man/man1/kubectl-tool.1", Mode: 0o644}
	tool := archivetest.Entry{Name: "kubectl-tool", Text: "tool"}
	for want, entries := range map[string][]archivetest.Entry{
		"no LICENSE at its root":                  {tool, notices},
		"no THIRD_PARTY_NOTICES at its root":      {tool, license},
		"0 files besides licenses and man pages":  {license, notices, page},
		"2 files besides licenses and man pages":  {license, notices, tool, {Name: "README.md"}},
		"2 files besides licenses and man pages,": {license, notices, tool, {Name: "man/kubectl-tool.1"}},
		"bin/kubectl-tool is not at its":          {license, notices, {Name: "bin/kubectl-tool"}},
		"kubectl-tool has mode 644, want 7":       {license, notices, {Name: "kubectl-tool", Mode: 0o644}},
	} {
		if _, err := archive.ReadContent(archivetest.TarGz(t, "a.tar.gz", entries...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got: %v\nwant: %s", err, want)
		}
	}
	whole := []archivetest.Entry{license, notices, tool, page}
	for _, path := range []string{archivetest.TarGz(t, "a.tar.gz", whole...), archivetest.Zip(t, "a.zip", whole...)} {
		got, err := archive.ReadContent(path)
		if err != nil || got.Program.Name != "kubectl-tool" || string(got.Program.Data) != "tool" || got.Notices != "MIT" || !slices.Equal(got.ManPages, []string{"kubectl-tool.1"}) {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
	}
}
