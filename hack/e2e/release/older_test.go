package release_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/archive/archivetest"
	"github.com/datum-cloud/kubectl-plugins/krew"
)

// olderTag is lower than any snapshot's.
const olderTag = "v0.0.1-0"

// pluginNames are krew's names of the plugins.
func pluginNames() []string { return []string{"datum-creds", "fluxdeps", "secretsync"} }

// binaryOf returns the name of a plugin's program.
func binaryOf(plugin string) string { return "kubectl-" + strings.ReplaceAll(plugin, "-", "_") }

// older builds the plugins of the previous commit as a release of a lower version, for
// this machine alone, and returns the folder with archives and krew manifests.
func older(t *testing.T, root string) string {
	t.Helper()
	before, dir := previous(t, root), t.TempDir()
	for _, plugin := range pluginNames() {
		file := plugin + "_" + olderTag + "_" + runtime.GOOS + "_" + runtime.GOARCH + ".tar.gz"
		packed := archivetest.TarGz(t, file,
			archivetest.Entry{Name: binaryOf(plugin), Text: string(build(t, before, plugin))},
			archivetest.Entry{Name: "LICENSE", Mode: 0o644, Text: read(t, filepath.Join(before, "LICENSE"))})
		err := errors.Join(os.Rename(packed, filepath.Join(dir, file)),
			os.WriteFile(filepath.Join(dir, plugin+".yaml"), olderManifest(t, before, dir, plugin), 0o600))
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// previous checks the parent of HEAD out into a worktree of its own.
func previous(t *testing.T, root string) string {
	t.Helper()
	git := func(ctx context.Context, args ...string) error {
		said, err := exec.CommandContext(ctx, "git", append([]string{"-C", root}, args...)...).CombinedOutput()
		if err != nil {
			err = fmt.Errorf("git %q: %w\n%s", args, err, said)
		}
		return err
	}
	if err := git(t.Context(), "rev-parse", "--verify", "--quiet", "HEAD^"); err != nil {
		t.Fatalf("there is no commit to upgrade from; in a shallow clone: git fetch --unshallow: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "previous")
	t.Cleanup(func() {
		if err := git(context.Background(), "worktree", "remove", "--force", dir); err != nil {
			t.Error(err)
		}
	})
	if err := git(t.Context(), "worktree", "add", "--quiet", "--detach", dir, "HEAD^"); err != nil {
		t.Fatal(err)
	}
	return dir
}

// build builds a plugin with the flags of a release, so that both share the build cache.
func build(t *testing.T, root, plugin string) []byte {
	t.Helper()
	program := filepath.Join(t.TempDir(), binaryOf(plugin))
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w -X github.com/datum-cloud/kubectl-plugins/pkg/common/cli.version="+olderTag,
		"-o", program, "./plugins/kubectl-"+plugin)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return []byte(read(t, program))
}

// olderManifest renders the plugin's template; archives of other machines have no sum.
func olderManifest(t *testing.T, root, dir, plugin string) []byte {
	t.Helper()
	manifest, err := krew.Render(read(t, filepath.Join(root, "krew", plugin+".yaml")), olderTag, func(uri string) (string, error) {
		data, err := os.ReadFile(filepath.Join(dir, path.Base(uri)))
		if errors.Is(err, os.ErrNotExist) {
			return strings.Repeat("f", 64), nil // digits alone would be a number in YAML
		}
		sum := sha256.Sum256(data)
		return hex.EncodeToString(sum[:]), err
	})
	if err != nil {
		t.Fatal(err)
	}
	return manifest
}
