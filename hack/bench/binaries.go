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
	fluxdeps, floor, stopwatch, kubectl string
}

// build builds the plugin as a release is, and what it is compared with.
func build(ctx context.Context, root, dir string, progress io.Writer) (binaries, error) {
	b := binaries{
		fluxdeps:  filepath.Join(dir, "kubectl-fluxdeps"),
		floor:     filepath.Join(dir, "floor"),
		stopwatch: filepath.Join(dir, "stopwatch"),
	}
	for _, job := range []struct{ module, pkg, target string }{
		{root, "./plugins/kubectl-fluxdeps", b.fluxdeps},
		{filepath.Join(root, "hack"), "./bench/floor", b.floor},
		{filepath.Join(root, "hack"), "./bench/stopwatch", b.stopwatch},
	} {
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

func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
