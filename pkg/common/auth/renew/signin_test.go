package renew

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// signIn is a login that does so, and what the user is told.
func signIn(t *testing.T, do func(store.Place) error) (SignIn, *notes) {
	t.Helper()
	place := store.At(filepath.Join(t.TempDir(), "home")).Session("s")
	told := &notes{}
	return SignIn{
		Place: place, Do: func(context.Context) error { return do(place) }, Notify: told.add, Now: time.Now,
	}, told
}

type notes struct {
	mu    sync.Mutex
	lines []string
	// first, where it is set, is called with the first line.
	first func()
}

func (n *notes) add(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, line)
	if len(n.lines) == 1 && n.first != nil {
		n.first()
	}
}

func saved(place store.Place) error {
	return place.SaveToken(store.Token{Access: secret.New("of the login"), Issued: time.Now(), Expires: time.Now().Add(time.Hour)})
}

func TestManySignInOnce(t *testing.T) {
	var logins atomic.Int32
	waiting := make(chan struct{})
	s, told := signIn(t, func(place store.Place) error {
		logins.Add(1)
		<-waiting
		return saved(place)
	})
	told.first = func() { close(waiting) }
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if got, err := s.Token(t.Context()); err != nil || got.Access.Reveal() != "of the login" {
				t.Errorf("Token = %v", err)
			}
		})
	}
	all.Wait()
	if n := logins.Load(); n != 1 || len(told.lines) == 0 || !strings.Contains(told.lines[0], "waiting for process ") {
		t.Errorf("%d logins, told %q", n, told.lines)
	}
}

func TestAFailedLoginAnswersForTheOthers(t *testing.T) {
	var logins atomic.Int32
	waiting := make(chan struct{})
	s, told := signIn(t, func(store.Place) error {
		logins.Add(1)
		<-waiting
		return failure.New(failure.LoginNeeded, "a hint", "denied")
	})
	told.first = func() { close(waiting) }
	now := time.Now()
	s.Now = func() time.Time { return now }
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			var p *failure.Error
			if _, err := s.Token(t.Context()); !errors.As(err, &p) || p.Code != failure.LoginNeeded || p.Hint != "a hint" || p.Error() != "denied" {
				t.Errorf("Token = %v", err)
			}
		})
	}
	all.Wait()
	if n := logins.Load(); n != 1 {
		t.Errorf("%d logins", n)
	}
	// A while later the user is asked again; a failed renewal is no failed login.
	now = now.Add(failureMemory + time.Second)
	_, _ = s.Token(t.Context())
	if n := logins.Load(); n != 2 {
		t.Errorf("%d logins later", n)
	}
	now = now.Add(failureMemory + time.Second)
	if err := s.Place.SaveFailure(store.Failure{Time: now, Code: failure.LoginNeeded, Message: "it has ended"}); err != nil {
		t.Fatal(err)
	}
	_, _ = s.Token(t.Context())
	if n := logins.Load(); n != 3 {
		t.Errorf("%d logins after a failed renewal", n)
	}
}

// TestAFailureFromTheFuture was written while the clock was wrong.
func TestAFailureFromTheFuture(t *testing.T) {
	s, _ := signIn(t, saved)
	if err := s.Place.SaveSignInFailure(store.Failure{Time: time.Now().Add(time.Hour), Code: failure.LoginNeeded, Message: "denied"}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Token(t.Context()); err != nil || got.Access.Empty() {
		t.Errorf("Token = %v", err)
	}
}

func TestWaitingForALoginEnds(t *testing.T) {
	s, _ := signIn(t, saved)
	held, err := s.Place.TryLogin()
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	ctx, cancel := context.WithTimeoutCause(t.Context(), 200*time.Millisecond, errors.New("nobody signed in"))
	defer cancel()
	if _, err := s.Token(ctx); failure.CodeOf(err) != failure.LoginNeeded || !strings.Contains(err.Error(), "waits for the user to sign in: nobody signed in") {
		t.Errorf("Token = %v", err)
	}
}

// TestAnInterruptedLoginIsNotRemembered: the user has said nothing.
func TestAnInterruptedLoginIsNotRemembered(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, _ := signIn(t, nil)
	s.Do = func(ctx context.Context) error {
		cancel()
		return context.Cause(ctx)
	}
	if _, err := s.Token(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Token = %v", err)
	}
	if f := s.Place.SignInFailure(); !f.Time.IsZero() {
		t.Errorf("remembered: %+v", f)
	}
}

// TestWhoWaitedInVainDoesNotWaitAgain: kubectl runs a failing helper six times
// over, and five minutes at most are meant to be five.
func TestWhoWaitedInVainDoesNotWaitAgain(t *testing.T) {
	s, told := signIn(t, saved)
	s.Login = "the login"
	held, err := s.Place.TryLogin()
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	now := time.Now()
	s.Now = func() time.Time { return now }
	for range 6 {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		_, err := s.Token(ctx)
		cancel()
		var p *failure.Error
		if !errors.As(err, &p) || p.Code != failure.LoginNeeded || p.Hint != "the login" {
			t.Errorf("Token = %v", err)
		}
	}
	if len(told.lines) != 1 {
		t.Errorf("waited %d times: %q", len(told.lines), told.lines)
	}
	if f := s.Place.Failure(); !f.Time.IsZero() {
		t.Errorf("those who may not ask are told %+v", f)
	}
}

// TestNobodySignedIn has one exit code, whoever asked.
func TestNobodySignedIn(t *testing.T) {
	s, _ := signIn(t, nil)
	s.Login = "the login"
	s.Do = func(ctx context.Context) error {
		<-ctx.Done() // which is the deadline
		return failure.New(failure.Unable, "", "login: %w", context.Cause(ctx))
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, errors.New("nobody signed in"))
	defer cancel()
	var p *failure.Error
	if _, err := s.Token(ctx); !errors.As(err, &p) || p.Code != failure.LoginNeeded || p.Hint != "the login" || p.Error() != "login: nobody signed in" {
		t.Errorf("Token = %v", err)
	}
}

// TestALoginElsewhereEndsTheQuestion: nobody has to answer it any more.
func TestALoginElsewhereEndsTheQuestion(t *testing.T) {
	s, _ := signIn(t, nil)
	s.Do = func(ctx context.Context) error {
		if err := saved(s.Place); err != nil { // which another process does
			return err
		}
		<-ctx.Done()
		return context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if got, err := s.Token(ctx); err != nil || got.Access.Reveal() != "of the login" || ctx.Err() != nil {
		t.Errorf("Token = %v", err)
	}
}

// TestAPlaceWhereNobodyCanBeAsked leaves the need for a login what it is.
func TestAPlaceWhereNobodyCanBeAsked(t *testing.T) {
	s, _ := signIn(t, saved)
	s.Login = "the login"
	if err := s.Place.SaveSignInFailure(store.Failure{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(s.Place.LoginLockPath(), 0o700); err != nil { // root may write anywhere else
		t.Fatal(err)
	}
	var p *failure.Error
	if _, err := s.Token(t.Context()); !errors.As(err, &p) || p.Code != failure.LoginNeeded || p.Hint != "the login" {
		t.Errorf("Token = %v", err)
	}
}
