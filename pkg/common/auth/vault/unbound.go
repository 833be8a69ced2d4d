package vault

import (
	"errors"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// ErrUnbound says that the keyring has only an item of an older version, whose
// name covers the session's name and not its home, and whose content does not
// say where it may be sent.
var ErrUnbound = errors.New("its keyring item was made by an older version and is not bound to this folder and its auth host")

// keyringVault keeps bound secrets, and knows the item of an older version.
type keyringVault struct {
	Vault
	name string
	old  ringVault
}

// Load returns the secret. An item of an older version is never used.
func (v keyringVault) Load() (secret.Text, error) {
	found, err := v.Vault.Load()
	if !errors.Is(err, ErrNone) {
		return found, err
	}
	if _, old := v.old.head(); old == nil {
		return secret.Text{}, failure.New(failure.LoginNeeded, session.LoginCommand(v.name), "session %s: %w", v.name, ErrUnbound)
	}
	return secret.Text{}, err
}

// Save stores the secret and removes the item of an older version.
func (v keyringVault) Save(s secret.Text) error {
	if err := v.Vault.Save(s); err != nil {
		return err
	}
	return v.old.Remove()
}

// Remove removes both items.
func (v keyringVault) Remove() error { return errors.Join(v.Vault.Remove(), v.old.Remove()) }

// Unbound returns the secret in the item of an older version, to revoke it;
// ErrNone if there is none.
func Unbound(v Vault) (secret.Text, error) {
	kept, is := v.(keyringVault)
	if !is {
		return secret.Text{}, ErrNone
	}
	return kept.old.Load()
}
