package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/filelock"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// buildPatience is how long it is worth waiting for another process's build.
const buildPatience = 20 * time.Minute

// build is one binary to be built.
type build struct {
	recipe  recipe
	name    Name
	version string
	// source is the folder of the module, target the path of the binary.
	source, target string
}

// fromCache returns a binary of the cache, which is built first if need be.
func (p *Provider) fromCache(ctx context.Context, name Name) (string, error) {
	job, err := p.plan(ctx, name)
	if err != nil || present(job.target) {
		return job.target, err
	}
	if err := private.Dir(filepath.Dir(job.target)); err != nil {
		return "", err
	}
	lock, err := filelock.Take(ctx, filelock.Request{
		Path:     filepath.Join(p.cache, "lock"),
		What:     "building servers",
		Patience: buildPatience,
		Progress: p.progress,
	})
	if err != nil {
		return "", err
	}
	defer lock.Release()
	// The process that held the lock may have built the same.
	if present(job.target) {
		return job.target, nil
	}
	return job.target, p.announced(ctx, job)
}

// plan finds out what a build of the binary would be.
func (p *Provider) plan(ctx context.Context, name Name) (build, error) {
	recipe, err := recipeOf(name)
	if err != nil {
		return build{}, err
	}
	source := filepath.Join(p.root, "hack", "controlplane", recipe.module)
	pinned, err := readPins(source)
	if err != nil {
		return build{}, err
	}
	version, err := pinned.version(recipe.requirement)
	if err != nil {
		return build{}, err
	}
	goVersion, err := goVersion(ctx, source)
	if err != nil {
		return build{}, err
	}
	key := pinned.key(version, platform{goVersion, runtime.GOOS, runtime.GOARCH})
	return build{
		recipe:  recipe,
		name:    name,
		version: version,
		source:  source,
		target:  filepath.Join(p.cache, recipe.module+"-"+key, string(name)),
	}, nil
}

// announced builds with a word before and after.
func (p *Provider) announced(ctx context.Context, job build) error {
	fmt.Fprintf(p.progress, "building %s %s (first time only, %s)… ", job.name, job.version, job.recipe.patience)
	start := time.Now()
	if err := job.run(ctx); err != nil {
		fmt.Fprintln(p.progress, "failed")
		return err
	}
	fmt.Fprintf(p.progress, "done in %s\n", time.Since(start).Round(time.Second))
	return nil
}

// run builds to a name of its own and renames at the end, so that what has
// the right name is always whole.
func (b build) run(ctx context.Context) error {
	part := fmt.Sprintf("%s.part-%d", b.target, os.Getpid())
	defer func() { _ = os.Remove(part) }()
	if b.recipe.embeds != "" {
		source, err := b.copySource(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(source) }()
		b.source = source
	}
	var said bytes.Buffer
	cmd := goCommand(ctx, b.source, "build", "-trimpath", "-ldflags", b.recipe.linkerFlags(b.version), "-o", part, b.recipe.pkg)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return buildFault(ctx, b, err, said.String())
	}
	return os.Rename(part, b.target)
}

func buildFault(ctx context.Context, b build, err error, said string) error {
	if ctx.Err() != nil {
		return fmt.Errorf("build stopped: %w", ctx.Err())
	}
	hint := fmt.Sprintf("cd %s && GOWORK=off CGO_ENABLED=0 go build -o /dev/null %s", b.source, b.recipe.pkg)
	return failure.New(failure.Unable, hint, "go build %s: %w\n%s", b.recipe.pkg, err, said)
}

// goCommand runs go on a module by itself. It gets a process group of its
// own, because a cancelled go build must take its compilers with it.
func goCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0", "GOFLAGS=", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// goVersion is the version of the toolchain that would build the module.
func goVersion(ctx context.Context, dir string) (string, error) {
	out, err := goCommand(ctx, dir, "env", "GOVERSION").Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", failure.New(failure.Unable, "install Go and put it on PATH", "find the version of go: %w", err)
	}
	if err != nil {
		return "", fmt.Errorf("find the version of go: %w", err)
	}
	return string(bytes.TrimSpace(out)), nil
}

// present says whether a binary is in the cache.
func present(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
