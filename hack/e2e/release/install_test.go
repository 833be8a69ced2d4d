package release_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// TestMakeInstallAddsFluxDeps: for those who have the Flux CLI on PATH, and nobody else.
func TestMakeInstallAddsFluxDeps(t *testing.T) {
	t.Parallel()
	d := built(t)
	u := newFluxUser(t, d, asIs)
	here := runtime.GOOS + "/" + runtime.GOARCH
	i := slices.IndexFunc(d.Binaries, func(b dist.Binary) bool { return b.Name == "kubectl-fluxdeps" && b.OS+"/"+b.Arch == here })
	folder := filepath.Join(u.home, "go", "bin")
	install := func() testbed.Result {
		return u.run(t, filepath.Join(d.Dir, "..", "hack", "install.sh"), folder, d.Binaries[i].Path)
	}
	path := "PATH=" + os.Getenv("PATH")
	u.env = append(u.env, path)
	if _, err := exec.LookPath("flux"); err == nil {
		t.Log("flux is on PATH: not checked without it")
	} else {
		want(t, install(), "installed "+folder+"/kubectl-fluxdeps", "add "+folder+" to it")
		if _, err := os.Stat(u.plugins); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("there is no Flux CLI, yet %s: %v", u.plugins, err)
		}
	}
	if err := os.Symlink(u.cli, filepath.Join(u.bin, "flux")); err != nil {
		t.Fatal(err)
	}
	u.env = append(u.env, path+":"+u.bin+":"+folder)
	for range 2 {
		want(t, install(), "linked    "+filepath.Join(u.plugins, "flux-deps"))
	}
	want(t, u.flux(t, "plugin", "list"), filepath.Join(u.plugins, "flux-deps"))
	want(t, u.flux(t, "deps", "--help"), "flux deps graph")
	holds(t, folder, "kubectl-fluxdeps", "kubectl_complete-fluxdeps")
	if page := read(t, filepath.Join(u.home, "go", "share", "man", "man1", "kubectl-fluxdeps-graph.1")); !strings.HasPrefix(page, ".") {
		t.Errorf("no man page: %q", page)
	}

	const theirs = "#!/bin/sh\n"
	replace(t, filepath.Join(u.plugins, "flux-deps"), theirs)
	want(t, install(), "flux-deps stays")
	if text := read(t, filepath.Join(u.plugins, "flux-deps")); text != theirs {
		t.Error("a program that somebody else installed was replaced")
	}
}
