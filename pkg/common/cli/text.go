package cli

import (
	"errors"

	"github.com/spf13/pflag"
)

// TextVar adds a flag of text that may be left out, but not be empty: a variable of a
// script that is not set would ask for the default.
func TextVar(set *pflag.FlagSet, to *string, name, usage string) {
	set.Var((*text)(to), name, usage)
}

type text string

// Set takes the value.
func (t *text) Set(value string) error {
	if value == "" {
		return errors.New("want a value that is not empty")
	}
	*t = text(value)
	return nil
}

// Type is the one that pflag gives, by which help and completion go.
func (t *text) Type() string { return "string" }

// String is the value.
func (t *text) String() string { return string(*t) }
