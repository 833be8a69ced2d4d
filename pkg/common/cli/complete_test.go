package cli

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func TestArgs(t *testing.T) {
	for program, want := range map[string][]string{
		"/usr/bin/kubectl-x":              {"do", ""},
		"kubectl_complete-x":              {"__complete", "do", ""},
		"/home/me/bin/kubectl_complete-x": {"__complete", "do", ""},
		"/kubectl_complete-x/kubectl-x":   {"do", ""},
	} {
		if got := arguments([]string{program, "do", ""}); !slices.Equal(got, want) {
			t.Errorf("%s: %q", program, got)
		}
	}
}

// TestStderr: only while a shell completes is what goes past the streams lost.
func TestStderr(t *testing.T) {
	if unseen([]string{"do"}, os.Stderr) != os.Stderr || unseen(nil, os.Stderr) != os.Stderr {
		t.Error("a command lost its stderr")
	}
	nowhere := unseen([]string{"__complete", "do"}, os.Stderr)
	defer nowhere.Close()
	if nowhere.Name() != os.DevNull {
		t.Errorf("completion writes to %s", nowhere.Name())
	}
}

// completing has a shell complete a command's argument and flag.
func completing(t *testing.T, values Values, words ...string) (code failure.Code, stdout, stderr string) {
	t.Helper()
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	root := &cobra.Command{Use: "kubectl-x"}
	leaf := &cobra.Command{Use: "do", ValidArgsFunction: Complete(values), RunE: func(*cobra.Command, []string) error {
		return errors.New("it ran")
	}}
	leaf.Flags().String("color", "", "")
	leaf.Flags().StringSlice("status", nil, "")
	states := Fixed("ready", "failed")
	CompleteFlags(leaf, map[string]Values{"color": Fixed("always", "auto", "never"), "status": states, "gone": states})
	root.AddCommand(leaf)
	code = Main(t.Context(), root, streams, append([]string{"__complete"}, words...))
	return code, out.String(), errOut.String()
}

func TestComplete(t *testing.T) {
	hostile := Fixed("prod", "prod-\x1b[2J", "group/project:agent", "arn:aws:eks:eu:1:cluster/prod", "tab\tbed", "two\nlines", "mit Umlaut ü")
	for words, want := range map[string]string{
		"do |":                 "prod\ngroup/project:agent\narn:aws:eks:eu:1:cluster/prod\nmit Umlaut ü\n:4\n",
		"do |group":            "group/project:agent\n:4\n",
		"do |nothing":          ":4\n",
		"do --color |a":        "always\nauto\n:4\n",
		"do |--color=n":        "never\n:4\n",
		"do --status |r":       "ready\n:4\n",
		"do --status |failed,": "failed,ready\nfailed,failed\n:4\n",
		"do --status |x,y,re":  "x,y,ready\n:4\n",
		"no-such --command |":  ":0\n",
		"do --no-such |":       ":0\n",
	} {
		t.Run(words, func(t *testing.T) {
			before, typed, _ := strings.Cut(words, "|")
			code, stdout, stderr := completing(t, hostile, append(strings.Fields(before), typed)...)
			if code != failure.OK || stdout != want || stderr != "" {
				t.Errorf("code %d, stdout %q, stderr %q", code, stdout, stderr)
			}
		})
	}
}

// TestCompletionGivesUp: what hangs, and does not even heed its context, keeps
// nobody waiting, and nothing is said.
func TestCompletionGivesUp(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	code, stdout, stderr := completing(t, func(context.Context) []string {
		<-release
		return []string{"late"}
	}, "do", "")
	if code != failure.OK || stdout != ":4\n" || stderr != "" {
		t.Errorf("code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// TestCompletionHasADeadline: who asks a server can tell how long it may.
func TestCompletionHasADeadline(t *testing.T) {
	var bounded bool
	completing(t, func(ctx context.Context) []string {
		_, bounded = ctx.Deadline()
		return nil
	}, "do", "")
	if !bounded {
		t.Error("no deadline")
	}
}

// TestEnumerated: what a cluster would have to be asked for is not there.
func TestEnumerated(t *testing.T) {
	c := &cobra.Command{Use: "do"}
	c.Flags().String("color", "", "")
	c.Flags().StringSlice("status", nil, "")
	c.Flags().String("name", "", "")
	c.Flags().String("plain", "", "")
	var ended bool
	CompleteFlags(c, map[string]Values{"color": Fixed("always", "never"), "status": Fixed("ready"), "name": func(ctx context.Context) []string {
		ended = ctx.Err() != nil
		return []string{"prod"}
	}})
	for flag, want := range map[string][]string{"color": {"always", "never"}, "status": {"ready"}, "name": nil, "plain": nil, "gone": nil} {
		if got := Enumerated(c, flag); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", flag, got, want)
		}
	}
	if !ended {
		t.Error("a server could have been asked")
	}
	if c.Context() != nil {
		t.Error("the command's context was not restored")
	}
}
