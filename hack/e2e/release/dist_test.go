package release_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/fluxplugin"
)

func TestTheReleaseIsWhole(t *testing.T) {
	d := built(t)
	if err := d.Check(); err != nil {
		t.Error(err)
	}
	if len(d.Archives) != 24 || len(d.Sums) != 48 {
		t.Errorf("%d archives and %d sums, want 24 and 48", len(d.Archives), len(d.Sums))
	}
}

// copyOf copies a build, for a test to break: big files as links.
func copyOf(t *testing.T, d *dist.Dist) string {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Glob(filepath.Join(d.Dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.IsDir() {
			continue
		}
		if err := os.Symlink(file, filepath.Join(dir, filepath.Base(file))); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// rewrite replaces a file of a copy by one with other content.
func rewrite(t *testing.T, path string, change func(string) string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(change(string(data))), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestBrokenReleasesAreFound(t *testing.T) {
	d := built(t)
	first, second := d.Archives[0], d.Archives[1]
	for want, breaking := range map[string]func(*testing.T, string){
		first.Name + " has another checksum": func(t *testing.T, dir string) {
			t.Helper()
			rewrite(t, filepath.Join(dir, first.Name), func(s string) string { return s + "\n" })
		},
		first.Name + ".cdx.json has another checksum": func(t *testing.T, dir string) {
			t.Helper()
			rewrite(t, filepath.Join(dir, first.Name+".cdx.json"), func(s string) string { return s + "\n" })
		},
		"no archive of datum-creds for darwin/amd64": func(t *testing.T, dir string) {
			t.Helper()
			rewrite(t, filepath.Join(dir, "artifacts.json"), func(s string) string { return strings.ReplaceAll(s, `"goarch":"amd64"`, `"goarch":"mips"`) })
		},
		"is a program for darwin/arm64, want darwin/amd64": func(t *testing.T, dir string) {
			t.Helper()
			swap(t, dir, d, first, second)
		},
		"its program is called kubectl-fluxdeps, want flux-deps": func(t *testing.T, dir string) {
			t.Helper()
			swap(t, dir, d, d.Of("flux-deps")[0], d.Of("fluxdeps")[0])
		},
		"its bill of materials is of another program": func(t *testing.T, dir string) {
			t.Helper()
			file := first.Name + ".cdx.json"
			other := second.Name + ".cdx.json"
			rewrite(t, filepath.Join(dir, file), func(string) string { return read(t, filepath.Join(d.Dir, other)) })
			rewrite(t, filepath.Join(dir, "checksums.txt"), func(s string) string { return strings.ReplaceAll(s, d.Sums[file], d.Sums[other]) })
		},
	} {
		t.Run(want, func(t *testing.T) {
			dir := copyOf(t, d)
			breaking(t, dir)
			broken, err := dist.Read(dir)
			if err != nil {
				t.Fatal(err)
			}
			broken.Commit = d.Commit
			broken.Archives = slices.DeleteFunc(broken.Archives, func(a dist.Archive) bool { return a.OS != "darwin" || a.Product == "secretsync" })
			if err := broken.Check(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got: %v\nwant: %s", err, want)
			}
		})
	}
}

// swap puts the second archive in the place of the first, with a true checksum.
func swap(t *testing.T, dir string, d *dist.Dist, first, second dist.Archive) {
	t.Helper()
	rewrite(t, filepath.Join(dir, first.Name), func(string) string { return read(t, second.Path) })
	rewrite(t, filepath.Join(dir, "checksums.txt"), func(s string) string {
		return strings.ReplaceAll(s, d.Sums[first.Name], d.Sums[second.Name])
	})
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What the Flux CLI would do on machines that there are none of here.
func TestFluxArchivesOfAllPlatforms(t *testing.T) {
	d := built(t)
	manifest := filepath.Join(d.Dir, "flux", "plugins", "deps.yaml")
	plugin, err := fluxplugin.Parse([]byte(read(t, manifest)))
	if err != nil {
		t.Fatal(err)
	}
	if err := fluxplugin.Validate(manifest, plugin); err != nil {
		t.Error(err)
	}
	platforms := plugin.Versions[0].Platforms
	if len(platforms) != len(dist.Platforms()) {
		t.Errorf("%d platforms", len(platforms))
	}
	for _, on := range platforms {
		if err := fluxplugin.CheckArchive(plugin, on, filepath.Join(d.Dir, filepath.Base(on.URL))); err != nil {
			t.Error(err)
		}
	}
}
