package vault

import (
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// Reservation is a place for the next secret.
type Reservation interface {
	// Save is Vault.Save, and uses the reservation up.
	Save(secret.Text) error
	// Release gives up what was not used.
	Release()
}

// reserved is one of a file.
type reserved struct {
	room store.Room
	save func(store.Room, secret.Text) error
}

// Save writes the file.
func (r reserved) Save(s secret.Text) error { return r.save(r.room, s) }

// Release gives the space on the disk back.
func (r reserved) Release() { r.room.Release() }

// Reserve makes room on the disk.
func (v fileVault) Reserve(like secret.Text) (Reservation, error) {
	room, err := v.place.ReserveSecret(like)
	if err != nil {
		return nil, err
	}
	return reserved{room, store.Room.SaveSecret}, nil
}

// Reserve makes room on the disk, and sees to the key.
func (v *encryptedVault) Reserve(like secret.Text) (Reservation, error) {
	content, err := v.seal(like)
	if err != nil {
		return nil, err
	}
	room, err := v.place.ReserveSealed(content)
	if err != nil {
		return nil, err
	}
	return reserved{room, func(room store.Room, s secret.Text) error {
		content, err := v.seal(s)
		if err != nil {
			return err
		}
		return room.SaveSealed(content)
	}}, nil
}

// Reserve tries whether the keyring takes an item: it keeps no space free.
func (v ringVault) Reserve(secret.Text) (Reservation, error) {
	return unreserved{v}, Probe(v.ring)
}

// unreserved saves as ever.
type unreserved struct{ ringVault }

// Release has nothing to give up.
func (unreserved) Release() {}
