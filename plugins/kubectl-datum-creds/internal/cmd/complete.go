package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
)

// completions make values of flags known to shells, for all commands.
func completions(root *cobra.Command, d Dependencies) {
	root.CompletionOptions.DisableDefaultCmd = true // kubectl, not this program, is what shells complete
	everywhere := map[string]cli.Values{
		"session":               func(context.Context) []string { return sessionNames(d) },
		"storage":               cli.Fixed(string(session.Keyring), string(session.EncryptedFile), string(session.File)),
		"exec-interactive-mode": cli.Fixed("Never", "IfAvailable", "Always"),
		"ci-identity":           cli.Fixed("github", "spacelift", "env:", "file:/"),
	}
	outputs := map[string][]string{
		"get-token": {"exec", "token", "json", "header"}, "sessions": {"json", "name"}, "status": {"json"}, "doctor": {"json"},
	}
	for _, c := range root.Commands() {
		cli.CompleteFlags(c, everywhere)
		if formats, ok := outputs[c.Name()]; ok {
			cli.CompleteFlags(c, map[string]cli.Values{"output": cli.Fixed(formats...)})
		}
	}
}
