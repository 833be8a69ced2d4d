package testbed

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// listener is a test that writes down how it would have ended.
type listener struct {
	testing.TB
	failed, skipped string
}

func (l *listener) Helper() {}

func (l *listener) Fatalf(format string, args ...any) {
	l.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (l *listener) Skipf(format string, args ...any) {
	l.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// listen runs a test to its end, however it ends.
func listen(test func(testing.TB)) *listener {
	l := &listener{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(l)
	}()
	<-done
	return l
}

func TestTool(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "dot"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		tool, without   string
		failed, skipped string
	}{
		"there":        {"dot", "", "", ""},
		"missing":      {"node", "", "node is missing; install it with hack/install-deps.sh, or do without it: TESTBED_WITHOUT=node", ""},
		"done without": {"node", "dot,node", "", "TESTBED_WITHOUT says to do without node"},
		"not wanted":   {"dot", "dot", "", "TESTBED_WITHOUT says to do without dot"},
		"another":      {"node", "dot", "node is missing", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", bin)
			t.Setenv(WithoutVariable, tt.without)
			var path string
			got := listen(func(t testing.TB) {
				t.Helper()
				path = Tool(t, tt.tool)
			})
			if !strings.HasPrefix(got.failed, tt.failed) || (got.failed == "") != (tt.failed == "") || got.skipped != tt.skipped {
				t.Errorf("failed %q, skipped %q", got.failed, got.skipped)
			}
			if found := path != ""; found != (tt.failed+tt.skipped == "") {
				t.Errorf("Tool = %q", path)
			}
		})
	}
}

func TestEventually(t *testing.T) {
	looks := 0
	look := func() error {
		if looks++; looks < 3 {
			return fmt.Errorf("look %d", looks)
		}
		return nil
	}
	got := listen(func(t testing.TB) {
		t.Helper()
		Eventually(t, "the third look", time.Minute, look)
	})
	if got.failed != "" || looks != 3 {
		t.Errorf("failed %q after %d looks", got.failed, looks)
	}
	got = listen(func(t testing.TB) {
		t.Helper()
		Eventually(t, "it", 0, func() error { return os.ErrClosed })
	})
	if got.failed != "it: not within 0s: file already closed" {
		t.Errorf("failed %q", got.failed)
	}
}
