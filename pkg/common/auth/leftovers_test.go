package auth

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// stubborn is a keyring that removes nothing while it is locked, as one whose
// prompt the user dismisses.
type stubborn struct {
	*ring
	locked bool
}

func (r *stubborn) Delete(key string) error {
	if r.locked {
		return errors.New("the prompt was dismissed")
	}
	return r.ring.Delete(key)
}

func newStubborn(t *testing.T) (Environment, *stubborn, *authtest.Server) {
	t.Helper()
	e, keys := newEnv(t)
	r := &stubborn{ring: keys}
	e.Ring = r
	return e, r, authtest.New(t)
}

func inKeyring(server *authtest.Server) New {
	n := login(server, server.NewRefreshToken())
	n.Session.Storage = session.Keyring
	return n
}

func (e Environment) mustAdd(t *testing.T, n New) Handle {
	t.Helper()
	h, err := e.Add(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// killed leaves what a login to the keyring leaves that is killed after its secret.
func (e Environment) killed(t *testing.T, n New) store.Place {
	t.Helper()
	place := e.Home.Session(n.Session.Name)
	h := e.handle(n.Session, &place, nil)
	if err := errors.Join(place.SavePending(store.Pending{Session: n.Session}), h.saveSecret(n)); err != nil {
		t.Fatal(err)
	}
	return place
}

// bare checks that nothing is left of any session.
func (e Environment) bare(t *testing.T, r *stubborn, place store.Place) {
	t.Helper()
	if len(r.items) > 0 {
		t.Errorf("%d items are left in the keyring", len(r.items))
	}
	if !place.Bare() {
		t.Error("files are left")
	}
}

func TestLogoutFailsIfTheKeyringRemovesNothing(t *testing.T) {
	e, r, server := newStubborn(t)
	h := e.mustAdd(t, inKeyring(server))
	r.locked = true
	for _, local := range []bool{false, true} {
		if _, err := h.Logout(t.Context(), local); err == nil || !strings.Contains(err.Error(), "dismissed") {
			t.Errorf("Logout(local: %v) = %v", local, err)
		}
	}
	if _, err := h.Place.Session(); err != nil {
		t.Errorf("the session is gone, and its item is not: %v", err)
	}
	r.locked = false
	if _, err := h.Logout(t.Context(), false); err != nil {
		t.Error(err)
	}
	e.bare(t, r, *h.Place)
}

// TestALoginFailsIfTheOlderSecretStays in the keyring. The new session works, and
// the next commands find the older secret.
func TestALoginFailsIfTheOlderSecretStays(t *testing.T) {
	for name, mend := range map[string]func(*testing.T, Environment, New){
		"doctor": func(t *testing.T, e Environment, n New) {
			t.Helper()
			if removed, err := e.Tidy(e.Home.Session("s")); removed != 2 || err != nil { // with pending.json
				t.Errorf("Tidy = %d, %v", removed, err)
			}
			holds(t, e, n)
		},
		"login": func(t *testing.T, e Environment, n New) {
			t.Helper()
			e.mustAdd(t, n)
			holds(t, e, n)
		},
		"logout": func(t *testing.T, e Environment, n New) {
			t.Helper()
			h, err := e.Named("s")
			if err == nil {
				_, err = h.Logout(t.Context(), false)
			}
			if err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			e, r, server := newStubborn(t)
			e.mustAdd(t, inKeyring(server))
			r.locked = true
			next := login(server, server.NewRefreshToken())
			for range 2 { // the second finds what the first left
				h, err := e.Add(t.Context(), next)
				if failure.CodeOf(err) != failure.Unable || !strings.Contains(err.Error(), "session s is kept, but") || h.Session.Name != "s" {
					t.Errorf("Add = %v", err)
				}
				holds(t, e, next)
			}
			if len(r.items) == 0 {
				t.Fatal("the keyring removed it")
			}
			r.locked = false
			mend(t, e, next)
			if len(r.items) > 0 || e.Home.Session("s").Littered() {
				t.Errorf("%d items are left in the keyring", len(r.items))
			}
		})
	}
}

func TestAKilledLoginToTheKeyring(t *testing.T) {
	t.Run("logout", func(t *testing.T) {
		e, r, server := newStubborn(t)
		place := e.killed(t, inKeyring(server))
		if found, err := e.Home.Unfinished(); err != nil || len(found) != 1 || found[0] != place {
			t.Fatalf("Unfinished = %v, %v", found, err)
		}
		h, known := e.Unfinished(place)
		if !known {
			t.Fatal("it is not known whose login it was")
		}
		r.locked = true
		if _, err := h.Logout(t.Context(), false); err == nil || !place.Unfinished() {
			t.Errorf("Logout = %v", err)
		}
		r.locked = false
		if _, err := h.Logout(t.Context(), false); err != nil || server.Revoked()[0] != "refresh_token" {
			t.Errorf("Logout = %v; revoked: %v", err, server.Revoked())
		}
		e.bare(t, r, place)
	})
	for _, storage := range []session.Storage{session.File, session.Keyring} {
		t.Run("login to "+string(storage), func(t *testing.T) {
			e, r, server := newStubborn(t)
			place := e.killed(t, inKeyring(server))
			next := login(server, server.NewRefreshToken())
			next.Session.Storage = storage
			h := e.mustAdd(t, next)
			holds(t, e, next)
			if _, err := h.Logout(t.Context(), true); err != nil {
				t.Error(err)
			}
			e.bare(t, r, place)
		})
	}
	t.Run("another login that fails", func(t *testing.T) {
		e, r, server := newStubborn(t)
		place := e.killed(t, inKeyring(server))
		next := login(server, server.NewRefreshToken())
		next.Session.RevocationURL = "http://plain.test" // which is not saved
		if _, err := e.Add(t.Context(), next); err == nil {
			t.Fatal("it was saved")
		}
		if p, err := place.Pending(); err != nil || p.Session.Storage != session.Keyring || len(r.items) == 0 {
			t.Errorf("what says where the older secret is was lost: %+v, %v", p, err)
		}
	})
	t.Run("of somebody else", func(t *testing.T) {
		e, _, server := newStubborn(t)
		e.killed(t, inKeyring(server))
		next := login(server, server.NewRefreshToken())
		next.Session.Subject = "user-2"
		e.mustAdd(t, next)
		if got := strings.Join(server.Revoked(), " "); got != "refresh_token" {
			t.Errorf("revoked: %q, want the token of whom no session is kept", got)
		}
	})
}

// TestAFirstLoginThatIsNotSavedLeavesNothing to find.
func TestAFirstLoginThatIsNotSavedLeavesNothing(t *testing.T) {
	for _, storage := range []session.Storage{session.File, session.Keyring} {
		e, r, server := newStubborn(t)
		n := login(server, server.NewRefreshToken())
		n.Session.Storage, n.Session.RevocationURL = storage, "http://plain.test" // which is not saved
		if _, err := e.Add(t.Context(), n); err == nil {
			t.Fatal("it was saved")
		}
		e.bare(t, r, e.Home.Session("s"))
	}
}

// TestWipeAsksTheKeyring, and keeps the way to an item that it does not remove.
func TestWipeAsksTheKeyring(t *testing.T) {
	e, r, server := newStubborn(t)
	h := e.mustAdd(t, inKeyring(server))
	damage(t, *h.Place)
	r.locked = true
	if err := e.Wipe(t.Context(), *h.Place); failure.CodeOf(err) != failure.Unable || !strings.Contains(err.Error(), "dismissed") {
		t.Errorf("Wipe = %v", err)
	}
	if h.Place.Empty() {
		t.Error("the way to the item is gone")
	}
	r.locked = false
	if err := e.Wipe(t.Context(), *h.Place); err != nil {
		t.Error(err)
	}
	e.bare(t, r, *h.Place)
	readable := e.mustAdd(t, inKeyring(server))
	if err := e.Wipe(t.Context(), *readable.Place); failure.CodeOf(err) != failure.Refused || len(r.items) == 0 {
		t.Errorf("Wipe of a session that can be read = %v", err)
	}
}

// TestABrokenSessionIsReplaced with its secret, wherever that was.
func TestABrokenSessionIsReplaced(t *testing.T) {
	e, r, server := newStubborn(t)
	h := e.mustAdd(t, inKeyring(server))
	damage(t, *h.Place)
	next := login(server, server.NewRefreshToken())
	next.Replace = true
	e.mustAdd(t, next)
	if len(r.items) > 0 {
		t.Errorf("%d items are left in the keyring", len(r.items))
	}
}

func TestTidyLeavesWhatIsInUse(t *testing.T) {
	e, _, server := newStubborn(t)
	n := login(server, server.NewRefreshToken())
	h := e.mustAdd(t, n)
	held, err := h.Place.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Tidy(*h.Place); !errors.Is(err, lock.ErrTaken) {
		t.Errorf("Tidy under a lock = %v", err)
	}
	held.Release()
	if removed, err := e.Tidy(*h.Place); removed != 0 || err != nil {
		t.Errorf("Tidy = %d, %v", removed, err)
	}
	holds(t, e, n)
	damage(t, *h.Place)
	if removed, err := e.Tidy(*h.Place); removed != 0 || err == nil {
		t.Errorf("Tidy beside a session that cannot be read = %d, %v", removed, err)
	}
	if _, err := h.Place.Secret(); errors.Is(err, fs.ErrNotExist) {
		t.Error("the secret of a session that cannot be read is removed")
	}
}
