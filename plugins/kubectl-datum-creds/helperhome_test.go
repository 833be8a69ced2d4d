package main

import (
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
)

// TestNoProgramIsRunForAMovedHome: the bed's home is one that a variable names,
// as a kubeconfig can set it.
func TestNoProgramIsRunForAMovedHome(t *testing.T) {
	b := newBed(t)
	place := b.session("dc", expired())
	s, err := place.Session()
	if err != nil {
		t.Fatal(err)
	}
	s.Type, s.Storage, s.Helper = session.Datumctl, session.None, "/bin/true"
	if err := place.SaveSession(s); err != nil {
		t.Fatal(err)
	}
	b.run([]string{question(apiHost)}, "get-token", "--session", "dc").wantFailure(t, 5, "is not run")
}
