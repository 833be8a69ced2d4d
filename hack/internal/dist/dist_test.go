package dist_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
)

// folder is a build of a few words.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dist")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReadABuild(t *testing.T) {
	sum := strings.Repeat("0a", 32)
	dir := folder(t, map[string]string{
		"metadata.json":  `{"version": "1.2.3", "commit": "abc"}`,
		"checksums.txt":  sum + "  b.tar.gz\n",
		"artifacts.json": `[{"name": "b.tar.gz", "path": "dist/b.tar.gz", "goos": "linux", "goarch": "arm64", "type": "Archive", "extra": {"ID": "b"}}, {"name": "a.zip", "path": "dist/a.zip", "type": "Archive"}, {"name": "tool", "path": "dist/b/tool", "type": "Binary"}, {"name": "x", "type": "Other"}]`,
	})
	if err := os.Mkdir(filepath.Join(dir, "..", ".git"), 0o700); err != nil {
		t.Fatal(err)
	}
	d, err := dist.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d.Tag != "v1.2.3" || d.Commit != "abc" || len(d.Archives) != 2 || d.Archives[0].Name != "a.zip" || len(d.Binaries) != 1 {
		t.Errorf("%+v", d)
	}
	if got := d.Of("b"); len(got) != 1 || got[0].Path != filepath.Join(dir, "b.tar.gz") || got[0].Arch != "arm64" {
		t.Errorf("%+v", got)
	}
	if got, err := d.SumOf("https://example.org/v1/b.tar.gz"); err != nil || got != sum {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := d.SumOf("https://example.org/v1/c.tar.gz"); err == nil || !strings.Contains(err.Error(), "no file c.tar.gz was built") {
		t.Error(err)
	}
}

func TestWhatIsNoBuild(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"`make release-snapshot` makes one":         {},
		`"0a  b.tar.gz" is not <sha256>  <file>`:    {"metadata.json": "{}", "artifacts.json": "[]", "checksums.txt": "0a  b.tar.gz\n"},
		"cannot unmarshal object into Go value":     {"metadata.json": "{}", "artifacts.json": "{}", "checksums.txt": ""},
		"metadata.json: no such file or directory":  {"artifacts.json": "[]", "checksums.txt": ""},
		"checksums.txt: no such file or directory":  {"artifacts.json": "[]", "metadata.json": "{}"},
		"artifacts.json: no such file or directory": {"metadata.json": "{}", "checksums.txt": ""},
	} {
		if _, err := dist.Read(folder(t, files)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got: %v\nwant: %s", err, want)
		}
	}
}
