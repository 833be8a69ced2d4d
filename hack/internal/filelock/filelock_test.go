package filelock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTake(t *testing.T) {
	var said strings.Builder
	want := Request{Path: filepath.Join(t.TempDir(), "lock"), What: "testing", Patience: 50 * time.Millisecond, Progress: &said}
	lock, err := Take(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Take(t.Context(), want); err == nil || !strings.Contains(err.Error(), "still locked by process") {
		t.Errorf("a second holder: %v", err)
	}
	if n := strings.Count(said.String(), "waiting for process"); n != 1 {
		t.Errorf("the wait was announced %d times: %q", n, said.String())
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Take(cancelled, want); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled wait: %v", err)
	}
	lock.Release()
	if lock, err = Take(t.Context(), want); err != nil {
		t.Fatalf("after the release: %v", err)
	}
	if err := lock.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(want.Path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock file after Remove: %v", err)
	}
}
