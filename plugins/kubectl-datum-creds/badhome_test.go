package main

import (
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// TestAHomeThatMakesNoSense is told by every command that looks for one.
func TestAHomeThatMakesNoSense(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	env := []string{store.Variable + "=some/folder"}
	for _, args := range [][]string{
		{"get-token"},
		{"get-token", "--session", "s"},
		{"whoami"},
		{"use", "s"},
		{"logout", "--session", "s"},
	} {
		b.run(env, args...).wantFailure(t, 2, store.Variable)
	}
	b.run(append(env, "DATUM_CREDENTIALS=private-words"), "get-token").wantFailure(t, 2, store.Variable)
	if r := b.run(env, "sessions"); r.code != 2 || !contains(r.said, store.Variable) {
		t.Errorf("sessions: %+v", r)
	}
}
