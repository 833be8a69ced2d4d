package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
)

// TestAFreshTokenTouchesNothing watches the system calls of get-token with a
// fresh token, in a session whose secret is in the keyring: no socket, no lock,
// no other program.
func TestAFreshTokenTouchesNothing(t *testing.T) {
	if exec.CommandContext(t.Context(), "strace", "-o", os.DevNull, "true").Run() != nil {
		t.Skip("strace is missing, or may not watch here")
	}
	b := newBed(t)
	place := b.session("s", fresh())
	s, err := place.Session()
	if err != nil {
		t.Fatal(err)
	}
	s.Storage = session.Keyring
	if err := place.SaveSession(s); err != nil {
		t.Fatal(err)
	}
	calls := func(env []string, args ...string) string {
		t.Helper()
		trace := filepath.Join(t.TempDir(), "trace")
		cmd := b.command(env, args...)
		cmd.Path, err = exec.LookPath("strace")
		cmd.Args = append([]string{"strace", "-f", "-o", trace, plugin}, args...)
		if r := finish(t, cmd); err != nil || r.out == "" {
			t.Fatalf("%v: %+v", err, r)
		}
		text, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	noisy := regexp.MustCompile(`(?m)^.*(socket|connect|flock|vfork|CLONE_VFORK)\(?.*$`)
	if found := noisy.FindAllString(calls([]string{question(apiHost)}, "get-token", "--session", "s"), -1); len(found) > 0 {
		t.Errorf("get-token with a fresh token makes these calls: %q", found)
	}
	// The pattern does find what a slower command does.
	if !noisy.MatchString(calls(nil, "doctor")) {
		t.Error("the trace of doctor shows neither a socket nor a lock: the test is blind")
	}
}
