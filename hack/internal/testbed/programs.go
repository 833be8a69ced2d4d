package testbed

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Programs returns a folder, the test's own, with kubectl and all plugins as
// they are installed.
func (b *Bed) Programs(t testing.TB, kubectl string) string {
	t.Helper()
	dir := t.TempDir()
	// Not a link: some kubectls look for more beside themselves.
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' \"$@\"\n", strings.ReplaceAll(kubectl, "'", `'\''`))
	if err := os.WriteFile(filepath.Join(dir, "kubectl"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, plugin := range []string{"kubectl-fluxdeps", "kubectl-datum-creds", "kubectl-secretsync"} {
		link(t, b.Plugin(t, plugin).Path, dir, "kubectl-"+strings.ReplaceAll(strings.TrimPrefix(plugin, "kubectl-"), "-", "_"))
	}
	link(t, b.Plugin(t, "kubectl-fluxdeps").Path, dir, "flux-deps")
	return dir
}

func link(t testing.TB, program, dir, name string) {
	t.Helper()
	if err := os.Symlink(program, filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}
