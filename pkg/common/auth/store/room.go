package store

import (
	"encoding/json"
	"path/filepath"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// growth is by how many bytes a secret may be longer than the one before it.
const growth = 4 << 10

// Room is space on the disk for the next secret of a session. Its functions
// use it up.
type Room struct{ room *private.Room }

// ReserveSecret makes room for a secret that is about as long as this one.
func (p Place) ReserveSecret(like secret.Text) (Room, error) {
	return p.reserve(secretFile, wireSecret{like.Reveal()})
}

// SaveSecret is Place.SaveSecret.
func (r Room) SaveSecret(s secret.Text) error { return r.write(wireSecret{s.Reveal()}) }

// ReserveSealed makes room for an encrypted secret that is about as long as this
// one.
func (p Place) ReserveSealed(like []byte) (Room, error) {
	return p.reserve(sealedFile, json.RawMessage(like))
}

// SaveSealed is Place.SaveSealed.
func (r Room) SaveSealed(content []byte) error { return r.write(json.RawMessage(content)) }

// Release gives the space back, if nothing was saved.
func (r Room) Release() { r.room.Release() }

func (p Place) reserve(name string, like any) (Room, error) {
	if err := p.makeDirs(); err != nil {
		return Room{}, err
	}
	content, err := json.Marshal(like)
	if err != nil {
		return Room{}, err
	}
	room, err := private.Reserve(filepath.Join(p.dir, name), len(content)+growth)
	return Room{room}, err
}

func (r Room) write(value any) error {
	content, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return r.room.Write(content)
}
