package handover

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// childVariable makes this test binary the process that renews: "answer" does
// as it should, any other word is what it does instead.
const childVariable = "HANDOVER_TEST_CHILD"

func TestMain(m *testing.M) {
	if as := os.Getenv(childVariable); as != "" {
		os.Exit(child(as))
	}
	m.Run()
}

func child(as string) int {
	switch as {
	case "dies":
		return 3
	case "babbles":
		_, _ = os.Stdout.WriteString("hello\n")
		return 0
	case "hangs": // for as long as the test runs
		for parent := os.Getppid(); os.Getppid() == parent; {
			time.Sleep(50 * time.Millisecond)
		}
		return 0
	}
	held := lock.Inherited(lockFD)
	key := secret.Text{}
	if as == "with key" {
		var err error
		if key, err = readKey(keyFD); err != nil {
			return 4
		}
	}
	Serve(context.Background(), held, os.Stdout, func(context.Context) (store.Token, error) {
		if as == "fails" {
			return store.Token{}, failure.New(failure.LoginNeeded, "log in", "it has ended")
		}
		words := strings.Join(os.Args[1:], " ") + " " + key.Reveal() + os.Getenv("DATUM_CREDS_PASSPHRASE")
		return store.Token{Access: secret.New(words), Issued: time.Unix(1, 0), Expires: time.Unix(2, 0)}, nil
	})
	return 0
}

func heldPlace(t *testing.T) (store.Place, *lock.Lock) {
	t.Helper()
	place := store.At(filepath.Join(t.TempDir(), "home")).Session("s")
	held, err := place.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	return place, held
}

func TestRenewer(t *testing.T) {
	if !lock.Transferable {
		t.Skip("locks cannot be handed over on this system")
	}
	t.Setenv("DATUM_CREDS_PASSPHRASE", "not for the process that has the key")
	for as, c := range map[string]struct {
		token string
		kind  failure.Code
		says  string
	}{
		"answer":   {"renew-session --session s ", failure.OK, ""},
		"with key": {"renew-session --session s a-\x00-key", failure.OK, ""},
		"fails":    {"", failure.LoginNeeded, "it has ended"},
		"dies":     {"", failure.Unable, "exited without a result"},
		"babbles":  {"", failure.Unable, "exited without a result"},
		"hangs":    {"", failure.Unable, "session s: renew: gave up"},
	} {
		t.Run(as, func(t *testing.T) {
			t.Setenv(childVariable, as)
			place, held := heldPlace(t)
			ctx, cancel := context.WithTimeoutCause(t.Context(), 5*time.Minute, errors.New("gave up"))
			if as == "hangs" {
				ctx, cancel = context.WithTimeoutCause(t.Context(), 300*time.Millisecond, errors.New("gave up"))
			}
			defer cancel()
			key := secret.Text{}
			if as == "with key" {
				key = secret.New("a-\x00-key")
			}
			token, err := Renewer(os.Stderr, sealed.WithoutPassphrase(os.Environ()))(ctx, session.Session{Name: "s"}, held, key)
			held.Release()
			if token.Access.Reveal() != c.token || (err == nil) != (c.says == "") {
				t.Fatalf("%q, %v", token.Access.Reveal(), err)
			}
			if err != nil && (failure.CodeOf(err) != c.kind || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%v of kind %s, want %s with %q", err, failure.CodeOf(err), c.kind, c.says)
			}
			if _, err := place.TryLock(); errors.Is(err, lock.ErrTaken) != (as == "hangs") {
				t.Errorf("the lock afterwards: %v", err)
			}
		})
	}
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		token   string
		kind    failure.Code
	}{
		"token":          {`{"token":"t"}`, "t", failure.OK},
		"message":        {`{"failure":{"kind":"refused","message":"no","hint":"h"}}`, "", failure.Refused},
		"kind unknown":   {`{"failure":{"kind":"?","message":"no"}}`, "", failure.Unable},
		"no kind":        {`{"failure":{"message":"no"}}`, "", failure.Unable},
		"success":        {`{"failure":{"kind":"ok"}}`, "", failure.Unable},
		"nothing":        {``, "", failure.Unable},
		"no fields":      {`{}`, "", failure.Unable},
		"not JSON":       {`tok`, "", failure.Unable},
		"cut":            {`{"token":"t`, "", failure.Unable},
		"of other types": {`{"token":4}`, "", failure.Unable},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read([]byte(c.content), nil)
			if got.Access.Reveal() != c.token || (err == nil) != (c.kind == failure.OK) || err != nil && failure.CodeOf(err) != c.kind {
				t.Errorf("read = %q, %v", got.Access.Reveal(), err)
			}
		})
	}
}

// TestServeTellsAll: kind and hint come across with the message.
func TestServeTellsAll(t *testing.T) {
	_, held := heldPlace(t)
	var out bytes.Buffer
	Serve(t.Context(), held, &out, func(context.Context) (store.Token, error) {
		return store.Token{}, failure.New(failure.Refused, "a hint", "a reason")
	})
	var p *failure.Error
	if _, err := read(out.Bytes(), nil); !errors.As(err, &p) || p.Code != failure.Refused || p.Hint != "a hint" || p.Error() != "a reason" {
		t.Errorf("it says %s", out.String())
	}
	if !json.Valid(out.Bytes()) {
		t.Errorf("not JSON: %s", out.String())
	}
}
