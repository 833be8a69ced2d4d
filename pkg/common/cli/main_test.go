package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// run runs a command tree, whose leaf does as told, and returns the code and
// what was written to stdout and stderr.
func run(t *testing.T, do func(context.Context) error, args ...string) (code failure.Code, stdout, stderr string) {
	t.Helper()
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	root := &cobra.Command{Use: "kubectl-x"}
	leaf := &cobra.Command{
		Use: "do", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, _ []string) error {
			fmt.Fprintln(streams.Out, "result")
			return do(c.Context())
		},
	}
	leaf.Flags().String("must", "set", "")
	leaf.Flags().Bool("one", false, "")
	leaf.Flags().Bool("other", false, "")
	leaf.MarkFlagsMutuallyExclusive("one", "other")
	root.AddCommand(leaf, NewVersionCommand("kubectl-x", streams))
	strict := &cobra.Command{Use: "strict", RunE: leaf.RunE}
	strict.Flags().String("must", "", "")
	if err := strict.MarkFlagRequired("must"); err != nil {
		t.Fatal(err)
	}
	root.AddCommand(strict)
	code = Main(t.Context(), root, streams, args)
	return code, out.String(), errOut.String()
}

// TestMainErrors states which error ends in which code and which words.
func TestMainErrors(t *testing.T) {
	wrapped := fmt.Errorf("a: %w", failure.With(failure.Refused, errors.New("b"), "try c"))
	for _, c := range []struct {
		name   string
		err    error
		code   failure.Code
		stderr string
	}{
		{"none", nil, failure.OK, ""},
		{"any", errors.New("no route to host"), failure.Unable, "error: no route to host\n"},
		{"of use", failure.Input(errors.New("-o: want json")), failure.BadInput, "error: -o: want json\n"},
		{"with a hint", failure.With(failure.LoginNeeded, errors.New("no session"), "kubectl datum-creds login"), failure.LoginNeeded, "error: no session\nhint: kubectl datum-creds login\n"},
		{"wrapped", wrapped, failure.Refused, "error: a: b\nhint: try c\n"},
		{"found something, which has been said", failure.Silent(failure.Found), failure.Found, ""},
		{"canceled", fmt.Errorf("read: %w", context.Canceled), failure.Interrupted, "error: read: context canceled\n"},
		{"canceled, with a code", failure.With(failure.Refused, context.Canceled, ""), failure.Refused, "error: context canceled\n"},
		{"words that a terminal acts upon", errors.New("x\x1b[2Jy\nz\n"), failure.Unable, "error: x\\x1b[2Jy\nz\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := run(t, func(context.Context) error { return c.err }, "do")
			if code != c.code || stderr != c.stderr || stdout != "result\n" {
				t.Errorf("code %d, stderr %q, stdout %q", code, stderr, stdout)
			}
		})
	}
}

// TestUse: what is wrong before a command begins to run is wrong use.
func TestUse(t *testing.T) {
	const hint = "hint: see 'kubectl-x --help'\n"
	for args, want := range map[string]string{
		"do --nope":        "error: unknown flag: --nope\n",
		"nope":             "error: unknown command \"nope\" for \"kubectl-x\"\n",
		"do a b":           "error: accepts at most 1 arg(s), received 2\n",
		"do --one=maybe":   "error: invalid argument \"maybe\" for \"--one\" flag: must be true or false\n",
		"strict":           "error: required flag(s) \"must\" not set\n",
		"do --one --other": "error: if any flags in the group [one other] are set none of the others can be; [one other] were all set\n",
	} {
		t.Run(args, func(t *testing.T) {
			code, stdout, stderr := run(t, func(context.Context) error { return nil }, strings.Fields(args)...)
			if code != failure.BadInput || stderr != want+hint || stdout != "" {
				t.Errorf("code %d, stderr %q, stdout %q", code, stderr, stdout)
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	streams, _, _, errOut := genericiooptions.NewTestIOStreams()
	ctx, cancel := context.WithCancel(t.Context())
	root := &cobra.Command{Use: "x", RunE: func(c *cobra.Command, _ []string) error {
		cancel()
		<-c.Context().Done()
		return fmt.Errorf("get: %w", c.Context().Err())
	}}
	if code := Main(ctx, root, streams, nil); code != failure.Interrupted || errOut.String() != "error: interrupted\n" {
		t.Errorf("code %d, stderr %q", code, errOut.String())
	}
}

// TestInterruptedWhileItWaits: what does not heed its context is left behind.
func TestInterruptedWhileItWaits(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	code, stderr := interrupted(t, &cobra.Command{Use: "x", RunE: func(*cobra.Command, []string) error {
		<-release
		return nil
	}})
	if code != failure.Interrupted || stderr != "error: interrupted\n" {
		t.Errorf("code %d, stderr %q", code, stderr)
	}
}

// TestFinishes: a command that must say what it did is waited for.
func TestFinishes(t *testing.T) {
	said := false
	command := &cobra.Command{Use: "x", RunE: func(c *cobra.Command, _ []string) error {
		<-c.Context().Done()
		time.Sleep(2 * grace)
		said = true
		return c.Context().Err()
	}}
	Finishes(command)
	if code, stderr := interrupted(t, command); code != failure.Interrupted || stderr != "error: interrupted\n" || !said {
		t.Errorf("code %d, stderr %q, waited for: %v", code, stderr, said)
	}
}

// interrupted runs a command and interrupts it while it runs.
func interrupted(t *testing.T, command *cobra.Command) (code failure.Code, stderr string) {
	t.Helper()
	streams, _, _, errOut := genericiooptions.NewTestIOStreams()
	ctx, cancel := context.WithCancel(t.Context())
	run := command.RunE
	command.RunE = func(c *cobra.Command, args []string) error {
		cancel()
		return run(c, args)
	}
	code = Main(ctx, command, streams, nil)
	return code, errOut.String()
}

func TestVersion(t *testing.T) {
	for _, format := range []string{"json", "yaml"} {
		code, stdout, _ := run(t, nil, "version", "-o", format)
		var got VersionInfo
		if err := yaml.Unmarshal([]byte(stdout), &got); err != nil || code != failure.OK {
			t.Fatalf("code %d, %v", code, err)
		}
		if got.APIVersion == "" || got.Kind != "VersionInfo" || got.Name != "kubectl-x" || got.Version == "" || got.Go == "" || got.Platform == "" {
			t.Errorf("%s: %+v", format, got)
		}
		if json.Valid([]byte(stdout)) != (format == "json") {
			t.Errorf("%s: %s", format, stdout)
		}
	}
	if code, stdout, _ := run(t, nil, "version"); code != failure.OK || !strings.HasPrefix(stdout, "kubectl-x ") {
		t.Errorf("code %d, %q", code, stdout)
	}
	if code, _, stderr := run(t, nil, "version", "-o", "xml"); code != failure.BadInput || stderr != "error: --output=\"xml\": want json or yaml\n" {
		t.Errorf("code %d, %q", code, stderr)
	}
}

// TestVersionOfBuild: what the release build set goes before what Go recorded.
func TestVersionOfBuild(t *testing.T) {
	build := &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-11-20T10:00:00Z"}, {Key: "vcs.modified", Value: "true"},
	}}
	for set, want := range map[string]string{"": "v1.2.3", "v2.0.0": "v2.0.0"} {
		info := VersionInfo{Version: set}
		info.fill(build)
		if info.Version != want || info.Commit != "abc" || info.Date != "2026-11-20T10:00:00Z" || !info.Modified {
			t.Errorf("%+v", info)
		}
	}
}

// TestHelp shows flags under their headings, those without one first.
func TestHelp(t *testing.T) {
	streams, _, out, _ := genericiooptions.NewTestIOStreams()
	root := &cobra.Command{Use: "x", Short: "do it", Example: "  x --own", RunE: func(*cobra.Command, []string) error { return nil }}
	root.Flags().Bool("kept", false, "with a heading")
	GroupFlags(root.Flags(), "Connection flags")
	root.Flags().Bool("own", false, "without")
	SetHelp(root)
	if code := Main(t.Context(), root, streams, []string{"--help"}); code != failure.OK {
		t.Errorf("code %d", code)
	}
	help := out.String()
	for _, want := range []string{"Examples:\n  x --own\n", "\nFlags:\n", "\nConnection flags:\n"} {
		if !strings.Contains(help, want) {
			t.Errorf("no %q in\n%s", want, help)
		}
	}
	if own, kept := strings.Index(help, "      --own"), strings.Index(help, "      --kept"); own < 0 || kept < own {
		t.Errorf("--own at %d, --kept at %d", own, kept)
	}
}

// TestVersionNamesTheBinary: the root may have another name than the file.
func TestVersionNamesTheBinary(t *testing.T) {
	streams, _, out, _ := genericiooptions.NewTestIOStreams()
	root := Root(Process{IOStreams: streams}, "kubectl-x_y", "kubectl x-y", &cobra.Command{Use: "x-y"})
	if code := Main(t.Context(), root, streams, []string{"version"}); code != failure.OK || !strings.HasPrefix(out.String(), "kubectl-x_y ") {
		t.Errorf("code %d: %q", code, out)
	}
}
