//go:build unix

package manifest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFIFO has a FIFO in a folder, where to open it would be to wait for ever.
func TestFIFO(t *testing.T) {
	dir := write(t, "-- a.yaml --\n"+object("a"))
	must(t, syscall.Mkfifo(filepath.Join(dir, "b.yaml"), 0o600))
	got := show(read(t, dir), dir)
	if want := "Kustomization//a a.yaml:1\n! b.yaml: not a regular file: it is read only where it is named itself\nobjects=1"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestNamedFIFO is `-f <(kustomize build .)`.
func TestNamedFIFO(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	must(t, syscall.Mkfifo(pipe, 0o600))
	go func() { _ = os.WriteFile(pipe, []byte(object("a")), 0o600) }()
	if got, want := show(read(t, pipe), filepath.Dir(pipe)), "Kustomization//a pipe:1\nobjects=1"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
