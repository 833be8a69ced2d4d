//go:build unix

package ambient

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestAPipeIsNotWaitedFor(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := reader(nil).Identity(t.Context(), "file:"+pipe, ""); err == nil || !strings.Contains(err.Error(), "not a plain file") {
		t.Errorf("Identity = %v", err)
	}
}
