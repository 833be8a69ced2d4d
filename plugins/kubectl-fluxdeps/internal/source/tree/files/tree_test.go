package files_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/files"
)

func newTree(t *testing.T, contents map[string]string) *files.Tree {
	t.Helper()
	texts := map[string][]byte{}
	for name, text := range contents {
		texts[name] = []byte(text)
	}
	tree, err := files.New(texts, "")
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// TestArtifact is what source-controller v1.9.5 archives.
func TestArtifact(t *testing.T) {
	contents := map[string]string{"a.yaml": "", "b/.sops.yaml": "", "b/x.png": "", ".gitignore": "", "b/c/d.yaml": "", ".github/x.yaml": ""}
	if got := newTree(t, contents).Artifact("").Paths(); !slices.Equal(got, []string{"a.yaml", "b/c/d.yaml"}) {
		t.Errorf("by default: %v", got)
	}
	got := newTree(t, contents).Artifact("/*\n!/b").Paths()
	if !slices.Equal(got, []string{"b/.sops.yaml", "b/c/d.yaml", "b/x.png"}) {
		t.Errorf("with spec.ignore: %v", got)
	}
	contents["b/.sourceignore"] = "# a comment\nc/\n"
	tree := newTree(t, contents).Artifact("")
	if got := tree.Paths(); !slices.Equal(got, []string{".github/x.yaml", "a.yaml", "b/.sops.yaml", "b/.sourceignore", "b/x.png"}) {
		t.Errorf("with .sourceignore: %v", got)
	}
	if !tree.IsDir("b/c") {
		t.Error("a folder is lost with its files")
	}
}

// TestLinksAreNoFiles: neither those within the tree nor those out of it.
func TestLinksAreNoFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making a link takes a privilege")
	}
	dir, secret := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	for _, name := range []string{secret, filepath.Join(dir, "a.yaml")} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"in": "a.yaml", "out": secret, "up": ".."} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	tree, err := files.Open(root, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"in", "out", "up"} {
		if text, err := tree.Read(name); err == nil || !tree.IsLink(name) || tree.IsFile(name) || tree.IsDir(name) {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	// A file that becomes a link after it was listed.
	name := filepath.Join(dir, "a.yaml")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, name); err != nil {
		t.Fatal(err)
	}
	if text, err := tree.Read("a.yaml"); err == nil {
		t.Errorf("read %q", text)
	}
}

func TestSelectAndJoin(t *testing.T) {
	tree := newTree(t, map[string]string{"apps/base/x.yaml": "1", "apps/y.yaml": "2"})
	picked := tree.Select(func(name string) (string, bool) { return "copy/" + filepath.Base(name), name != "apps/y.yaml" })
	joined := picked.Join(newTree(t, map[string]string{"z": ""}))
	if got := joined.Paths(); !slices.Equal(got, []string{"copy/x.yaml", "z"}) || joined.From("copy/x.yaml") != "apps/base/x.yaml" {
		t.Errorf("%v", got)
	}
	if _, err := files.New(map[string][]byte{"../x": nil}, ""); err == nil {
		t.Error("a path out of the tree is taken")
	}
}
