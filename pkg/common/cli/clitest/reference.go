package clitest

import (
	"bytes"
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write generated files anew")

// Reference fails where the file does not hold the help of every command; with
// -update it writes it.
func Reference(t *testing.T, root *cobra.Command, file string) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!-- Generated from the code by `make generate`. -->\n# %s\n", root.CommandPath())
	describe(t, &b, root)
	committed(t, file, b.Bytes())
}

// describe writes a command's help, then that of its sub-commands.
func describe(t *testing.T, b *bytes.Buffer, c *cobra.Command) {
	t.Helper()
	var help bytes.Buffer
	c.SetOut(&help)
	c.InitDefaultHelpFlag()
	if err := c.Help(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(b, "\n## %s\n\n```text\n%s\n```\n", c.CommandPath(), strings.TrimSpace(help.String()))
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			describe(t, b, sub)
		}
	}
}
