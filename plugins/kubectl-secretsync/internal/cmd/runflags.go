package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output/jsonpath"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/report"
)

// runFlags say how a command works and prints, the same for every command.
type runFlags struct {
	parallel       int
	timeout        time.Duration
	requestTimeout time.Duration
	format         string
	noHeaders      bool
	color          output.ColorMode
	formats        []string
}

func newRunFlags(more ...string) runFlags {
	return runFlags{color: output.ColorAuto, formats: slices.Concat(report.Formats(), more)}
}

func (f *runFlags) add(c *cobra.Command) {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.IntVar(&f.parallel, "parallel", 20, "How many targets are worked on at once.")
	set.DurationVar(&f.timeout, "timeout", time.Minute, "How long one target may take to be read, and again to be written, repetitions included.")
	set.DurationVar(&f.requestTimeout, "request-timeout", 20*time.Second, "How long a single request may take.")
	set.StringVarP(&f.format, "output", "o", "table", "Output format: "+formatNames(f.formats)+".")
	set.BoolVar(&f.noHeaders, "no-headers", false, "Leave out column names and totals.")
	set.Var(&f.color, "color", "When to colour.")
	c.Flags().AddFlagSet(set)
	complete(c, "output", f.formats...)
	complete(c, "color", string(output.ColorAuto), string(output.ColorAlways), string(output.ColorNever))
}

// complete makes the values of a flag known to shells.
func complete(c *cobra.Command, flag string, values ...string) {
	cli.CompleteFlags(c, map[string]cli.Values{flag: cli.Fixed(values...)})
}

func (f *runFlags) check() error {
	switch {
	case f.parallel < 1:
		return failure.Input(errors.New("--parallel: want at least 1"))
	case f.timeout <= 0 || f.requestTimeout <= 0:
		return failure.Input(errors.New("--timeout and --request-timeout: want more than 0, as in 30s"))
	}
	if jsonpath.Is(f.format) {
		return failure.DefaultInput(jsonpath.Check(f.format))
	}
	if !slices.Contains(f.formats, f.format) {
		return failure.Input(fmt.Errorf("--output=%q: want one of %s", f.format, formatNames(f.formats)))
	}
	return nil
}

// formatNames says what a format takes, for people.
func formatNames(formats []string) string {
	return strings.Replace(strings.Join(formats, ", "), jsonpath.Format, jsonpath.Format+"TEMPLATE", 1)
}

func oneOf(flag, value string, values ...string) error {
	if slices.Contains(values, value) {
		return nil
	}
	return failure.Input(fmt.Errorf("--%s=%q: want one of %s", flag, value, strings.Join(values, ", ")))
}

// writeFlags are those of commands that write.
type writeFlags struct {
	dryRun      string
	maxFailures int
	canary      int
	auditLog    string
	// serverMessages shows what may quote values.
	serverMessages bool
}

func (f *writeFlags) add(c *cobra.Command) {
	set := c.Flags()
	set.StringVar(&f.dryRun, "dry-run", "none", "Write nothing: client shows the plan, server has the API servers validate it too.")
	set.Lookup("dry-run").NoOptDefVal = "client"
	set.IntVar(&f.maxFailures, "max-failures", 0, "Begin no more writes after so many targets have failed; 0 goes on.")
	set.IntVar(&f.canary, "canary", 0, "Write so many targets first, and the others only if all of these succeed.")
	set.StringVar(&f.auditLog, "audit-log", "", "Append a line of JSON to this file before and after each write.")
	set.BoolVar(&f.serverMessages, "show-server-messages", false, "Show what admission policies and webhooks say of a write word by word. They may quote values; the audit log never does.")
	complete(c, "dry-run", "none", "client", "server")
}

func (f *writeFlags) check() error {
	if f.maxFailures < 0 || f.canary < 0 {
		return failure.Input(errors.New("--max-failures and --canary: want 0 or more"))
	}
	return oneOf("dry-run", f.dryRun, "none", "client", "server")
}

// modeFlag is what copy, diff and status compare by.
func modeFlag(c *cobra.Command, mode *string) {
	c.Flags().StringVar(mode, "mode", string(plan.Merge), "What becomes of keys in a copy that the source does not have: merge leaves those that were not written by secretsync, exact removes all.")
	complete(c, "mode", string(plan.Merge), string(plan.Exact))
}

func parseMode(mode string) (plan.Mode, error) {
	return plan.Mode(mode), oneOf("mode", mode, string(plan.Merge), string(plan.Exact))
}
