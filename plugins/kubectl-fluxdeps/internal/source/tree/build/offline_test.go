package build_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/build"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/generate"
)

// outside is a server and a git, ssh, helm and docker that count who asks.
type outside struct {
	url  string
	hits atomic.Int32
	// calls is a file that each command leaves.
	calls string
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{calls: filepath.Join(t.TempDir(), "calls")}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { o.hits.Add(1) })}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	o.url = "http://" + listener.Addr().String()
	bin := t.TempDir()
	for _, name := range []string{"git", "ssh", "helm", "docker"} {
		script := "#!/bin/sh\necho " + name + " \"$@\" >>" + o.calls + "\nexit 1\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	return o
}

func (o *outside) check(t *testing.T) {
	t.Helper()
	if calls, _ := os.ReadFile(o.calls); o.hits.Load() > 0 || len(calls) > 0 {
		t.Errorf("%d requests, and the commands %s", o.hits.Load(), calls)
	}
}

// remotes are spellings of what git or http would be asked for.
func remotes(url string) []string {
	return []string{
		url + "/x.yaml", url + "/org/repo.git", "git::" + url + "/org/repo", "ssh://git@127.0.0.1/org/repo.git", "file:///tmp/repo.git",
		"git@127.0.0.1:org/repo", "github.com/org/repo", "GitHub.com/org/repo", "github.com/org/repo\n", "gh:org/repo",
		"https://127.0.0.1:1/org/repo//base?ref=main", "user@host:org/repo", "org/repo?ref=main", "  github.com/org/repo",
	}
}

// TestNothingReachesOut: no kustomization makes a build ask a server or start a
// command, in whatever case its fields are written, at whatever depth.
func TestNothingReachesOut(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands that count are shell scripts")
	}
	o := newOutside(t)
	deep := "-- a/kustomization.yaml --\nresources: [../b]\n-- b/kustomization.yaml --\n"
	for _, list := range []string{"resources", "Resources", "bases", "components", "COMPONENTS", "generators", "transformers", "validators", "crds", "configurations"} {
		for _, remote := range remotes(o.url) {
			for _, head := range []string{"-- a/kustomization.yaml --\n", deep} {
				archive := head + fmt.Sprintf("%s:\n- %q\n", list, remote) + "-- a/github.com/org/repo/kustomization.yaml --\nnamePrefix: x\n-- b/github.com/org/repo/kustomization.yaml --\nnamePrefix: x\n"
				if out, err := run(t, archive, "a", generate.Spec{}); err == nil && !strings.HasPrefix(list, "c") {
					t.Errorf("%s %q is built: %s", list, remote, out)
				}
			}
		}
	}
	o.check(t)
}

// TestNoFieldReachesOut: the fields that name files, and builtin plugins.
func TestNoFieldReachesOut(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands that count are shell scripts")
	}
	o := newOutside(t)
	url := o.url + "/x.yaml"
	inline := func(kind, fields string) string {
		return "apiVersion: builtin\nkind: " + kind + "\nmetadata: {name: x}\n" + fields + "\n"
	}
	indent := func(text string) string {
		return "- |-\n  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ") + "\n"
	}
	for _, fields := range []string{
		"openapi: {path: " + url + "}", "patches: [{path: " + url + "}]", "patchesStrategicMerge: [" + url + "]",
		"patchesJson6902: [{path: " + url + ", target: {kind: Kustomization, name: web, version: v1}}]", "replacements: [{path: " + url + "}]",
		"configMapGenerator: [{name: c, files: [" + url + "]}]", "configMapGenerator: [{name: c, files: ['key=" + url + "']}]",
		"configMapGenerator: [{name: c, envs: [" + url + "]}]", "secretGenerator: [{name: c, env: " + url + "}]",
		"helmCharts: [{name: c, repo: " + o.url + "}]", "helmChartInflationGenerator: [{chartName: c, chartRepoUrl: " + o.url + "}]",
		"generators:\n" + indent(inline("ConfigMapGenerator", "files: ["+url+"]")), "transformers:\n" + indent(inline("PatchTransformer", "path: "+url)),
		"generators: [g.yaml]", "transformers: [p.yaml]", "generators: [h.yaml]", "generators: [exec.yaml]",
		"generators:\n- |-\n  " + o.url + "/org/repo.git\n  kind: apiVersion:",
	} {
		archive := "-- a/kustomization.yaml --\nresources: [../b]\n-- b/kustomization.yaml --\nresources: [web.yaml]\n" + fields + "\n-- b/web.yaml --" + object +
			"-- b/g.yaml --\n" + inline("ConfigMapGenerator", "files: ["+url+"]") + "-- b/p.yaml --\n" + inline("PatchTransformer", "path: "+url) +
			"-- b/h.yaml --\n" + inline("HelmChartInflationGenerator", "repo: "+o.url) +
			"-- b/exec.yaml --\napiVersion: x/v1\nkind: Y\nmetadata:\n  name: y\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: git}\n"
		if out, err := run(t, archive, "a", generate.Spec{}); err == nil {
			t.Errorf("%s is built: %s", fields, out)
		}
	}
	o.check(t)
}

// TestRemoteBaseIsNamed with its file and line.
func TestRemoteBaseIsNamed(t *testing.T) {
	_, err := run(t, "-- a/kustomization.yaml --\nnamespace: n\nresources:\n- github.com/org/repo\n", "a", generate.Spec{})
	var at *build.FileError
	if !errors.As(err, &at) || at.File != "a/kustomization.yaml" || at.Line != 3 || !errors.Is(err, build.ErrRemote) {
		t.Errorf("%v %+v", err, at)
	}
}
