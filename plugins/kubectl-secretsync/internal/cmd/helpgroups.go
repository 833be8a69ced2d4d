package cmd

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
)

// Headings of flags in help. What a flag does not need on its first day is in one of
// these; the first ten are under "Flags".
const (
	headingSource = "Flags that select Secrets"
	headingTo     = "Flags for the target clusters"
	headingCopies = "Flags for the copies"
	headingRun    = "Flags for the run"
	headingOutput = "Flags for output"
	headingOther  = "Other flags"
)

// firstFlags are the flags that people use first, of any command.
func firstFlags() []string {
	return []string{
		"namespace", "selector", "filename", "from-context", "to-context", "to-namespace",
		"dry-run", "on-conflict", "create-namespace", "orphans", "output", "mode",
	}
}

// headings are of flags that are not in a group where they are made.
func headings() map[string][]string {
	return map[string][]string{
		headingSource: {"all", "source-id", "plan", "allow-type"},
		headingTo:     {"targets-from"},
		headingCopies: {"mode", "recreate", "allow-live-owner", "delete-foreign-keys"},
		headingRun: {
			"parallel", "timeout", "overall-timeout", "request-timeout", "canary", "max-failures", "audit-log",
			"all-namespaces", "allow-empty", "allow-live-source", "replaces-plan",
		},
		headingOutput: {"color", "no-headers", "show-server-messages"},
	}
}

// maxFirst is how many flags stand under the first heading.
const maxFirst = 10

// arrange puts the command's flags under headings: the ones that people use first,
// at most ten, and the others by what they are about.
func arrange(c *cobra.Command) {
	set := c.Flags()
	for heading, names := range headings() {
		group := pflag.NewFlagSet("", pflag.ContinueOnError)
		for _, name := range names {
			if f := set.Lookup(name); f != nil {
				group.AddFlag(f)
			}
		}
		cli.GroupFlags(group, heading)
	}
	set.VisitAll(func(f *pflag.Flag) {
		if !cli.IsGrouped(f) {
			other := pflag.NewFlagSet("", pflag.ContinueOnError)
			other.AddFlag(f)
			cli.GroupFlags(other, headingOther)
		}
	})
	for _, f := range first(set) {
		cli.UngroupFlag(f)
	}
}

// first returns the flags of the set that people use first.
func first(set *pflag.FlagSet) (flags []*pflag.Flag) {
	for _, name := range firstFlags() {
		if f := set.Lookup(name); f != nil && len(flags) < maxFirst {
			flags = append(flags, f)
		}
	}
	return slices.Clip(flags)
}
