package tree

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"time"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/build"
)

// Command is the argument that makes the program a renderer. It is not for users.
const Command = "__render-tree"

// The limits of a renderer.
const (
	// Deadline is how long it may take.
	Deadline = 2 * time.Minute
	// MaxMemory is how many bytes it may use.
	MaxMemory = 1 << 30
	// maxResult is the longest result that is read, in bytes.
	maxResult = 256 << 20
)

// errMemory is what a renderer that needs too much says.
var errMemory = fmt.Errorf("rendering takes more than %d MiB of memory", MaxMemory>>20)

// Run renders in a process of its own: kustomize cannot be stopped, and what it
// may reach is what the process may. The process has an empty environment, ends
// with ctx or after the deadline, and bounds its memory.
func Run(ctx context.Context, request Request) (Result, error) {
	program, err := os.Executable()
	if err != nil {
		return Result{}, err
	}
	text, err := json.Marshal(request)
	if err != nil {
		return Result{}, err
	}
	limited, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	var out, errOut bytes.Buffer
	cmd := exec.CommandContext(limited, program, Command)
	cmd.Env, cmd.WaitDelay = []string{}, time.Second
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), &limitedWriter{&out, maxResult}, &limitedWriter{&errOut, 1 << 16}
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return Result{}, ctx.Err()
	case limited.Err() != nil:
		return Result{}, fmt.Errorf("rendering takes longer than %s", Deadline)
	case strings.Contains(errOut.String(), errMemory.Error()):
		return Result{}, errMemory
	case err != nil:
		return Result{}, fmt.Errorf("the renderer ended: %w", err)
	}
	return decode(out.Bytes())
}

func decode(text []byte) (Result, error) {
	var result Result
	if err := json.Unmarshal(text, &result); err != nil {
		return Result{}, errors.New("the renderer gave no result")
	}
	if result.Error != "" {
		return Result{}, errors.New(result.Error)
	}
	return result, nil
}

// limitedWriter writes at most left more bytes.
type limitedWriter struct {
	to   *bytes.Buffer
	left int
}

// Write fails for what is past the limit.
func (w *limitedWriter) Write(text []byte) (int, error) {
	if w.left -= len(text); w.left < 0 {
		return 0, io.ErrShortWrite
	}
	return w.to.Write(text)
}

// IsRenderer reports whether this process was started to render.
func IsRenderer(args []string) bool { return len(args) == 1 && args[0] == Command }

// Main is the renderer: it reads a request and writes a result. It returns the
// code to exit with. Nothing of it leaves the machine, whatever a tree says.
func Main(ctx context.Context, in io.Reader, out, errOut io.Writer) int {
	http.DefaultTransport = build.Offline{}
	debug.SetGCPercent(200) // it ends within seconds
	debug.SetMemoryLimit(MaxMemory * 3 / 4)
	over, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan Result, 1)
	go func() { done <- answer(over, in) }()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case result := <-done:
			if json.NewEncoder(out).Encode(result) != nil {
				return 1
			}
			return 0
		case <-tick.C:
			if inUse() > MaxMemory {
				fmt.Fprintln(errOut, errMemory)
				return 1
			}
		}
	}
}

// answer renders what is asked for.
func answer(ctx context.Context, in io.Reader) Result {
	var request Request
	if err := json.NewDecoder(in).Decode(&request); err != nil {
		return Result{Error: "the request cannot be read"}
	}
	result, err := Render(ctx, request)
	if err != nil {
		return Result{Error: err.Error()}
	}
	return result
}

// inUse is how many bytes of memory the process has from the system.
func inUse() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}
