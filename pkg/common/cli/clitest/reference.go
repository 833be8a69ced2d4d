package clitest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
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
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil { //nolint:gosec // documentation is for all to read
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, b.Bytes()) {
		t.Errorf("%s is not what the code says; make generate writes it anew", file)
	}
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
