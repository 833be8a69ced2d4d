package manifest

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// object is a whole Kustomization on six lines.
func object(name string) string {
	return ks + "metadata:\n  name: " + name + "\nspec: {sourceRef: {}}\n"
}

func TestFolder(t *testing.T) {
	runArchives(t, []archiveCase{
		{
			"all below, in the order of names", "-- b/c/d.yml --\n" + object("d") + "-- a.yaml --\n" + object("a") + "-- b/b.JSON --\n{}\n" + "-- z.yaml --\n" + object("z"),
			"Kustomization//a a.yaml:1\nKustomization//d b/c/d.yml:1\nKustomization//z z.yaml:1\nobjects=3 other=1",
		},
		{"other files are not opened", "-- a.yaml --\n" + object("a") + "-- a.txt --\n" + object("b") + "-- yaml --\nx: [\n", "Kustomization//a a.yaml:1\nobjects=1"},
		{".git is not entered", "-- a.yaml --\n" + object("a") + "-- .git/b.yaml --\n" + object("b") + "-- .github/c.yaml --\nx: y\n", "Kustomization//a a.yaml:1\nobjects=1 other=1"},
		{"a submodule's .git", "-- m/.git --\ngitdir: x\n-- m/a.yaml --\n" + object("a"), "Kustomization//a m/a.yaml:1\nobjects=1"},
		{
			"templates of Flux objects", "-- a.yaml --\n" + object("a") + "-- b.yaml.j2 --\n" + object("{{ b }}") + "-- c.yaml.gotmpl --\n{{ c }}\n",
			"Kustomization//a a.yaml:1\n! b.yaml.j2: not read: a template of Flux objects; templates are not rendered here\nobjects=1",
		},
		{
			"a named template is read", "-- b.yaml.j2 --\n" + object("a") + "---\n" + ks + "metadata: {name: {{ x }}}\n{% if y %}\n",
			"Kustomization//a b.yaml.j2:1\n! b.yaml.j2:10: not YAML: found character that cannot start any token; it looks like a template, and templates are not rendered here\nobjects=1 failed=1",
		},
		{"an empty file is no trouble", "-- a.yaml --\n" + object("a") + "-- b.yaml --\n-- c.yaml --\n# later\n", "Kustomization//a a.yaml:1\nobjects=1"},
		{"a binary file", "-- a.yaml --\n" + object("a") + "-- b.yaml --\n\\0\\x\n", "Kustomization//a a.yaml:1\n! b.yaml: a binary file\nobjects=1"},
	})
}

// TestLinks reads folders with symbolic links: name → target.
func TestLinks(t *testing.T) {
	archive := "-- a.yaml --\n" + object("a") + "-- sub/b.yaml --\n" + object("b") + "-- sub/values --\n" + object("v") + "-- .git/c.yaml --\n" + object("c")
	const plain = "Kustomization//a a.yaml:1\nKustomization//b sub/b.yaml:1\n"
	for _, c := range []struct{ name, link, target, want string }{
		{"to a file that is read anyway", "a-link.yaml", "a.yaml", plain + "objects=2"},
		{"to a file that only the link makes a manifest", "v.yaml", "sub/values", plain + "Kustomization//v v.yaml:1\nobjects=3"},
		{"to a folder of the folder", "link", "sub", plain + "objects=2"},
		{"to itself", "loop.yaml", "loop.yaml", plain + "! loop.yaml: link not followed: it leads nowhere\nobjects=2"},
		{"to the folder around it", "sub/loop", "..", plain + "objects=2"},
		{"to nowhere", "dead.yaml", "gone.yaml", plain + "! dead.yaml: link not followed: it leads nowhere\nobjects=2"},
		{"to nowhere, no manifest", "dead", "gone", plain + "objects=2"},
		{"out of the folder, to a file", "out.yaml", "../outside/secret.yaml", plain + "! out.yaml: link not followed: it is absolute or leads out of DIR\nobjects=2"},
		{"out of the folder, to a folder", "out", "../outside", plain + "! out: link not followed: it is absolute or leads out of DIR\nobjects=2"},
		{"out of the folder, no manifest", "out.txt", "../outside/secret.yaml", plain + "objects=2"},
		{"absolute", "abs.yaml", "/etc/hostname", plain + "! abs.yaml: link not followed: it is absolute or leads out of DIR\nobjects=2"},
		{"into .git", "git.yaml", ".git/c.yaml", plain + "objects=2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			base := write(t, "-- outside/secret.yaml --\n"+object("secret"))
			dir := filepath.Join(base, "inside")
			must(t, os.Rename(write(t, archive), dir))
			must(t, os.Symlink(c.target, filepath.Join(dir, c.link)))
			got := strings.ReplaceAll(show(read(t, dir), dir), dir, "DIR")
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestFolderBehindALink reads a folder that is itself named by a link.
func TestFolderBehindALink(t *testing.T) {
	dir := write(t, "-- real/a.yaml --\n"+object("a")+"-- real/v --\n"+object("v"))
	must(t, os.Symlink("real", filepath.Join(dir, "link")))
	must(t, os.Symlink("v", filepath.Join(dir, "real/v.yaml")))
	if got, want := show(read(t, dir+"/link"), dir), "Kustomization//a link/a.yaml:1\nKustomization//v link/v.yaml:1\nobjects=2"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestReadOnce names one file in several ways.
func TestReadOnce(t *testing.T) {
	dir := write(t, "-- a.yaml --\n"+object("a"))
	must(t, os.Symlink("a.yaml", filepath.Join(dir, "b.yaml")))
	got := show(read(t, dir+"/a.yaml", dir+"/./a.yaml", dir+"/b.yaml", dir), dir)
	if want := "Kustomization//a a.yaml:1\nobjects=1"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestUnreadable uses a file whose reading fails for root too, which a mode
// does not bring about.
func TestUnreadable(t *testing.T) {
	const unreadable = "/proc/self/mem"
	if runtime.GOOS != "linux" {
		t.Skip("needs " + unreadable + " of Linux, a file that nobody can read from its beginning")
	}
	dir := write(t, "-- a.yaml --\n"+object("a"))
	got := show(read(t, dir, unreadable), dir)
	if want := "Kustomization//a a.yaml:1\n! /proc/self/mem: cannot read it: input/output error\nobjects=1"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestNoPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read every file; TestUnreadable covers one that root cannot")
	}
	dir := write(t, "-- a.yaml --\n"+object("a")+"-- b.yaml --\n"+object("b")+"-- c/c.yaml --\n"+object("c"))
	must(t, os.Chmod(filepath.Join(dir, "b.yaml"), 0))
	must(t, os.Chmod(filepath.Join(dir, "c"), 0))
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "c"), 0o700) })
	got := show(read(t, dir), dir)
	if want := "Kustomization//a a.yaml:1\n! b.yaml: no permission to read it\n! c: no permission to read it\nobjects=1"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestHugeFile has a file of holes, which takes no space and no time to make.
func TestHugeFile(t *testing.T) {
	dir := write(t, "-- a.yaml --\n"+object("a")+"-- b.yaml --\n")
	must(t, os.Truncate(filepath.Join(dir, "b.yaml"), MaxFile+1))
	got := show(read(t, dir), dir)
	if want := "Kustomization//a a.yaml:1\n! b.yaml: larger than 64 MiB, which is the most that is read\nobjects=1"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestStdin(t *testing.T) {
	result, err := Read(t.Context(), []string{"-"}, strings.NewReader("x: y\n---\n"+object("a")))
	must(t, err)
	if got, want := show(result, t.TempDir()), "Kustomization//a stdin:3\nobjects=1 other=1"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// endless never ends and never fails, like `yes |`.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'y'
	}
	return len(p), nil
}

func TestNothing(t *testing.T) {
	dir := write(t, "-- empty.yaml --\n# nothing\n---\n-- text/a.txt --\nx\n-- binary.yaml --\n\\0\n")
	for _, c := range []struct {
		name  string
		stdin io.Reader
		paths []string
		want  string
	}{
		{"no path", nil, nil, "no file was named"},
		{"missing", nil, []string{"/gone"}, "/gone: it does not exist"},
		{"empty", nil, []string{dir + "/empty.yaml"}, "DIR/empty.yaml: no document in it"},
		{"folder without manifests", nil, []string{dir + "/text"}, "DIR/text: no *.yaml, *.yml or *.json file in it"},
		{"folder of which a file cannot be read", nil, []string{dir}, "DIR: binary.yaml: a binary file"},
		{"binary", nil, []string{dir + "/binary.yaml"}, "DIR/binary.yaml: a binary file"},
		{"each path has its reason", nil, []string{"/gone", dir + "/empty.yaml"}, "/gone: it does not exist; DIR/empty.yaml: no document in it"},
		{"address", nil, []string{"https://example.com/a.yaml"}, "https://example.com/a.yaml: addresses are not read: fetch the file first and pass it with -f -"},
		{"a file as a folder", nil, []string{dir + "/empty.yaml/a.yaml"}, "DIR/empty.yaml/a.yaml: cannot read it: not a directory"},
		{"name that is escaped where it is printed", nil, []string{"/gone\x1b[31m"}, "/gone\x1b[31m: it does not exist"},
		{"closed stdin", nil, []string{"-"}, "-: it is closed"},
		{"empty stdin", strings.NewReader(""), []string{"-"}, "-: no document in it"},
		{"endless stdin", endless{}, []string{"-"}, "-: larger than 64 MiB, which is the most that is read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(t.Context(), c.paths, c.stdin)
			if !errors.Is(err, ErrNothing) {
				t.Fatalf("error %v is not ErrNothing", err)
			}
			if got, want := strings.ReplaceAll(err.Error(), dir, "DIR"), "nothing to read: "+c.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// TestInterrupted stops while stdin keeps us waiting.
func TestInterrupted(t *testing.T) {
	reader, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := Read(ctx, []string{"-"}, reader); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that of the context", err)
	}
}
