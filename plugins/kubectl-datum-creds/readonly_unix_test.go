//go:build unix

package main

import (
	"os"
	"testing"
)

// TestAFolderThatCannotBeWrittenDoesNotEndTheSession: its lock can be had, and
// no new refresh token be kept.
func TestAFolderThatCannotBeWrittenDoesNotEndTheSession(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("modes do not stop root; a full disk is TestAFullDiskDoesNotEndTheSession")
	}
	b := newBed(t)
	place := b.session("s", expired())
	held, err := place.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	held.Release()
	if err := os.Chmod(place.Dir(), 0o500); err != nil {
		t.Fatal(err)
	}
	b.run([]string{question(apiHost)}, "get-token").wantFailure(t, 4, "session s is not renewed", "permission denied")
	if n := b.server.Requests("/oauth/v2/token"); n != 0 {
		t.Errorf("%d requests", n)
	}
	if err := os.Chmod(place.Dir(), 0o700); err != nil {
		t.Fatal(err)
	}
	if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() == "" {
		t.Errorf("afterwards: %+v", r)
	}
}
