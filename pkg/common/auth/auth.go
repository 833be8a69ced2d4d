// Package auth gives access tokens of Datum's sessions and service accounts.
// It is what the plugins share; the parts are in the packages below it.
package auth

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/credential"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Environment is what sessions are looked up and renewed with.
type Environment struct {
	// Home is where sessions are kept; the zero Home where there is no place.
	Home store.Home
	// Unproven is true if a kubeconfig may have named Home. Its content is then
	// whatever the kubeconfig's author put there: tokens that it keeps are given
	// out while they are fresh, and nothing outside of it is used: no network,
	// keyring, key, CI identity, program or prompt.
	Unproven bool
	Ring     vault.Ring
	// Passphrase gives that of a session's encrypted file; see vault.Access.
	Passphrase func(session string, fresh bool) (secret.Text, error)
	// Ask asks the user for a passphrase that Passphrase does not have and has
	// afterwards, if there is a user to ask. It takes minutes, and is called where
	// no lock of a renewal is held. nil: nobody is asked.
	Ask func(ctx context.Context, session string, fresh bool) error
	// Key is the key to the encrypted file of the session that this process was
	// started to renew.
	Key    secret.Text
	Getenv func(string) string
	// Identity returns a variable with a CI identity; sessions name it.
	Identity func(string) string
	// Programs returns the variables of programs that are started for a token.
	Programs func() []string
	Now      func() time.Time
	// Notify tells the user something, in one line.
	Notify    func(string)
	UserAgent string
	// Handover renews a session in a process that outlives this one. It is
	// handed the lock. nil: sessions are renewed in this process.
	// It is handed the key to the session's encrypted file too, if there is one.
	Handover func(ctx context.Context, s session.Session, held *lock.Lock, key secret.Text) (store.Token, error)
}

// NewEnvironment returns the environment of the process.
func NewEnvironment(userAgent string, notify func(string)) Environment {
	// Commands that need a home say that there is none; tokens of keys do not.
	home, _ := store.Locate(os.Getenv, runtime.GOOS)
	return Environment{
		Home: home, Ring: vault.System{Bus: os.Getenv("DBUS_SESSION_BUS_ADDRESS")}, Now: time.Now, Notify: notify, UserAgent: userAgent,
		Getenv: os.Getenv, Identity: os.Getenv, Passphrase: PassphraseOf(os.Getenv),
		Programs: os.Environ,
	}
}

// PassphraseOf returns a function that finds passphrases in the environment,
// and asks nobody.
func PassphraseOf(getenv func(string) string) func(session string, fresh bool) (secret.Text, error) {
	return func(session string, _ bool) (secret.Text, error) {
		passphrase, found, err := sealed.FromEnvironment(getenv)
		if err == nil && !found {
			err = vault.NoPassphrase(session)
		}
		return passphrase, err
	}
}

// Choice says whose token is wanted. The first that is set counts; with none,
// the environment's key, then the session in use.
type Choice struct {
	// Credential is a service account's key; nil: none is named.
	Credential *credential.Credential
	// Session is a session's name.
	Session string
}

// Find returns the session that is chosen, ready to give tokens.
func (e Environment) Find(choice Choice) (Handle, error) {
	if err := e.Home.Err(); err != nil {
		return Handle{}, err
	}
	switch {
	case choice.Credential != nil && e.Unproven:
		return Handle{}, e.unproven("the key file")
	case choice.Credential != nil:
		return e.ofCredential(*choice.Credential)
	case choice.Session != "":
		return e.Named(choice.Session)
	}
	if credential.Named(e.Getenv) {
		return e.ofEnvironment()
	}
	return e.current()
}

// ofEnvironment returns the session of the key that a variable names. With an
// unproven home the key's file is not even read.
func (e Environment) ofEnvironment() (Handle, error) {
	if e.Unproven {
		return Handle{}, e.unproven("the key that a variable names")
	}
	found, _, err := credential.FromEnvironment(e.Getenv)
	if err != nil {
		return Handle{}, err
	}
	return e.ofCredential(found)
}

func (e Environment) current() (Handle, error) {
	if !e.Home.Known() {
		return Handle{}, failure.New(failure.LoginNeeded, "set HOME or "+store.Variable+", or name a key in "+credential.FileVariable, "%w", store.ErrNoHome)
	}
	name, err := e.Home.Current()
	if err != nil {
		return Handle{}, unreadable(err)
	}
	if name == "" {
		return Handle{}, failure.New(failure.LoginNeeded, "kubectl datum-creds login", "not signed in")
	}
	return e.Named(name)
}

// Named returns the session of a name.
func (e Environment) Named(name string) (Handle, error) {
	if err := e.Home.Err(); err != nil {
		return Handle{}, err
	}
	if err := session.ValidateName(name); err != nil { // it may be a kubeconfig's, and is shown below
		return Handle{}, failure.New(failure.BadInput, "kubectl datum-creds sessions", "%w", err)
	}
	if !e.Home.Known() {
		return Handle{}, failure.New(failure.LoginNeeded, "set HOME or "+store.Variable, "session %s: %w", name, store.ErrNoHome)
	}
	place := e.Home.Session(name)
	s, err := place.Session()
	if errors.Is(err, fs.ErrNotExist) {
		return Handle{}, failure.New(failure.LoginNeeded, session.LoginCommand(name)+", or see: kubectl datum-creds sessions", "there is no session %s", name)
	}
	if err != nil {
		return Handle{}, unreadable(err)
	}
	if s.Name != name {
		return Handle{}, failure.New(failure.Refused, "", "%s holds the session of another name", place.Dir())
	}
	return e.handle(s, &place, nil), nil
}

func unreadable(err error) error {
	return failure.New(failure.Refused, "kubectl datum-creds doctor", "sessions: %w", err)
}

// Deadline bounds all that is done for one token, waiting for others included.
const Deadline = 25 * time.Second

// bounded returns a context with the deadline, which says so when it is over.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, Deadline, fmt.Errorf("gave up after %s", Deadline))
}
