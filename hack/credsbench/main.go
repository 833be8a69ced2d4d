// Command credsbench measures get-token with a fresh token, side by side with
// a bare Go program that prints a file, and reports whether its bound holds.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// maxRatio is what get-token takes at most, in times of the bare program.
const maxRatio = 2.5

// subject is a command that is measured.
type subject struct {
	name string
	path string
	args []string
	env  []string
	took []time.Duration
}

func main() {
	rounds := flag.Int("rounds", 200, "how often each command is run")
	flag.Parse()
	os.Exit(int(cli.Report(os.Stderr, run(context.Background(), *rounds))))
}

func run(ctx context.Context, rounds int) error {
	root, err := checkout.Root("")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "credsbench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	plugin, bare := filepath.Join(dir, "kubectl-datum_creds"), filepath.Join(dir, "printfile")
	if err := errors.Join(
		build(ctx, root, "./plugins/kubectl-datum-creds", plugin),
		build(ctx, filepath.Join(root, "hack"), "./credsbench/printfile", bare),
	); err != nil {
		return err
	}
	home, file, err := furnish(dir)
	if err != nil {
		return err
	}
	subjects := []*subject{
		{name: "a bare Go program that prints a file", path: bare, args: []string{file}},
		{name: "get-token -o token, for a script", path: plugin, args: []string{"get-token", "--session", sessionName, "-o", "token"}, env: home},
		{name: "get-token, asked by a kubeconfig", path: plugin, args: []string{"get-token", "--session", sessionName}, env: append(home, question)},
		{name: "the same program, version", path: plugin, args: []string{"version"}, env: home},
	}
	if err := measure(ctx, subjects, rounds); err != nil {
		return err
	}
	return report(subjects)
}

// build builds as a release is built.
func build(ctx context.Context, module, pkg, target string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", target, pkg)
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", pkg, err, said)
	}
	return nil
}

// measure runs the subjects in turns, so that what else the machine does hits
// all of them alike. The first round warms up.
func measure(ctx context.Context, subjects []*subject, rounds int) error {
	for round := range rounds + 1 {
		for _, s := range subjects {
			took, err := s.run(ctx, round)
			if err != nil {
				return err
			}
			if round > 0 {
				s.took = append(s.took, took)
			}
		}
	}
	return nil
}

func (s *subject) run(ctx context.Context, round int) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, s.path, s.args...)
	// The same process asking twice means a refused token: each round asks for
	// another path of the server.
	for _, entry := range s.env {
		if entry == question {
			entry = fmt.Sprintf(question, round)
		}
		cmd.Env = append(cmd.Env, entry)
	}
	cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"))
	start := time.Now()
	out, err := cmd.Output()
	took := time.Since(start)
	if err != nil || len(out) == 0 {
		return 0, fmt.Errorf("%s: %d bytes: %w", s.name, len(out), err)
	}
	return took, nil
}

func report(subjects []*subject) error {
	floor := median(subjects[0].took)
	for _, s := range subjects {
		m := median(s.took)
		fmt.Printf("%8.2f ms  %5.2f x  %s\n", ms(m), float64(m)/float64(floor), s.name)
	}
	ratio := float64(median(subjects[2].took)) / float64(floor)
	if ratio > maxRatio {
		return failure.New(failure.Found, "", "a bound does not hold: want at most %.1f x the bare program", maxRatio)
	}
	fmt.Printf("the bound holds: at most %.1f x the bare program\n", maxRatio)
	return nil
}

func median(took []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[len(sorted)/2]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
