//go:build unix

package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// asCommand is set where the test's program runs as a command.
const asCommand = "CLI_TEST_AS_COMMAND"

// TestSignals: a command that finishes reports whatever comes, but for a second
// Ctrl-C.
func TestSignals(t *testing.T) {
	if os.Getenv(asCommand) != "" {
		os.Exit(int(reports()))
	}
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("the tests run under nohup: no program that they start can be hung up on")
	}
	for name, c := range map[string]struct {
		ignored, readerGone bool
		signals             []syscall.Signal
		code                int
		stdout, stderr      string
	}{
		"nothing comes":          {stdout: "report\n"},
		"Ctrl-C":                 {signals: []syscall.Signal{syscall.SIGINT}, code: int(failure.Interrupted), stdout: "report\n", stderr: "error: interrupted\n"},
		"a second Ctrl-C":        {signals: []syscall.Signal{syscall.SIGINT, syscall.SIGINT}, code: -1},
		"the terminal closes":    {signals: []syscall.Signal{syscall.SIGHUP}, code: int(failure.Interrupted), stdout: "report\n", stderr: "error: interrupted\n"},
		"its shell says so too":  {signals: []syscall.Signal{syscall.SIGHUP, syscall.SIGHUP}, code: int(failure.Interrupted), stdout: "report\n", stderr: "error: interrupted\n"},
		"under nohup":            {ignored: true, signals: []syscall.Signal{syscall.SIGHUP}, stdout: "report\n"},
		"the reader is gone":     {readerGone: true, code: int(failure.Unable), stderr: "error: no report: write /dev/stdout: broken pipe\n"},
		"Ctrl-C ends a pipeline": {readerGone: true, signals: []syscall.Signal{syscall.SIGINT}, code: int(failure.Interrupted), stderr: "error: interrupted\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startReporter(t, c.ignored)
			if c.readerGone {
				p.stdout.Close()
			}
			for _, s := range c.signals {
				if err := p.cmd.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
				time.Sleep(grace) // two that come at once are one
			}
			p.stdin.Close()
			stdout, _ := io.ReadAll(p.stdout) // a closed one has nothing
			_ = p.cmd.Wait()                  // the code tells
			if code := p.cmd.ProcessState.ExitCode(); code != c.code || string(stdout) != c.stdout || p.stderr.String() != c.stderr {
				t.Errorf("code %d, stdout %q, stderr %q", code, stdout, p.stderr.String())
			}
		})
	}
}

// reporter is a process of a command that reports when its input ends.
type reporter struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout io.ReadCloser
	stderr *strings.Builder
}

func startReporter(t *testing.T, ignored bool) reporter {
	t.Helper()
	args := []string{os.Args[0], "-test.run=^TestSignals$"}
	if ignored {
		args = append([]string{"sh", "-c", `trap "" HUP; exec "$0" "$@"`}, args...)
	}
	r := reporter{cmd: exec.CommandContext(t.Context(), args[0], args[1:]...), stderr: &strings.Builder{}}
	r.cmd.Env, r.cmd.Stderr = append(os.Environ(), asCommand+"=1"), r.stderr
	var errs [3]error
	r.stdin, errs[0] = r.cmd.StdinPipe()
	r.stdout, errs[1] = r.cmd.StdoutPipe()
	errs[2] = r.cmd.Start()
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	// A byte at a time: what comes after the line is for the test.
	if line, err := bufio.NewReaderSize(io.LimitReader(r.stdout, int64(len("ready\n"))), 16).ReadString('\n'); err != nil {
		t.Fatalf("%q %v", line, err)
	}
	return r
}

// reports is the command: what it starts has to die of signals as by default.
func reports() failure.Code {
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	c := &cobra.Command{Use: "x", RunE: func(c *cobra.Command, _ []string) error {
		if survived, _ := exec.Command("sh", "-c", "kill -PIPE $$; echo survived").Output(); len(survived) > 0 {
			return errors.New("what it starts ignores SIGPIPE")
		}
		fmt.Fprintln(os.Stdout, "ready")
		_, _ = io.Copy(io.Discard, os.Stdin)
		if _, err := fmt.Fprintln(os.Stdout, "report"); err != nil {
			return fmt.Errorf("no report: %w", err)
		}
		return c.Context().Err()
	}}
	Finishes(c)
	return Main(c.Context(), c, streams, nil)
}
