// Package renew answers with a session's access token and renews it when need
// be: once for all processes that ask, and without a lock when it is fresh.
package renew

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Times of waiting and remembering.
const (
	// failureMemory is how long a failure answers for the next ones that ask:
	// kubectl runs a failing helper five times over.
	failureMemory = 5 * time.Second
	// endedMemory is the same for a session that only a login here brings back;
	// what is mended elsewhere, as datumctl's session, is to be seen soon.
	endedMemory = time.Minute
	// minAge is how old a token must be before a refusal by a server renews it:
	// one that is refused when new will be refused again.
	minAge = time.Minute
	// silence is how long to wait for a lock without saying so.
	silence = time.Second
)

// Renewal comes by a new token and saves what must not be lost. It holds the
// lock, which is nil where nothing can be kept.
type Renewal func(ctx context.Context, held *lock.Lock) (store.Token, error)

// Coordinator answers with the tokens of one place.
type Coordinator struct {
	// Place is where tokens are kept; nil: nowhere.
	Place *store.Place
	// Prepare does what a renewal needs of the user, before the lock is taken, for
	// however long that takes; nil: nothing.
	Prepare func(context.Context) error
	// Bound bounds all the rest, waiting for others included; nil: it has no end.
	Bound func(context.Context) (context.Context, context.CancelFunc)
	Renew Renewal
	// MustKeep reports whether a renewal must not begin where its result cannot be
	// saved, because it uses up what the next one would need.
	MustKeep bool
	// Notify tells the user something, in one line.
	Notify func(string)
	Now    func() time.Time
}

// Want says what token will do.
type Want struct {
	// Rejected is the digest of a token that a server refused; nil: none.
	Rejected *[sha256.Size]byte
}

// Token answers with a token that is fresh.
func (c Coordinator) Token(ctx context.Context, want Want) (store.Token, error) {
	if c.Place == nil {
		ctx, cancel := c.bounded(ctx)
		defer cancel()
		return c.Renew(ctx, nil)
	}
	old, err := c.read()
	if err != nil {
		return store.Token{}, err
	}
	if c.usable(old, want) {
		return old, nil
	}
	if err := c.remembered(c.Now()); err != nil {
		return c.despite(old, want, err)
	}
	fresh, err := c.prepared(ctx, want)
	if err != nil {
		return c.despite(old, want, err)
	}
	return fresh, nil
}

// prepared asks the user first: nobody else may have to wait for the answer.
func (c Coordinator) prepared(ctx context.Context, want Want) (store.Token, error) {
	if c.Prepare != nil {
		if err := c.Prepare(ctx); err != nil {
			return store.Token{}, err
		}
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	return c.exclusive(ctx, want)
}

func (c Coordinator) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.Bound == nil {
		return context.WithCancel(ctx)
	}
	return c.Bound(ctx)
}

// read reads the kept token. A damaged file counts as none, since the next
// token replaces it; one that others could have written does not.
func (c Coordinator) read() (store.Token, error) {
	token, err := c.Place.Token()
	if err != nil && !errors.Is(err, fs.ErrNotExist) && isUnsafe(err) {
		return store.Token{}, failure.New(failure.Refused, "make it yours alone, or remove it", "kept token: %w", err)
	}
	return token, nil
}

func (c Coordinator) usable(t store.Token, want Want) bool { return want.Accepts(t, c.Now()) }

// Accepts reports whether a kept token will do: it is fresh, and no server
// refused it, or it is so new that another one would be refused too.
func (w Want) Accepts(t store.Token, now time.Time) bool {
	if !t.Fresh(now) {
		return false
	}
	refused := w.Rejected != nil && t.Access.Digest() == *w.Rejected
	return !refused || now.Sub(t.Issued) < minAge
}

// remembered returns the last failure, if it is so recent that trying again
// would only repeat it.
func (c Coordinator) remembered(now time.Time) error {
	f := c.Place.Failure()
	memory := failureMemory
	if f.Code == failure.LoginNeeded && c.MustKeep {
		memory = endedMemory
	}
	age := now.Sub(f.Time)
	if f.Time.IsZero() || age < 0 || age > memory {
		return nil
	}
	return f.Err()
}

// exclusive renews under the lock, unless another process did so first.
func (c Coordinator) exclusive(ctx context.Context, want Want) (store.Token, error) {
	began := c.Now()
	held, fresh, err := c.lockOrToken(ctx, want, began)
	if err != nil || held == nil {
		return fresh, err
	}
	defer held.Release()
	if token, err := c.Place.Token(); err == nil && c.usable(token, want) {
		return token, nil
	}
	if err := c.since(began); err != nil {
		return store.Token{}, err
	}
	return c.renew(ctx, held)
}

// since returns a failure of another process while this one waited.
func (c Coordinator) since(began time.Time) error {
	if c.Place.Failure().Time.Before(began) {
		return nil
	}
	return c.remembered(c.Now())
}

// lockOrToken waits until it holds the lock, or the process that does has
// brought a token or failed.
func (c Coordinator) lockOrToken(ctx context.Context, want Want, began time.Time) (*lock.Lock, store.Token, error) {
	said := false
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		held, err := c.Place.TryLock()
		if err == nil {
			return held, store.Token{}, nil
		}
		if !errors.Is(err, lock.ErrTaken) {
			token, err := c.withoutLock(ctx, err)
			return nil, token, err
		}
		if token, err := c.Place.Token(); err == nil && c.usable(token, want) {
			return nil, token, nil
		}
		if err := c.since(began); err != nil {
			return nil, store.Token{}, err
		}
		if !said && c.Now().Sub(began) > silence {
			c.Notify("waiting for " + lock.Holder(c.Place.LockPath()) + " to renew the session…")
			said = true
		}
		if err := pause(ctx, wait); err != nil {
			return nil, store.Token{}, failure.New(failure.Unable, "kubectl datum-creds doctor",
				"%s renews the session and does not finish: %w", lock.Holder(c.Place.LockPath()), err)
		}
	}
}

// withoutLock renews where nothing can be written, unless that would use up
// what cannot be saved.
func (c Coordinator) withoutLock(ctx context.Context, why error) (store.Token, error) {
	if isUnsafe(why) {
		return store.Token{}, failure.New(failure.Refused, "make it yours alone, or name another folder in "+store.Variable, "kept tokens: %w", why)
	}
	if c.MustKeep {
		return store.Token{}, failure.New(failure.Unable, "make "+c.Place.Dir()+" writable",
			"the session is not renewed, because its next refresh token could not be saved: %w", why)
	}
	return c.Renew(ctx, nil)
}

// renew renews and remembers a failure.
func (c Coordinator) renew(ctx context.Context, held *lock.Lock) (store.Token, error) {
	token, err := c.Renew(ctx, held)
	if err == nil {
		return token, nil
	}
	ours := errors.Is(err, vault.ErrPassphrase) // another process may have it
	if !ours && !errors.Is(ctx.Err(), context.Canceled) {
		_ = c.Place.SaveFailure(store.FailureOf(c.Now(), err)) // it only saves others the same wait
	}
	return store.Token{}, err
}

// despite answers with the old token although it could not be renewed, as long
// as a server would take it. It does not cover up a refusal: the tokens of the
// renewal may have been somebody else's.
func (c Coordinator) despite(old store.Token, want Want, err error) (store.Token, error) {
	rejected := want.Rejected != nil && old.Access.Digest() == *want.Rejected
	// That a server refused it is a guess, from a process that asks again: in an
	// outage the token is better than none.
	if failure.CodeOf(err) == failure.Refused || (rejected && failure.CodeOf(err) != failure.Unable) || !old.Alive(c.Now()) {
		return store.Token{}, err
	}
	c.Notify(fmt.Sprintf("the session could not be renewed yet (%v); its token is good until %s", err, old.Expires.Format(time.TimeOnly)))
	return old, nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
