package cli

import (
	"strings"

	"github.com/spf13/pflag"
)

// StringArrayVar adds a flag that can be repeated, as pflag's does. pflag's own
// writes an empty list as CSV for each, with a buffer of 4 KiB: with eighty such
// flags that is a fifth of a plugin's start.
func StringArrayVar(set *pflag.FlagSet, to *[]string, name, shorthand, usage string) {
	set.VarP((*stringArray)(to), name, shorthand, usage)
}

type stringArray []string

// Set adds a value.
func (s *stringArray) Set(value string) error {
	*s = append(*s, value)
	return nil
}

// Type is the one that pflag gives, by which help and completion go.
func (s *stringArray) Type() string { return "stringArray" }

// String is the default's text: none.
func (s *stringArray) String() string { return strings.Join(*s, ",") }
