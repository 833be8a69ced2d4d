package auth

import (
	"errors"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// ring is a keyring in memory; it fails to write when broken.
type ring struct {
	items  map[string]string
	broken bool
}

func (r *ring) Get(key string) (string, error) {
	if text, there := r.items[key]; there {
		return text, nil
	}
	return "", vault.ErrNone
}

func (r *ring) Set(key, value string) error {
	if r.broken {
		return errors.New("the keyring is locked")
	}
	r.items[key] = value
	return nil
}

func (r *ring) Delete(key string) error { delete(r.items, key); return nil }

func newEnv(t *testing.T) (Environment, *ring) {
	t.Helper()
	keys := &ring{items: map[string]string{}}
	return Environment{
		Home: store.At(filepath.Join(t.TempDir(), "home")), Ring: keys, Now: time.Now,
		Getenv: func(string) string { return "" }, Notify: func(text string) { t.Log(text) },
	}, keys
}

func login(server *authtest.Server, refresh string) New {
	s := session.Session{
		Name: "s", Type: session.User, Subject: "user-1", Issuer: server.URL, TokenURL: server.URL + "/oauth/v2/token",
		RevocationURL: server.URL + "/oauth/v2/revoke", ClientID: authtest.ClientID, CAFile: server.CAFile,
		Storage: session.File, API: "https://api.datum.test",
	}
	return New{Session: s, Secret: secret.New(refresh), Token: store.Token{Access: secret.New("of " + refresh), Issued: time.Now(), Expires: time.Now().Add(time.Hour)}}
}

// holds checks that all of a session is what it was.
func holds(t *testing.T, e Environment, want New) {
	t.Helper()
	old, err := e.kept(e.Home.Session("s"), false)
	if err != nil || !old.there || old.secret.Reveal() != want.Secret.Reveal() || old.token.Access.Reveal() != want.Token.Access.Reveal() || old.session.Storage != want.Session.Storage {
		t.Errorf("the place holds %+v, secret %q, token %q, %v", old.session, old.secret.Reveal(), old.token.Access.Reveal(), err)
	}
}

func TestAnOldSessionOutlivesALoginThatIsNotSaved(t *testing.T) {
	server := authtest.New(t)
	for name, spoil := range map[string]func(*New, *ring){
		"the secret is not saved":  func(n *New, r *ring) { n.Session.Storage, r.broken = session.Keyring, true },
		"the session is not saved": func(n *New, _ *ring) { n.Session.RevocationURL = "http://plain.test" },
		"the session is not saved, other storage": func(n *New, _ *ring) {
			n.Session.RevocationURL, n.Session.Storage = "http://plain.test", session.Keyring
		},
		"it is of somebody else":       func(n *New, _ *ring) { n.Session.Subject = "user-2" },
		"it is for another API server": func(n *New, _ *ring) { n.Session.API = "https://api.other.test" },
		"it is of another type":        func(n *New, _ *ring) { n.Session.Type = session.Ambient },
	} {
		t.Run(name, func(t *testing.T) {
			e, keys := newEnv(t)
			old := login(server, server.NewRefreshToken())
			if _, err := e.Add(t.Context(), old); err != nil {
				t.Fatal(err)
			}
			next := login(server, server.NewRefreshToken())
			spoil(&next, keys)
			if _, err := e.Add(t.Context(), next); err == nil {
				t.Fatal("it was saved")
			}
			holds(t, e, old)
			if len(keys.items) > 0 {
				t.Errorf("left in the keyring: %d items", len(keys.items))
			}
		})
	}
}

// TestAnOldSessionKeepsItsPassphrase where a login with another one is not saved.
func TestAnOldSessionKeepsItsPassphrase(t *testing.T) {
	server := authtest.New(t)
	e, _ := newEnv(t)
	passphrase := "that of the old one"
	e.Passphrase = func(string, bool) (secret.Text, error) { return secret.New(passphrase), nil }
	old, next := login(server, server.NewRefreshToken()), login(server, server.NewRefreshToken())
	old.Session.Storage, next.Session.Storage = session.EncryptedFile, session.EncryptedFile
	if _, err := e.Add(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	passphrase = "that of the next one"
	next.Session.RevocationURL = "http://plain.test" // which is not saved
	if _, err := e.Add(t.Context(), next); err == nil {
		t.Fatal("it was saved")
	}
	passphrase = "that of the old one"
	holds(t, e, old)
}

func TestANewSessionLeavesNothingOfTheOldElsewhere(t *testing.T) {
	server := authtest.New(t)
	e, keys := newEnv(t)
	old, next := login(server, server.NewRefreshToken()), login(server, server.NewRefreshToken())
	old.Session.Storage = session.Keyring
	for _, n := range []New{old, next} {
		if _, err := e.Add(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		holds(t, e, n)
	}
	if len(keys.items) > 0 {
		t.Errorf("left in the keyring: %d items", len(keys.items))
	}
}

// TestWhatNobodyKeepsIsRevoked: a grant that is not saved, and that of a person
// who was replaced; not that of a person who is still here.
func TestWhatNobodyKeepsIsRevoked(t *testing.T) {
	server := authtest.New(t)
	e, _ := newEnv(t)
	first := login(server, server.NewRefreshToken())
	first.Session.TokenURL = "http://plain.test"
	if _, err := e.Add(t.Context(), first); err == nil || len(server.Revoked()) != 1 {
		t.Errorf("%v; revoked: %v", err, server.Revoked())
	}
	first.Session.TokenURL = ""
	if _, err := e.Add(t.Context(), first); err != nil || len(server.Revoked()) != 1 {
		t.Errorf("%v; revoked: %v", err, server.Revoked())
	}
	other := login(server, server.NewRefreshToken())
	other.Session.Subject, other.Replace = "user-2", true
	if _, err := e.Add(t.Context(), other); err != nil || len(server.Revoked()) != 2 {
		t.Errorf("%v; revoked: %v", err, server.Revoked())
	}
	holds(t, e, other)
}

func TestTrustIsKeptUnlessReplaced(t *testing.T) {
	server := authtest.New(t)
	e, _ := newEnv(t)
	trust := func(hosts ...string) (all session.Trust) {
		for _, host := range hosts {
			all.Servers = append(all.Servers, session.Server{Host: host})
		}
		return all
	}
	add := func(replace bool, given, want session.Trust) {
		t.Helper()
		n := login(server, "")
		n.Session.Storage, n.Session.Trust, n.Replace = session.None, given, replace
		h, err := e.Add(t.Context(), n)
		if err != nil || !reflect.DeepEqual(h.Session.Trust, want) {
			t.Errorf("trust %+v, %v; want %+v", h.Session.Trust, err, want)
		}
	}
	add(false, trust("a", "b"), trust("a", "b"))
	add(false, trust("a", "c"), trust("a", "b", "c"))
	add(true, trust("d"), trust("d"))
}

func TestASessionThatNobodyCanReadIsNotWrittenOver(t *testing.T) {
	server := authtest.New(t)
	e, _ := newEnv(t)
	place := e.Home.Session("s")
	if err := place.SaveSecret(secret.New("secret")); err != nil {
		t.Fatal(err)
	}
	damage(t, place)
	n := login(server, server.NewRefreshToken())
	if _, err := e.Add(t.Context(), n); failure.CodeOf(err) != failure.Refused {
		t.Errorf("Add = %v", err)
	}
	n.Replace = true
	if _, err := e.Add(t.Context(), n); err != nil {
		t.Errorf("Add = %v", err)
	}
}
