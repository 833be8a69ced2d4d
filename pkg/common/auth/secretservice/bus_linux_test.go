package secretservice

import (
	"context"
	"os"
	"testing"
	"time"
)

// openDir returns a new directory that every user may use.
func openDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bus") //nolint:usetesting // other users cannot enter t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// client returns a client of the bus at an address.
func client(t testing.TB, address string) Client {
	t.Helper()
	parsed, err := ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	return Client{Bus: parsed}
}

// soon returns a context that ends before a test that hangs would be killed.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
