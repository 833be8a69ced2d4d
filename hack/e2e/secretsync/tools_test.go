package secretsync_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// pipe returns what a program prints.
func pipe(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG=")
	said, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	return string(said)
}

// writeFile writes a text to a file of the test.
func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// stdin is a call as an administrator with something to read.
func (s *stage) stdin(text string, args ...string) testbed.Call {
	return testbed.Call{Kubeconfig: s.kubeconfigs(), Args: args, Stdin: text}
}

// caData is a certificate as JSON holds it.
func caData(certificate []byte) string { return base64.StdEncoding.EncodeToString(certificate) }
