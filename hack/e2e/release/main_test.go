// Package release_test installs what `make release-snapshot` has left in dist/
// in the ways that users will, and has it do its jobs on a real API server, for
// real kubectl and the real Flux CLI.
package release_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

var bed = testbed.New(testbed.WithFlux())

func TestMain(m *testing.M) { bed.Main(m) }

// patience is how long a command may take on a busy machine.
const patience = 5 * time.Minute

// built returns the build. Without one the tests fail, unless somebody has
// decided to do without it.
func built(t *testing.T) *dist.Dist {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv(testbed.WithoutVariable), ","), "release") {
		t.Skipf("%s says to do without a release build", testbed.WithoutVariable)
	}
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	d, err := dist.Read(filepath.Join(root, "dist"))
	if err != nil {
		t.Fatalf("%v; or do without: %s=release", err, testbed.WithoutVariable)
	}
	return d
}

// shell is where commands run: its own home, and no program but those in bin.
type shell struct {
	bin, home string
	env       []string
}

func newShell(t *testing.T, bin string, env ...string) *shell {
	t.Helper()
	home := t.TempDir()
	return &shell{bin: bin, home: home, env: append(env, "HOME="+home, "PATH="+bin)}
}

// run runs a program by its path to its end. Any exit code is a result.
func (s *shell) run(t *testing.T, program string, args ...string) testbed.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env, cmd.Dir = s.env, s.home
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || ctx.Err() != nil) {
		t.Fatalf("%s %s: %v", filepath.Base(program), strings.Join(args, " "), errors.Join(err, ctx.Err()))
	}
	return testbed.Result{Stdout: stdout.String(), Stderr: stderr.String(), Code: cmd.ProcessState.ExitCode()}
}

// want wants exit code 0, and the words in what was printed.
func want(t *testing.T, got testbed.Result, words ...string) {
	t.Helper()
	for _, word := range words {
		if got.Code != 0 || !strings.Contains(got.Stdout+got.Stderr, word) {
			t.Fatalf("want %q, got %s", word, got)
		}
	}
}
