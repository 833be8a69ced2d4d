//go:build unix

package credential

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// TestWhatHelpsIsSaid gives files of each wrong kind. A pipe must not be waited
// for, and no mode would mend it.
func TestWhatHelpsIsSaid(t *testing.T) {
	dir := t.TempDir()
	pipe, large, open := filepath.Join(dir, "pipe"), filepath.Join(dir, "large"), filepath.Join(dir, "open")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.WriteFile(large, make([]byte, 2<<20), 0o600),
		os.WriteFile(open, nil, 0o600), os.Chmod(open, 0o644)); err != nil {
		t.Fatal(err)
	}
	for path, c := range map[string]struct {
		kind failure.Code
		hint string
	}{
		pipe:  {failure.BadInput, "use --credentials -"},
		large: {failure.BadInput, "a few KiB"},
		open:  {failure.Refused, "chmod 600"},
	} {
		_, err := FromFile(path)
		var known *failure.Error
		if !errors.As(err, &known) || known.Code != c.kind || !strings.Contains(known.Hint, c.hint) {
			t.Errorf("FromFile(%s) = %v, want %s with %q", path, err, c.kind, c.hint)
		}
	}
}
