// Package vault keeps the long-lived secret of a session, a refresh token or a
// private key, where the session says: in the operating system's keyring, or in
// a file, encrypted or not. It never changes over from one to the other by itself.
package vault

import (
	"errors"
	"io/fs"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// ErrNone says that there is no secret of this session.
var ErrNone = errors.New("no secret is kept for this session")

// Vault keeps one secret for each session.
type Vault interface {
	// Load returns the secret, or ErrNone.
	Load() (secret.Text, error)
	// Save replaces the secret; when it returns nil, the secret will be there
	// after a crash. When it fails, the old one is.
	Save(secret.Text) error
	// Reserve makes sure, as far as that can be known, that a secret about as long
	// as the given one can be saved: whoever uses the old secret up does so before.
	Reserve(like secret.Text) (Reservation, error)
	// Remove removes the secret; nothing to remove is no error.
	Remove() error
}

// Access is what vaults are opened with.
type Access struct {
	Ring Ring
	// Passphrase gives the passphrase of a session's encrypted file, and asks
	// nobody: locks are held meanwhile. fresh tells that it is a new file's. nil:
	// there is none.
	Passphrase func(session string, fresh bool) (secret.Text, error)
	// Key is the key to that file, from a process that had the passphrase; empty:
	// there is none.
	Key secret.Text
}

// Open returns the vault of a session.
func Open(s session.Session, place store.Place, access Access) (Vault, error) {
	switch s.Storage {
	case session.File:
		return bound{fileVault{place}, s, true}, nil
	case session.Keyring:
		kept := bound{Vault: ringVault{access.Ring, place.KeyringID()}, session: s}
		return keyringVault{kept, s.Name, ringVault{access.Ring, place.ID()}}, nil
	case session.EncryptedFile:
		return bound{&encryptedVault{name: s.Name, place: place, access: access}, s, true}, nil
	default:
		return nil, failure.New(failure.BadInput, "", "session %s keeps no secret", s.Name)
	}
}

type fileVault struct{ place store.Place }

// Load reads the file.
func (v fileVault) Load() (secret.Text, error) {
	kept, err := v.place.Secret()
	if errors.Is(err, fs.ErrNotExist) {
		return secret.Text{}, ErrNone
	}
	return kept, err
}

// Save replaces the file.
func (v fileVault) Save(s secret.Text) error { return v.place.SaveSecret(s) }

// Remove removes the file.
func (v fileVault) Remove() error { return v.place.RemoveSecret() }
