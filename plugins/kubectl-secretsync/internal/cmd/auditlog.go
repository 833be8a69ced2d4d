package cmd

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/rollout"
)

// openAudit opens the audit log, before anything is asked of any server: what
// cannot be recorded is not begun.
func (s *session) openAudit(f writeFlags, command string) (audit *rollout.Audit, closeLog func(), err error) {
	if f.auditLog == "" {
		return nil, func() {}, nil
	}
	if f.dryRun == "client" {
		return nil, func() {}, tryAudit(f.auditLog)
	}
	file, err := os.OpenFile(f.auditLog, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, failure.Input(fmt.Errorf("--audit-log: %w", err))
	}
	audit = &rollout.Audit{Writer: file, Run: rand.Text(), By: s.caller(), Command: command, DryRun: f.dryRun == "server", Now: s.now}
	return audit, func() { _ = file.Close() }, nil
}

// caller says where and how the command was called.
func (s *session) caller() rollout.Caller {
	host, _ := os.Hostname() // a machine without a name is none that could be logged
	return rollout.Caller{Host: host, Version: cli.Version("").Version, Arguments: s.arguments}
}

// withoutValues returns the arguments of a command line, flags by their names alone
// unless their values are of a fixed set. Any other value may hold a secret.
func withoutValues(c *cobra.Command, args []string) []string {
	shown := slices.Clone(args)
	c.Flags().Visit(func(f *pflag.Flag) {
		text := "--" + f.Name
		if f.Value.Type() == "bool" || slices.Contains(fixedFlags(), f.Name) {
			text += "=" + f.Value.String()
		}
		shown = append(shown, text)
	})
	return shown
}

// fixedFlags are checked to have one of a few values before anything is logged.
func fixedFlags() []string { return []string{"dry-run", "mode", "on-conflict"} }

// tryAudit returns an error unless the log can be written, and leaves nothing behind.
func tryAudit(path string) error {
	_, err := os.Stat(path)
	isNew := errors.Is(err, fs.ErrNotExist)
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return failure.Input(fmt.Errorf("--audit-log: %w", err))
	}
	defer file.Close()
	if isNew {
		return os.Remove(path)
	}
	return nil
}
