package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// subject is a command to measure.
type subject struct {
	// name is what the user would type.
	name string
	argv []string
}

// taken is what one run took, as stopwatch tells it.
type taken struct {
	Wall, CPU   time.Duration
	Peak, Bytes int64
}

// results holds the runs of each subject, by its name, in the order of rounds.
type results map[string][]taken

// bench runs subjects in rounds, one after the other in each, so that what
// else happens on the machine hits all of them alike.
type bench struct {
	stopwatch string
	env       []string
	progress  io.Writer
	// root is the checkout.
	root string
}

// rounds runs each subject n times, after one round that does not count.
func (b *bench) rounds(ctx context.Context, what string, n int, subjects []subject) (results, error) {
	all := results{}
	for round := range n + 1 {
		fmt.Fprintf(b.progress, "%s: round %d of %d (the first one warms up)\n", what, round, n)
		for _, s := range subjects {
			one, err := b.run(ctx, s)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				all[s.name] = append(all[s.name], one)
			}
		}
	}
	return all, nil
}

func (b *bench) run(ctx context.Context, s subject) (taken, error) {
	var said, complaints bytes.Buffer
	cmd := exec.CommandContext(ctx, b.stopwatch, s.argv...)
	cmd.Env, cmd.Stdout, cmd.Stderr = b.env, &said, &complaints
	// Asked to end, it ends what it measures.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	var one taken
	if err := cmd.Run(); err != nil {
		return one, cmp.Or(ctx.Err(), fmt.Errorf("%s: %w: %s", s.name, err, complaints.Bytes()))
	}
	if err := json.Unmarshal(said.Bytes(), &one); err != nil {
		return one, fmt.Errorf("%s: %w", s.name, err)
	}
	if one.Bytes == 0 {
		return one, errors.New(s.name + " printed nothing")
	}
	return one, nil
}

// environment is that of the commands: without what tunes Go programs, and
// without caches of other clusters.
func environment(kubeconfig, cache, path string) []string {
	tuning := []string{"GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GODEBUG", "GOTRACEBACK"}
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(tuning, name)
	})
	return append(env, "KUBECONFIG="+kubeconfig, "KUBECACHEDIR="+cache, "PATH="+path+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// summary is what the runs of a subject come to.
type summary struct {
	median, fastest, slowest, cpu time.Duration
	// peak is the highest of all runs.
	peak, bytes int64
}

func summarise(runs []taken) summary {
	wall := func(t taken) time.Duration { return t.Wall }
	var s summary
	s.median = median(runs, wall)
	s.cpu = median(runs, func(t taken) time.Duration { return t.CPU })
	for i, run := range runs {
		if i == 0 || run.Wall < s.fastest {
			s.fastest = run.Wall
		}
		s.slowest = max(s.slowest, run.Wall)
		s.peak = max(s.peak, run.Peak)
		s.bytes = run.Bytes
	}
	return s
}

func median(runs []taken, of func(taken) time.Duration) time.Duration {
	values := make([]time.Duration, len(runs))
	for i, run := range runs {
		values[i] = of(run)
	}
	slices.Sort(values)
	middle := len(values) / 2
	switch {
	case len(values) == 0:
		return 0
	case len(values)%2 == 0:
		return (values[middle-1] + values[middle]) / 2
	default:
		return values[middle]
	}
}
