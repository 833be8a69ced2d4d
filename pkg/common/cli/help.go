package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagGroup annotates a flag with the heading that it stands under in help.
const flagGroup = "flag-group"

// GroupFlags puts every flag of the set under a heading of its own in help.
func GroupFlags(set *pflag.FlagSet, heading string) {
	set.VisitAll(func(f *pflag.Flag) {
		// The only error is that of a flag that is not in the set.
		_ = set.SetAnnotation(f.Name, flagGroup, []string{heading})
	})
}

// SetHelp makes the command and all below it show their flags under headings.
func SetHelp(root *cobra.Command) { root.SetUsageFunc(usage) }

// usage writes a command's usage with its flags under their headings.
func usage(c *cobra.Command) error {
	w := c.OutOrStderr()
	fmt.Fprintf(w, "Usage:\n  %s\n", c.UseLine())
	if c.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", strings.Trim(c.Example, "\n"))
	}
	writeCommands(w, c)
	for _, group := range groups(c.Flags()) {
		if !group.flags.HasAvailableFlags() {
			continue
		}
		fmt.Fprintf(w, "\n%s:\n%s", group.heading, group.flags.FlagUsages())
	}
	return nil
}

func writeCommands(w io.Writer, c *cobra.Command) {
	if !c.HasAvailableSubCommands() {
		return
	}
	fmt.Fprint(w, "\nCommands:\n")
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			fmt.Fprintf(w, "  %-*s %s\n", sub.NamePadding(), sub.Name(), sub.Short)
		}
	}
}

type group struct {
	heading string
	flags   *pflag.FlagSet
}

// groups splits the flags, those without a heading first.
func groups(flags *pflag.FlagSet) []group {
	list := []group{{"Flags", pflag.NewFlagSet("", pflag.ContinueOnError)}}
	flags.VisitAll(func(f *pflag.Flag) {
		heading := "Flags"
		if annotation := f.Annotations[flagGroup]; len(annotation) > 0 {
			heading = annotation[0]
		}
		for _, g := range list {
			if g.heading == heading {
				g.flags.AddFlag(shown(f))
				return
			}
		}
		list = append(list, group{heading, pflag.NewFlagSet("", pflag.ContinueOnError)})
		list[len(list)-1].flags.AddFlag(shown(f))
	})
	return list
}

// plain hides from pflag that a value is a switch.
type plain struct{ pflag.Value }

// shown returns the flag as help lists it: a switch as "--all", as kubectl's
// users write it. pflag 1.1 would print "--all[=true|false]".
func shown(f *pflag.Flag) *pflag.Flag {
	if f.Value.Type() != "bool" {
		return f
	}
	copied := *f
	copied.Value = plain{f.Value}
	return &copied
}

// UngroupFlag puts a flag under the first heading again.
func UngroupFlag(f *pflag.Flag) { delete(f.Annotations, flagGroup) }

// IsGrouped reports whether the flag is under a heading of its own.
func IsGrouped(f *pflag.Flag) bool { return len(f.Annotations[flagGroup]) > 0 }
