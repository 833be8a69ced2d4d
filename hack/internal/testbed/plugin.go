package testbed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// callPatience is how long a plugin may take before it counts as hung.
const callPatience = time.Minute

// Plugin is a built plugin of the product.
type Plugin struct {
	// Path is its binary.
	Path string
	// home is an empty folder that it takes for the user's.
	home string
}

// Plugin builds plugins/NAME, once for all tests of the package.
func (b *Bed) Plugin(t testing.TB, name string) *Plugin {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	got, known := b.plugins[name]
	if !known {
		got.plugin, got.err = b.build(name)
		b.plugins[name] = got
	}
	if got.err != nil {
		t.Fatalf("build %s: %v", name, got.err)
	}
	return got.plugin
}

// built is what came of building a plugin.
type built struct {
	plugin *Plugin
	err    error
}

// build builds what a user gets: the product's module by itself.
func (b *Bed) build(name string) (*Plugin, error) {
	home, err := b.open()
	if err != nil {
		return nil, err
	}
	plugin := &Plugin{Path: filepath.Join(home.dir, "bin", name), home: filepath.Join(home.dir, "home")}
	if err := os.MkdirAll(plugin.home, 0o700); err != nil {
		return nil, err
	}
	// Not of the one test that happens to need it first.
	cmd := exec.CommandContext(context.Background(), "go", "build", "-o", plugin.Path, "./plugins/"+name)
	cmd.Dir = home.root
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, said)
	}
	return plugin, nil
}

// Call is one call of a plugin.
type Call struct {
	// Kubeconfig is what $KUBECONFIG says; without it there is none.
	Kubeconfig string
	// Args are the arguments.
	Args []string
	// Env adds NAME=VALUE to the environment, which holds little else.
	Env []string
	// Stdin is what the plugin can read.
	Stdin string
}

// Result is what came of a call.
type Result struct {
	Stdout, Stderr string
	// Code is the exit code.
	Code int
}

// String shows all of it, for the message of a failed test.
func (r Result) String() string {
	return fmt.Sprintf("exit code %d\n--- stdout\n%s--- stderr\n%s", r.Code, r.Stdout, r.Stderr)
}

// Run runs the plugin to its end. Any exit code is a result.
func (p *Plugin) Run(t testing.TB, call Call) Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), callPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.Path, call.Args...)
	// Nothing of the user who runs the tests gets in.
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.home, "KUBECONFIG=" + call.Kubeconfig}, call.Env...)
	cmd.Dir = p.home
	cmd.Stdin = strings.NewReader(call.Stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || ctx.Err() != nil) {
		t.Fatalf("%s %s: %v", filepath.Base(p.Path), strings.Join(call.Args, " "), errors.Join(err, ctx.Err()))
	}
	return Result{Stdout: stdout.String(), Stderr: stderr.String(), Code: cmd.ProcessState.ExitCode()}
}
