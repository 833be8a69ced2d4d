package renew

import (
	"context"
	"errors"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// SignIn lets one of all processes that ask sign the user in, where a session
// has ended. The others wait for it, as long as their context lasts, and take
// its result.
type SignIn struct {
	Place store.Place
	// Do signs in and keeps the session with its token.
	Do func(context.Context) error
	// Login is the command that signs in, for hints.
	Login string
	// Notify tells the user something, in one line.
	Notify func(string)
	Now    func() time.Time
}

// Token answers with the token of the login.
func (s SignIn) Token(ctx context.Context) (store.Token, error) {
	began := s.Now()
	held, fresh, err := s.lockOrToken(ctx)
	if err != nil || held == nil {
		return fresh, err
	}
	defer held.Release()
	if token, err := s.Place.Token(); err == nil && token.Fresh(s.Now()) {
		return token, nil
	}
	if err := s.failed(began); err != nil {
		return store.Token{}, err
	}
	err = s.do(ctx)
	token, lost := s.Place.Token()
	if err == nil || (lost == nil && token.Fresh(s.Now())) { // which is of a login elsewhere
		return token, lost
	}
	return store.Token{}, s.remember(ctx, err)
}

// do signs in, and stops where the user has signed in elsewhere meanwhile.
func (s SignIn) do(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for pause(ctx, time.Second) == nil {
			if token, err := s.Place.Token(); err == nil && token.Fresh(s.Now()) {
				cancel()
			}
		}
	}()
	return s.Do(ctx)
}

// remember saves the user from being asked again, unless it was he, or who asks
// for him, that stopped it. That nobody has signed in says what is needed.
func (s SignIn) remember(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = failure.New(failure.LoginNeeded, s.Login, "%w", err)
	}
	ours := errors.Is(err, vault.ErrPassphrase) // another process may have it
	if !ours && !errors.Is(ctx.Err(), context.Canceled) {
		_ = s.Place.SaveSignInFailure(store.FailureOf(s.Now(), err))
	}
	return err
}

// failed returns the failure of another login while this process waited, or of
// one a moment ago: kubectl runs a failing helper several times over, and the
// user has answered.
func (s SignIn) failed(began time.Time) error {
	f := s.Place.SignInFailure()
	age := s.Now().Sub(f.Time)
	if f.Time.IsZero() || age < 0 || (f.Time.Before(began) && age > failureMemory) {
		return nil
	}
	return f.Err()
}

// lockOrToken waits until it holds the lock of logins, or the process that does
// has brought a token. Who has waited in vain a moment ago does not wait again.
func (s SignIn) lockOrToken(ctx context.Context) (*lock.Lock, store.Token, error) {
	for said := false; ; said = true {
		held, err := s.Place.TryLogin()
		if err == nil {
			return held, store.Token{}, nil
		}
		if !errors.Is(err, lock.ErrTaken) {
			return nil, store.Token{}, failure.New(failure.LoginNeeded, s.Login, "nobody can be asked to sign in here: %w", err)
		}
		if token, err := s.Place.Token(); err == nil && token.Fresh(s.Now()) {
			return nil, token, nil
		}
		if err := s.failed(s.Now()); err != nil && !said {
			return nil, store.Token{}, err
		}
		if !said {
			s.Notify("waiting for " + lock.Holder(s.Place.LoginLockPath()) + ", where the user is asked to sign in…")
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return nil, store.Token{}, s.remember(ctx, failure.New(failure.LoginNeeded, s.Login,
				"%s waits for the user to sign in: %w", lock.Holder(s.Place.LoginLockPath()), err))
		}
	}
}
