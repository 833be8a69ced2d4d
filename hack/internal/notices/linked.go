package notices

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// pkg is what `go list` prints of a package.
type pkg struct {
	ImportPath, Dir string
	Standard        bool
	Module          *struct {
		Path, Dir string
		Main      bool
	}
	goroot string
}

// Of returns the notices of the main packages that a pattern matches in the module in
// root, for platforms such as linux/amd64. They are built as a release builds them.
func Of(ctx context.Context, root, pattern string, platforms []string) (string, error) {
	goroot, err := run(ctx, root, nil, "env", "GOROOT")
	if err != nil {
		return "", err
	}
	all := collection{}
	for _, platform := range platforms {
		packages, err := linked(ctx, root, pattern, platform)
		if err != nil {
			return "", err
		}
		for _, p := range packages {
			if p.Module != nil && p.Module.Main {
				continue
			}
			p.goroot = strings.TrimSpace(string(goroot))
			if err := all.add(p); err != nil {
				return "", err
			}
		}
	}
	return all.String(), nil
}

// linked lists the packages that the programs link on a platform.
func linked(ctx context.Context, root, pattern, platform string) (packages []pkg, err error) {
	goos, goarch, _ := strings.Cut(platform, "/")
	out, err := run(ctx, root, []string{"GOOS=" + goos, "GOARCH=" + goarch}, "list", "-deps", "-json=ImportPath,Dir,Standard,Module", pattern)
	if err != nil {
		return nil, err
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		if p.ImportPath != "unsafe" { // has no code
			packages = append(packages, p)
		}
	}
}

func run(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stderr = dir, &said
	cmd.Env = append(append(os.Environ(), "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0"), env...)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, said.String())
	}
	return out, nil
}
