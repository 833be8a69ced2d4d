package archive_test

import (
	"io/fs"
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

func TestProgram(t *testing.T) {
	licence := archivetest.Entry{Name: "LICENSE", Mode: 0o644}
	tool := archivetest.Entry{Name: "kubectl-tool", Text: "tool"}
	for want, entries := range map[string][]archivetest.Entry{
		"no LICENSE at its root":            {tool},
		"0 files beside LICENSE":            {licence},
		"2 files beside LICENSE":            {licence, tool, {Name: "README.md"}},
		"bin/kubectl-tool is not at its":    {licence, {Name: "bin/kubectl-tool"}},
		"kubectl-tool has mode 644, want 7": {licence, {Name: "kubectl-tool", Mode: 0o644}},
	} {
		if _, err := archive.Program(archivetest.TarGz(t, "a.tar.gz", entries...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got: %v\nwant: %s", err, want)
		}
	}
	for _, path := range []string{archivetest.TarGz(t, "a.tar.gz", licence, tool), archivetest.Zip(t, "a.zip", licence, tool)} {
		got, err := archive.Program(path)
		if err != nil || got.Name != "kubectl-tool" || string(got.Data) != "tool" {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
	}
}
