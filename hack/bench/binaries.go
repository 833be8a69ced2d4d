package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// binaries are what is run, by path.
type binaries struct {
	// dir holds the plugins.
	dir                             string
	floor, stopwatch, kubectl, flux string
}

// path returns the path of a plugin.
func (b binaries) path(plugin string) string { return filepath.Join(b.dir, plugin) }

// sizes returns those of the plugins and of the flux CLI.
func (b binaries) sizes() (sizes, error) {
	paths := map[string]string{fluxCLI: b.flux}
	for _, p := range plugins() {
		paths[p.binary] = b.path(p.binary)
	}
	all := sizes{}
	for name, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		all[name] = info.Size()
	}
	return all, nil
}

// job is a program to build.
type job struct{ module, pkg, target string }

// build builds the plugins as a release does, and what it is compared with.
func build(ctx context.Context, root, dir string, progress io.Writer) (binaries, error) {
	b := binaries{
		dir:       dir,
		floor:     filepath.Join(dir, "floor"),
		stopwatch: filepath.Join(dir, "stopwatch"),
	}
	jobs := []job{
		{filepath.Join(root, "hack"), "./bench/floor", b.floor},
		{filepath.Join(root, "hack"), "./bench/stopwatch", b.stopwatch},
	}
	for _, p := range plugins() {
		jobs = append(jobs, job{root, "./plugins/" + p.dir, b.path(p.binary)})
	}
	for _, job := range jobs {
		fmt.Fprintf(progress, "building %s\n", filepath.Base(job.target))
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", job.target, job.pkg)
		cmd.Dir = job.module
		cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return b, failure.New(failure.Unable, "", "go build %s: %w\n%s", job.pkg, err, out)
		}
	}
	return b, nil
}

// kubectl returns the one wanted, else the one that the checkout pins: what a
// PATH holds may be of any version, or a wrapper that starts another.
func kubectl(ctx context.Context, wanted string, provider *servers.Provider) (string, error) {
	if wanted != "" {
		return filepath.Abs(wanted)
	}
	return provider.Pinned(ctx, servers.Kubectl)
}

func versionOf(ctx context.Context, kubectl string) (string, error) {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, kubectl, "version", "--client", "-o", "json")
	cmd.Stdout = &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("ask %s for its version: %w", kubectl, err)
	}
	var answer struct {
		ClientVersion struct {
			GitVersion string `json:"gitVersion"`
		} `json:"clientVersion"`
	}
	if err := json.Unmarshal(said.Bytes(), &answer); err != nil {
		return "", fmt.Errorf("ask %s for its version: %w", kubectl, err)
	}
	return answer.ClientVersion.GitVersion, nil
}
