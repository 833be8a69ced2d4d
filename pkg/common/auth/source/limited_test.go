package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
)

// TestAHelperThatPrintsTooMuch runs one that would fill the memory. What came
// first must not be taken for the token.
func TestAHelperThatPrintsTooMuch(t *testing.T) {
	if os.PathSeparator != '/' {
		t.Skip("the helper is a shell script")
	}
	for name, stream := range map[string]string{"output": "", "messages": " >&2; exit 1"} {
		t.Run(name, func(t *testing.T) {
			helper := filepath.Join(t.TempDir(), "helper")
			script := "#!/bin/sh\nhead -c 70000 /dev/zero | tr '\\0' x" + stream + "\n"
			if err := os.WriteFile(helper, []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
			_, err := Helper{session.Session{Name: "s", Helper: helper}}.Renew(t.Context())
			if err == nil || len(err.Error()) > 1000 {
				t.Fatalf("Renew = %.300v, want a short error", err)
			}
			if name == "output" && !strings.Contains(err.Error(), "more than") {
				t.Errorf("Renew = %v", err)
			}
		})
	}
}

func TestLimitedKeepsNoMore(t *testing.T) {
	var l limited
	for range 3 {
		if n, err := l.Write(make([]byte, maxHelperToken/2+1)); err != nil || n != maxHelperToken/2+1 {
			t.Fatal(n, err)
		}
	}
	if len(l.String()) != maxHelperToken || !l.over {
		t.Errorf("%d bytes kept, over %v", len(l.String()), l.over)
	}
}
