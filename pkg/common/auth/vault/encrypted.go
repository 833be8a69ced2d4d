package vault

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// ErrPassphrase marks a failure for want of the right passphrase. It is this
// process's, and says nothing of the session.
var ErrPassphrase = errors.New("its encrypted file needs the passphrase")

// NoPassphrase says that there is no passphrase, and nobody to ask.
func NoPassphrase(name string) error {
	who := "the new session" // which a login has not named yet
	if name != "" {
		who = "session " + name
	}
	return failure.New(failure.LoginNeeded, PassphraseHint, "%s: %w, and nobody can be asked here", who, ErrPassphrase)
}

// PassphraseHint says where a passphrase is looked for.
const PassphraseHint = "set " + sealed.FileVariable + " or " + sealed.Variable

// encryptedVault keeps the secret in a file that is encrypted under a
// passphrase.
type encryptedVault struct {
	name   string
	place  store.Place
	access Access
	// key is the one that Load has made, so that Save, when a server has used up
	// the old secret, neither fails nor takes long.
	key *sealed.Key
}

// Load decrypts the file.
func (v *encryptedVault) Load() (secret.Text, error) {
	box, err := v.box()
	if err != nil {
		return secret.Text{}, err
	}
	key, err := v.unlock(box)
	if err != nil {
		return secret.Text{}, err
	}
	plain, err := box.Open(key, v.name)
	if errors.Is(err, sealed.ErrWrong) {
		return secret.Text{}, failure.New(failure.LoginNeeded,
			PassphraseHint+" to that of the login; if it is lost: "+session.LoginCommand(v.name),
			"session %s: %w: %w", v.name, ErrPassphrase, err)
	}
	if err == nil {
		v.key = &key
	}
	return plain, err
}

// box reads the file.
func (v *encryptedVault) box() (sealed.Box, error) {
	content, err := v.place.Sealed()
	if errors.Is(err, fs.ErrNotExist) {
		return sealed.Box{}, ErrNone
	}
	if err != nil {
		return sealed.Box{}, err
	}
	box, err := sealed.Parse(content)
	if err != nil {
		err = failure.New(failure.Refused, session.LoginCommand(v.name), "session %s: %w", v.name, err)
	}
	return box, err
}

func (v *encryptedVault) unlock(box sealed.Box) (sealed.Key, error) {
	if !v.access.Key.Empty() {
		return box.Given(v.access.Key), nil
	}
	passphrase, err := v.passphrase(false)
	if err != nil {
		return sealed.Key{}, err
	}
	return box.Key(passphrase)
}

func (v *encryptedVault) passphrase(fresh bool) (secret.Text, error) {
	if v.access.Passphrase == nil {
		return secret.Text{}, NoPassphrase(v.name)
	}
	passphrase, err := v.access.Passphrase(v.name, fresh)
	if err != nil && !errors.Is(err, ErrPassphrase) {
		err = fmt.Errorf("session %s: %w: %w", v.name, ErrPassphrase, err)
	}
	return passphrase, err
}

// Save encrypts the secret, under the key that the older one was under if that
// has been loaded.
func (v *encryptedVault) Save(s secret.Text) error {
	content, err := v.seal(s)
	if err != nil {
		return err
	}
	return v.place.SaveSealed(content)
}

func (v *encryptedVault) seal(s secret.Text) ([]byte, error) {
	if v.key == nil {
		passphrase, err := v.passphrase(true)
		if err != nil {
			return nil, err
		}
		key, err := sealed.NewKey(passphrase)
		if err != nil {
			return nil, failure.New(failure.BadInput, "", "session %s: %w", v.name, err)
		}
		v.key = &key
	}
	content, err := v.key.Seal(v.name, s)
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	return content, nil
}

// Remove removes the file.
func (v *encryptedVault) Remove() error { return v.place.RemoveSealed() }

// Unlock returns the key to the encrypted file, for another process of the
// user's; empty where the secret is kept in another way.
func Unlock(v Vault) (secret.Text, error) {
	if b, is := v.(bound); is {
		v = b.Vault
	}
	encrypted, is := v.(*encryptedVault)
	if !is {
		return secret.Text{}, nil
	}
	if _, err := encrypted.Load(); err != nil {
		return secret.Text{}, err
	}
	return encrypted.key.Secret(), nil
}
