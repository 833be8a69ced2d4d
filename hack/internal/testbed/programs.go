package testbed

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// names are the plugins under the names by which kubectl and flux find them.
func names() map[string]string {
	return map[string]string{
		"kubectl-fluxdeps": "kubectl-fluxdeps", "flux-deps": "kubectl-fluxdeps",
		"kubectl-datum_creds": "kubectl-datum-creds", "kubectl-secretsync": "kubectl-secretsync",
	}
}

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
	for name, plugin := range names() {
		if err := os.Symlink(b.Plugin(t, plugin).Path, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
