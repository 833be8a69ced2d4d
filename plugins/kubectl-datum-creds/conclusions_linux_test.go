package main

import (
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
)

// TestOnlyAClearAnswerAsksForALogin: at a terminal that may ask, neither an
// unclear answer nor the tokens of another user begin a login.
func TestOnlyAClearAnswerAsksForALogin(t *testing.T) {
	for name, answer := range unclear() {
		t.Run(name, func(t *testing.T) {
			b := newBed(t)
			b.session("s", expired())
			b.on("/oauth/v2/token", answer)
			if r := b.ask("--session", "s"); r.code != 4 || b.logins() != 0 {
				t.Errorf("get-token: %+v, %d logins", r, b.logins())
			}
		})
	}
	t.Run("another user", func(t *testing.T) {
		b := newBed(t)
		b.edit(b.session("s", expired()), func(s *session.Session) { s.Subject = "somebody-else" })
		if r := b.ask("--session", "s"); r.code != 5 || b.logins() != 0 {
			t.Errorf("get-token: %+v, %d logins", r, b.logins())
		}
	})
	t.Run("a clear answer", func(t *testing.T) {
		b := newBed(t)
		b.ended("s")
		b.approve()
		if r := b.ask("--session", "s"); r.code != 0 || b.logins() != 1 {
			t.Errorf("get-token: %+v, %d logins", r, b.logins())
		}
	})
}
