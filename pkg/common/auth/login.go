package auth

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
)

// ChooseStorage settles where a new session's secret is kept. "" asks for the
// keyring; where there is none the user has to choose a file, and a session
// stays with what was chosen at its login.
func (e Environment) ChooseStorage(asked session.Storage) (session.Storage, error) {
	switch asked {
	case session.File:
		return session.File, nil
	case "", session.Keyring:
		if err := vault.Probe(e.Ring); err != nil {
			return "", problem.New(problem.Refused,
				"to keep the refresh token in a file that only you can read: --storage file", "this machine has no keyring that works: %w", err)
		}
		return session.Keyring, nil
	}
	return "", problem.New(problem.BadInput, "", "--storage=%q: want keyring or file", asked)
}

// Add keeps a new session, its secret first: a session never exists without
// it. An older session of the name is replaced. secret and token may be empty.
func (e Environment) Add(ctx context.Context, s session.Session, kept secret.Text, token store.Token) (Handle, error) {
	if !e.Home.Known() {
		return Handle{}, problem.New(problem.BadInput, "set "+store.Variable, "%w", store.ErrNoHome)
	}
	if err := session.ValidateName(s.Name); err != nil {
		return Handle{}, problem.New(problem.BadInput, "name it with --name", "%w", err)
	}
	place := e.Home.Session(s.Name)
	held, err := waitForLock(ctx, place)
	if err != nil {
		return Handle{}, fmt.Errorf("keep the session: %w", err)
	}
	defer held.Release()
	e.forget(place)
	h := e.handle(s, &place, nil)
	if err := h.write(kept, token); err != nil {
		return Handle{}, fmt.Errorf("keep the session: %w", err)
	}
	return h, nil
}

// forget removes what an older session of the name kept elsewhere.
func (e Environment) forget(place store.Place) {
	old, err := place.Session()
	if err == nil {
		_ = e.handle(old, &place, nil).Remove() // what stays is written over, or lies unused
	}
}

func (h Handle) write(kept secret.Text, token store.Token) error {
	if !kept.Empty() {
		safe, err := h.Vault()
		if err != nil {
			return err
		}
		if err := safe.Save(kept); err != nil {
			return err
		}
	}
	if err := h.Place.SaveSession(h.Session); err != nil {
		return err
	}
	if token.Access.Empty() {
		return nil
	}
	return h.Place.SaveToken(token)
}

func waitForLock(ctx context.Context, place store.Place) (*lock.Lock, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	for {
		held, err := place.TryLock()
		if !errors.Is(err, lock.ErrTaken) {
			return held, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Locked does something with a session that no other process may renew then.
func (h Handle) Locked(ctx context.Context, do func() error) error {
	held, err := waitForLock(ctx, *h.Place)
	if err != nil {
		return err
	}
	defer held.Release()
	return do()
}

// Bundle returns the certificates of a session's CA file, nil without one.
func Bundle(caFile string) ([]byte, error) {
	if caFile == "" {
		return nil, nil
	}
	content, err := os.ReadFile(caFile)
	if err != nil {
		return nil, problem.New(problem.BadInput, "", "certificates: %w", err)
	}
	return content, nil
}

// Absolute makes a path one that holds from any folder; "" stays.
func Absolute(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	return filepath.Abs(path)
}
