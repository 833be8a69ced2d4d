package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// completePrefix begins the name of the program that kubectl asks for the
// completions of a plugin (k8s.io/kubectl v0.37, plugin_completion.go).
const completePrefix = "kubectl_complete-"

// completionPatience is how long a shell waits for completions. A prompt that hangs
// is worse than one without completions.
const completionPatience = 250 * time.Millisecond

// arguments returns the arguments of a process. A program called kubectl_complete-NAME,
// as a package may link it, gets those of cobra's completion command.
func arguments(argv []string) []string {
	if strings.HasPrefix(filepath.Base(argv[0]), completePrefix) {
		return append([]string{cobra.ShellCompRequestCmd}, argv[1:]...)
	}
	return argv[1:]
}

// unseen returns the file for what a process with these arguments writes past its
// streams. While a shell completes it is the null device: cobra and client-go would
// write into the line that is being typed.
func unseen(args []string, stderr *os.File) *os.File {
	if !completes(args) {
		return stderr
	}
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return stderr
	}
	return nowhere
}

func completes(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// complete answers a shell: in time, or with nothing. It never fails.
func complete(ctx context.Context, root *cobra.Command, streams genericiooptions.IOStreams) failure.Code {
	ctx, cancel := context.WithTimeout(ctx, completionPatience)
	defer cancel()
	var found bytes.Buffer
	root.SetIn(strings.NewReader(""))
	root.SetOut(&found)
	root.SetErr(io.Discard)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = root.ExecuteContext(ctx) // a line that cannot be parsed has no completions
	}()
	select {
	case <-done:
		_, _ = found.WriteTo(streams.Out)
	case <-ctx.Done():
		fmt.Fprintf(streams.Out, ":%d\n", cobra.ShellCompDirectiveNoFileComp)
	}
	return failure.OK
}

// Values finds what a word of the command line can be, until ctx ends.
type Values func(ctx context.Context) []string

// Fixed returns values that are known beforehand.
func Fixed(values ...string) Values {
	return func(ctx context.Context) []string {
		if r, ok := ctx.(*recorder); ok {
			r.fixed = append(r.fixed, values...)
		}
		return values
	}
}

// recorder is a canceled context in which Fixed leaves its values.
type recorder struct {
	context.Context //nolint:containedctx // it is one
	fixed           []string
}

// Enumerated returns the fixed values of a flag that has completions; nil if its
// values depend on a cluster, a file or a session.
func Enumerated(c *cobra.Command, flag string) []string {
	complete, ok := c.GetFlagCompletionFunc(flag)
	if !ok {
		return nil
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	before, r := c.Context(), &recorder{Context: ended}
	c.SetContext(r)
	_, _ = complete(c, nil, "")
	c.SetContext(before)
	return r.fixed
}

// Complete offers those values that begin with what has been typed. Those that
// a terminal would act upon are left out.
func Complete(values Values) cobra.CompletionFunc {
	return func(c *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var fitting []cobra.Completion
		for _, value := range values(c.Context()) {
			if strings.HasPrefix(value, typed) && !strings.ContainsFunc(value, unprintable) {
				fitting = append(fitting, value)
			}
		}
		return fitting, cobra.ShellCompDirectiveNoFileComp
	}
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// CompleteFlags offers values for flags of the command, by their names. Of those
// that take several with commas between them, it completes the last.
func CompleteFlags(c *cobra.Command, flags map[string]Values) {
	for name, values := range flags {
		complete := Complete(values)
		if flag := c.Flag(name); flag != nil && flag.Value.Type() == "stringSlice" {
			complete = completeLast(complete)
		}
		// The only errors are those of flags that are not there, or twice.
		_ = c.RegisterFlagCompletionFunc(name, complete)
	}
}

func completeLast(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndex(typed, ",")+1]
		found, directive := complete(c, args, typed[len(before):])
		for i := range found {
			found[i] = before + found[i]
		}
		return found, directive
	}
}
