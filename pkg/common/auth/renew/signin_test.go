package renew

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
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
}

func (n *notes) add(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, line)
}

func saved(place store.Place) error {
	return place.SaveToken(store.Token{Access: secret.New("of the login"), Issued: time.Now(), Expires: time.Now().Add(time.Hour)})
}

func TestManySignInOnce(t *testing.T) {
	var logins atomic.Int32
	s, told := signIn(t, func(place store.Place) error {
		logins.Add(1)
		time.Sleep(300 * time.Millisecond)
		return saved(place)
	})
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
	s, _ := signIn(t, func(store.Place) error {
		logins.Add(1)
		time.Sleep(300 * time.Millisecond)
		return problem.New(problem.LoginNeeded, "a hint", "denied")
	})
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			var p *problem.Error
			if _, err := s.Token(t.Context()); !errors.As(err, &p) || p.Kind != problem.LoginNeeded || p.Hint != "a hint" || p.Error() != "denied" {
				t.Errorf("Token = %v", err)
			}
		})
	}
	all.Wait()
	if n := logins.Load(); n != 1 {
		t.Errorf("%d logins", n)
	}
	// A while later the user is asked again; a failed renewal is no failed login.
	s.Now = func() time.Time { return time.Now().Add(failureMemory + time.Second) }
	_, _ = s.Token(t.Context())
	if n := logins.Load(); n != 2 {
		t.Errorf("%d logins later", n)
	}
	s.Now = time.Now
	if err := s.Place.SaveFailure(store.Failure{Time: time.Now(), Kind: problem.LoginNeeded, Message: "it has ended"}); err != nil {
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
	if err := s.Place.SaveFailure(store.Failure{Time: time.Now().Add(time.Hour), Kind: problem.LoginNeeded, Message: "denied", SignIn: true}); err != nil {
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
	if _, err := s.Token(ctx); problem.KindOf(err) != problem.LoginNeeded || !strings.Contains(err.Error(), "waits for the user to sign in: nobody signed in") {
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
	if f := s.Place.Failure(); !f.Time.IsZero() {
		t.Errorf("remembered: %+v", f)
	}
}
