package main

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

// TestKilledAtAnyMoment kills get-token at random moments of its renewals. The
// provider rotates, and revokes the family of a token that is used twice: one
// lost answer, and the session were lost.
func TestKilledAtAnyMoment(t *testing.T) {
	refreshes := 500
	if testing.Short() {
		refreshes = 40
	}
	b := newBed(t)
	b.killAtAnyMoment(b.session("s", expired()), refreshes)
}

// TestKilledAtAnyMomentEncrypted does so where the key is made first.
func TestKilledAtAnyMomentEncrypted(t *testing.T) {
	if testing.Short() {
		t.Skip("each renewal makes a key of a passphrase, which takes long on purpose")
	}
	b := newBed(t)
	place := b.encrypted("s")
	b.killAtAnyMoment(place, 60, sealed.Variable+"="+passphrase)
}

// moments are when to kill a command, over all the time that it takes on this
// machine under its load: a little later after one that was killed, a little
// sooner after one that was not.
type moments time.Duration

func (m *moments) next() time.Duration { return rand.N(time.Duration(*m)) }

func (m *moments) adjust(killed bool) {
	if killed {
		*m += *m/8 + 1
	} else {
		*m -= *m / 8
	}
}

// killing bounds how long a test goes on where the machine is slow.
const killing = 2 * time.Minute

// killAtAnyMoment kills renewals, and then expects the session to be alive.
func (b *bed) killAtAnyMoment(place store.Place, refreshes int, env ...string) {
	t := b.t
	t.Helper()
	b.server.SetFault(func(http.ResponseWriter, *http.Request, int) bool {
		time.Sleep(time.Duration(rand.IntN(5)) * time.Millisecond)
		return false
	})
	env = append(env, question(apiHost))
	start := time.Now()
	if r := b.run(env, "get-token", "--session", "s"); r.code != 0 {
		t.Fatalf("get-token: %+v", r)
	}
	moments := moments(2 * time.Since(start))
	killed, rounds, before := 0, 0, b.server.Granted("refresh_token")
	for start := time.Now(); rounds < refreshes && time.Since(start) < killing; rounds++ {
		if err := place.SaveToken(expired()); err != nil {
			t.Fatal(err)
		}
		cmd := b.command(env, "get-token", "--session", "s")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(moments.next())
		_ = cmd.Process.Kill()
		ended := cmd.Wait() == nil
		if !ended {
			killed++
		}
		moments.adjust(!ended)
		waitForLock(t, place)
		if _, err := place.Session(); err != nil {
			t.Fatalf("the store is damaged: %v", err)
		}
		if _, err := place.Token(); err != nil {
			t.Fatalf("the token is damaged: %v", err)
		}
	}
	if err := place.SaveToken(expired()); err != nil {
		t.Fatal(err)
	}
	if r := b.run(env, "get-token"); r.code != 0 || r.token() == "" {
		t.Fatalf("the session is lost after %d kills: %s", killed, r.said)
	}
	granted := b.server.Granted("refresh_token") - before
	t.Logf("%d of %d killed, %d refreshes granted", killed, rounds, granted)
	if killed < rounds/8 || granted < rounds/8 {
		t.Errorf("%d of %d killed and %d granted: too few to show anything", killed, rounds, granted)
	}
}

// waitForLock waits until no process renews the session.
func waitForLock(t *testing.T, place store.Place) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Minute)
	for time.Now().Before(deadline) {
		if held, err := place.TryLock(); err == nil {
			held.Release()
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("a renewal does not end")
}
