package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// suicidal takes the place of pkg/common/auth/private/rename.go: it kills the
// process before the rename to the last of the files that are named beside the
// program, once those before it were renamed to.
const suicidal = `package private

import (
	"os"
	"path/filepath"
	"strings"
)

func rename(from, to string) error {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	moment := filepath.Join(filepath.Dir(self), "` + momentFile + `")
	if names, err := os.ReadFile(moment); err == nil {
		if first, others, more := strings.Cut(string(names), " "); first != filepath.Base(to) {
			// not yet
		} else if more {
			if err := os.WriteFile(moment, []byte(others), 0o600); err != nil {
				panic(err)
			}
		} else {
			end(moment)
		}
	}
	return os.Rename(from, to)
}

func end(moment string) {
	if err := os.Remove(moment); err != nil {
		panic(err)
	}
	process, err := os.FindProcess(os.Getpid())
	if err != nil {
		panic(err)
	}
	_ = process.Kill()
	select {}
}
`

// momentFile holds the names of the files.
const momentFile = "kill-before-rename-to"

// killer is the plugin, built so that it can be killed at an exact moment.
type killer struct{ program string }

func newKiller(t *testing.T) killer {
	t.Helper()
	dir := t.TempDir()
	source, overlay := filepath.Join(dir, "rename.go"), filepath.Join(dir, "overlay.json")
	original, err := filepath.Abs("../../pkg/common/auth/private/rename.go")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(original); err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(map[string]any{"Replace": map[string]string{original: source}})
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string][]byte{source: []byte(suicidal), overlay: content} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k := killer{filepath.Join(dir, "plugin.exe")}
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "-o", k.program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return k
}

// kills runs the plugin, and expects it, or the process that renews for it, to
// be killed just before the rename to the last of the files.
func (b *bed) kills(k killer, before string, env []string, args ...string) run {
	b.t.Helper()
	moment := filepath.Join(filepath.Dir(k.program), momentFile)
	if err := os.WriteFile(moment, []byte(before), 0o600); err != nil {
		b.t.Fatal(err)
	}
	cmd := exec.Command(k.program, args...)
	cmd.Env = append(append([]string{}, b.env...), env...)
	r := finish(b.t, cmd)
	if _, err := os.Stat(moment); err == nil || r.code == 0 {
		b.t.Fatalf("it was not killed before the rename to %s: %+v", before, r)
	}
	return r
}

// remains returns the files below the home that a killed process or a session
// left, locks aside.
func (b *bed) remains() []string {
	b.t.Helper()
	var paths []string
	for _, pattern := range []string{"sessions/*/*", "credentials/*/*"} {
		found, err := filepath.Glob(filepath.Join(b.home.Dir(), pattern))
		if err != nil {
			b.t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	return slices.DeleteFunc(paths, func(path string) bool {
		return strings.HasSuffix(path, "lock") // login.lock too
	})
}
