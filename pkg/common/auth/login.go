package auth

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// ChooseStorage settles where a new session's secret is kept. "" asks for the
// keyring; where there is none the user has to choose a file, and a session
// stays with what was chosen at its login.
func (e Environment) ChooseStorage(asked session.Storage) (session.Storage, error) {
	switch asked {
	case session.File, session.EncryptedFile:
		return asked, nil
	case "", session.Keyring:
		if err := vault.Probe(e.Ring); err != nil {
			return "", failure.New(failure.Refused,
				"to keep the refresh token in a file that only you can read: --storage encrypted-file (with a passphrase), or --storage file", "this machine has no keyring that works: %w", err)
		}
		return session.Keyring, nil
	}
	return "", failure.New(failure.BadInput, "", "--storage=%q: want keyring, encrypted-file or file", asked)
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
			return nil, failure.New(failure.Unable, "kubectl datum-creds doctor",
				"%s holds the lock of the session: %w", lock.Holder(place.LockPath()), context.Cause(ctx))
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
		return nil, failure.New(failure.BadInput, "", "certificates: %w", err)
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
