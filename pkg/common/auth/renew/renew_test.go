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

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// bench is a coordinator with a counted renewal and a clock.
type bench struct {
	Coordinator
	now     time.Time
	renewed atomic.Int32
	fail    error
	notices []string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	place := store.At(filepath.Join(t.TempDir(), "home")).Session("a")
	b := &bench{now: time.Now()}
	b.Coordinator = Coordinator{
		Place: &place, Now: func() time.Time { return b.now }, Notify: func(s string) { b.notices = append(b.notices, s) },
		Renew: func(_ context.Context, held *lock.Lock) (store.Token, error) {
			n := b.renewed.Add(1)
			if b.fail != nil {
				return store.Token{}, b.fail
			}
			token := store.Token{Access: secret.New("token-" + string('0'+n)), Issued: b.now, Expires: b.now.Add(time.Hour)}
			if held != nil {
				if err := place.SaveToken(token); err != nil {
					return store.Token{}, err
				}
			}
			return token, nil
		},
	}
	return b
}

func (b *bench) want(t *testing.T, want Want, token string, renewals int32) store.Token {
	t.Helper()
	got, err := b.Token(t.Context(), want)
	if err != nil || got.Access.Reveal() != token || b.renewed.Load() != renewals {
		t.Fatalf("Token = %q, %v after %d renewals; want %q after %d", got.Access.Reveal(), err, b.renewed.Load(), token, renewals)
	}
	return got
}

func TestRenewsOnceThenReads(t *testing.T) {
	b := newBench(t)
	b.want(t, Want{}, "token-1", 1)
	b.want(t, Want{}, "token-1", 1)
	b.now = b.now.Add(time.Hour)
	b.want(t, Want{}, "token-2", 2)
}

func TestARefusedTokenIsRenewedOnceItIsOldEnough(t *testing.T) {
	b := newBench(t)
	digest := b.want(t, Want{}, "token-1", 1).Access.Digest()
	b.want(t, Want{Rejected: &digest}, "token-1", 1)
	b.now = b.now.Add(minAge)
	b.want(t, Want{Rejected: &digest}, "token-2", 2)
	b.now = b.now.Add(minAge)
	b.want(t, Want{Rejected: &digest}, "token-2", 2) // another process had renewed it
}

func TestAFailureIsRemembered(t *testing.T) {
	b := newBench(t)
	b.fail = failure.New(failure.Unable, "do this", "server is down")
	for range 5 {
		_, err := b.Token(t.Context(), Want{})
		var p *failure.Error
		if !errors.As(err, &p) || p.Code != failure.Unable || p.Hint != "do this" || err.Error() != "server is down" {
			t.Fatalf("Token = %#v", err)
		}
	}
	if n := b.renewed.Load(); n != 1 {
		t.Errorf("%d renewals for five questions", n)
	}
	b.now = b.now.Add(failureMemory + time.Second)
	b.fail = nil
	b.want(t, Want{}, "token-2", 2)
}

// What somebody else mends, as datumctl's session or a key file, is seen soon.
func TestWhatIsMendedElsewhereIsNotRememberedLong(t *testing.T) {
	b := newBench(t)
	b.fail = failure.New(failure.LoginNeeded, "datumctl login", "signed out")
	if _, err := b.Token(t.Context(), Want{}); failure.CodeOf(err) != failure.LoginNeeded {
		t.Fatalf("Token = %v", err)
	}
	b.now = b.now.Add(failureMemory + time.Second)
	b.fail = nil
	b.want(t, Want{}, "token-2", 2)
}

func TestAnEndedSessionIsRememberedLonger(t *testing.T) {
	b := newBench(t)
	b.MustKeep = true
	b.fail = failure.New(failure.LoginNeeded, "", "ended")
	for range 3 {
		if _, err := b.Token(t.Context(), Want{}); failure.CodeOf(err) != failure.LoginNeeded {
			t.Fatalf("Token = %v", err)
		}
		b.now = b.now.Add(10 * time.Second)
	}
	if n := b.renewed.Load(); n != 1 {
		t.Errorf("%d renewals", n)
	}
}

func TestALivingTokenIsGivenWhenItCannotBeRenewed(t *testing.T) {
	b := newBench(t)
	digest := b.want(t, Want{}, "token-1", 1).Access.Digest()
	b.now = b.now.Add(time.Hour - 30*time.Second) // past the margin, not past the end
	b.fail = errors.New("server is down")
	b.want(t, Want{}, "token-1", 2)
	if len(b.notices) != 1 || !strings.Contains(b.notices[0], "server is down") {
		t.Errorf("notices = %q", b.notices)
	}
	b.want(t, Want{Rejected: &digest}, "token-1", 2) // an outage proves no refusal
	b.now = b.now.Add(failureMemory + time.Second)
	b.fail = failure.New(failure.LoginNeeded, "", "ended")
	if _, err := b.Token(t.Context(), Want{Rejected: &digest}); err == nil {
		t.Error("a refused token was given again")
	}
	b.now = b.now.Add(time.Minute)
	if _, err := b.Token(t.Context(), Want{}); err == nil {
		t.Error("a dead token was given")
	}
}

// TestALivingTokenCoversUpNoRefusal, at once and from memory: the tokens of the
// renewal were somebody else's, for example.
func TestALivingTokenCoversUpNoRefusal(t *testing.T) {
	b := newBench(t)
	b.want(t, Want{}, "token-1", 1)
	b.now = b.now.Add(time.Hour - 30*time.Second)
	b.fail = failure.New(failure.Refused, "sign in again", "tokens of somebody else")
	for range 2 {
		token, err := b.Token(t.Context(), Want{})
		if failure.CodeOf(err) != failure.Refused || !token.Access.Empty() {
			t.Errorf("Token = %v", err)
		}
	}
	if n := b.renewed.Load(); n != 2 { // the second is answered from memory
		t.Errorf("%d renewals", n)
	}
}

// TestAFailureRemembersThatItIsUnexplained for doctor, and for those that are
// answered from memory.
func TestAFailureRemembersThatItIsUnexplained(t *testing.T) {
	b := newBench(t)
	b.fail = failure.With(failure.Unable, store.Unexplained(errors.New("an empty answer")), "")
	for range 2 {
		_, err := b.Token(t.Context(), Want{})
		if !store.IsUnexplained(err) || !b.Place.Failure().Unexplained {
			t.Errorf("Token = %#v, remembered %+v", err, b.Place.Failure())
		}
	}
}

func TestADamagedTokenIsReplaced(t *testing.T) {
	b := newBench(t)
	b.want(t, Want{}, "token-1", 1)
	if err := os.WriteFile(filepath.Join(b.Place.Dir(), "token.json"), []byte("{half"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.want(t, Want{}, "token-2", 2)
}

func TestAnOpenTokenFileIsRefused(t *testing.T) {
	b := newBench(t)
	b.want(t, Want{}, "token-1", 1)
	if err := os.Chmod(filepath.Join(b.Place.Dir(), "token.json"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Token(t.Context(), Want{}); failure.CodeOf(err) != failure.Refused {
		t.Errorf("Token = %v, want a refusal", err)
	}
}

func TestNowhereToKeep(t *testing.T) {
	b := newBench(t)
	b.Place = nil
	b.want(t, Want{}, "token-1", 1)
	b.want(t, Want{}, "token-2", 2)
}

// unwritable is a place below a file, which no user can write to.
func unwritable(t *testing.T) *store.Place {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	place := store.At(filepath.Join(file, "home")).Session("a")
	return &place
}

func TestAnUnwritablePlaceGivesTokensFromMemory(t *testing.T) {
	b := newBench(t)
	b.Place = unwritable(t)
	b.want(t, Want{}, "token-1", 1)
}

func TestARotatingTokenIsNotUsedUpInAnUnwritablePlace(t *testing.T) {
	b := newBench(t)
	b.Place, b.MustKeep = unwritable(t), true
	if _, err := b.Token(t.Context(), Want{}); err == nil || b.renewed.Load() != 0 {
		t.Errorf("Token = %v after %d renewals, want an error before any", err, b.renewed.Load())
	}
}

func TestManyAtOnceRenewOnce(t *testing.T) {
	b := newBench(t)
	inner := b.Renew
	b.Renew = func(ctx context.Context, held *lock.Lock) (store.Token, error) {
		time.Sleep(50 * time.Millisecond)
		return inner(ctx, held)
	}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if got, err := b.Token(t.Context(), Want{}); err != nil || got.Access.Reveal() != "token-1" {
				t.Errorf("Token = %q, %v", got.Access.Reveal(), err)
			}
		})
	}
	all.Wait()
	if n := b.renewed.Load(); n != 1 {
		t.Errorf("%d renewals", n)
	}
}

func TestWaitersShareAFailure(t *testing.T) {
	b := newBench(t)
	b.Now = time.Now
	b.Renew = func(context.Context, *lock.Lock) (store.Token, error) {
		b.renewed.Add(1)
		time.Sleep(100 * time.Millisecond)
		return store.Token{}, errors.New("down")
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := b.Token(t.Context(), Want{}); err == nil || err.Error() != "down" {
				t.Errorf("Token = %v", err)
			}
		})
	}
	all.Wait()
	if n := b.renewed.Load(); n != 1 {
		t.Errorf("%d renewals", n)
	}
}

func TestWaitingHasAnEnd(t *testing.T) {
	b := newBench(t)
	held, err := b.Place.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	because := errors.New("gave up")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 200*time.Millisecond, because)
	defer cancel()
	if _, err := b.Token(ctx, Want{}); !errors.Is(err, because) {
		t.Errorf("Token = %v, want %v", err, because)
	}
}

// TestTheUserIsAskedBeforeTheLock: the prompt takes neither the lock nor the time
// that a renewal may take.
func TestTheUserIsAskedBeforeTheLock(t *testing.T) {
	place := store.At(filepath.Join(t.TempDir(), "home")).Session("s")
	bounded := false
	c := Coordinator{
		Place: &place, Notify: func(string) {}, Now: time.Now,
		Bound: func(ctx context.Context) (context.Context, context.CancelFunc) {
			bounded = true
			return context.WithCancel(ctx)
		},
		Prepare: func(context.Context) error {
			if bounded {
				t.Error("the renewal's deadline runs while the user is asked")
			}
			held, err := place.TryLock()
			if err != nil {
				return err
			}
			held.Release()
			return nil
		},
		Renew: func(ctx context.Context, _ *lock.Lock) (store.Token, error) {
			if !bounded {
				t.Error("the renewal has no deadline")
			}
			return store.Token{Access: secret.New("new")}, ctx.Err()
		},
	}
	if got, err := c.Token(t.Context(), Want{}); err != nil || got.Access.Reveal() != "new" {
		t.Errorf("Token = %v", err)
	}
	c.Prepare = func(context.Context) error { return vault.ErrPassphrase }
	if _, err := c.Token(t.Context(), Want{}); !errors.Is(err, vault.ErrPassphrase) || !place.Failure().Time.IsZero() {
		t.Errorf("Token = %v, remembered %+v", err, place.Failure())
	}
}
