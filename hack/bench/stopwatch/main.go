// Command stopwatch runs a command, reads all it prints and tells as JSON what
// it took.
//
// It is a program of its own because it is small: on Linux the peak memory of
// a process counts what the process that forked it had, and the benchmark
// itself has far more than some of what it measures.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// taken is what one run took. The benchmark reads it.
type taken struct {
	Wall, CPU time.Duration
	// Peak is the most memory that was resident, in bytes.
	Peak int64
	// Bytes is how much the command printed.
	Bytes int64
}

// counter takes output and drops it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: stopwatch COMMAND [ARGUMENT...]")
		os.Exit(2)
	}
	result, err := run(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// Standard output is a pipe of the benchmark's.
	_ = json.NewEncoder(os.Stdout).Encode(result)
}

func run(program string, args []string) (taken, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var printed counter
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = &printed, os.Stderr
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return taken{}, fmt.Errorf("%v: %w", cmd.Args, err)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return taken{}, errors.New("this system does not tell what a process used")
	}
	return taken{
		Wall: wall, CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		Peak: usage.Maxrss * maxrssUnit(), Bytes: int64(printed),
	}, nil
}

// maxrssUnit is what getrusage counts memory in.
func maxrssUnit() int64 {
	if runtime.GOOS == "darwin" {
		return 1
	}
	return 1024
}
