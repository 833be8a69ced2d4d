package cmd

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"

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
	audit = &rollout.Audit{Writer: file, Run: rand.Text(), Command: command, DryRun: f.dryRun == "server", Now: s.now}
	return audit, func() { _ = file.Close() }, nil
}

// tryAudit tells whether the log could be written, and leaves nothing behind.
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
