package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// leftover is what a killed process left in a place beside its session: a file,
// or an item of the keyring. Its handle's session says where its secret can be
// revoked.
type leftover struct {
	Handle
	file *store.Leftover // nil: it is in the keyring
}

// leftovers returns what is left beside a session; the zero Session if there is
// none. The caller holds the lock of the place.
func (e Environment) leftovers(place store.Place, kept session.Session) ([]leftover, error) {
	owners := append(e.pending(place), kept)
	files, err := place.Leftovers(kept.Storage)
	if err != nil {
		return nil, err
	}
	var all []leftover
	for _, file := range files {
		s := ownerOf(file.Storage, owners)
		if s.Storage = file.Storage; s.Storage == session.None {
			s.Storage = session.File // the view holds no secret, and a token perhaps
		}
		all = append(all, leftover{e.handle(s, &file.View, nil), &file})
	}
	if s, there := inRing(owners); there && kept.Storage != session.Keyring {
		all = append(all, leftover{e.handle(s, &place, nil), nil})
	}
	return all, nil
}

// pending returns the sessions of a login that was killed while it was saved.
func (e Environment) pending(place store.Place) []session.Session {
	pending, err := place.Pending()
	if err != nil {
		return nil // without it, less is known of what is left
	}
	return pending.Sessions()
}

// ownerOf returns the session that a secret in the storage is of; the last one if
// that is not known.
func ownerOf(storage session.Storage, owners []session.Session) session.Session {
	if i := slices.IndexFunc(owners, func(s session.Session) bool { return s.Storage == storage }); i >= 0 {
		return owners[i]
	}
	return owners[len(owners)-1]
}

// inRing returns the first session whose secret is in the keyring.
func inRing(all []session.Session) (session.Session, bool) {
	i := slices.IndexFunc(all, func(s session.Session) bool { return s.Storage == session.Keyring })
	if i < 0 {
		return session.Session{}, false
	}
	return all[i], true
}

// remove removes the file or the item.
func (l leftover) remove() error {
	if l.file != nil {
		return l.file.Remove()
	}
	kept, err := l.Vault()
	if err != nil {
		return err
	}
	return kept.Remove()
}

// end revokes the tokens of the leftover. One that is cut off holds none that
// anybody could use.
func (l leftover) end(ctx context.Context) error {
	_, err := l.revoke(ctx)
	switch {
	case errors.Is(err, store.ErrDamaged):
		l.env.Notify("A file that a killed login left behind is cut off, and is removed without being revoked: " + err.Error())
		return nil
	case l.file != nil && l.file.Storage == session.None && refused(err):
		return nil // the server revokes refresh tokens only
	}
	return err
}

// secret returns the secret of the leftover, empty if it cannot be read.
func (l leftover) secret() secret.Text {
	kept, err := l.Vault()
	if err != nil {
		return secret.Text{}
	}
	s, err := kept.Load()
	if err != nil {
		return secret.Text{}
	}
	return s
}

// Unfinished returns a handle on what a login left that was killed before there
// was a session, to log it out. It is false if it is not known whose login that
// was: Wipe removes such a one.
func (e Environment) Unfinished(place store.Place) (Handle, bool) {
	all := e.pending(place)
	if len(all) == 0 {
		return Handle{}, false
	}
	return e.handle(all[0], &place, nil), true
}

// Tidy removes what killed processes left in a place beside its session, and
// returns how many files and keyring items that were. It does not wait for the
// lock: lock.ErrTaken says that a process is at work in the place. It revokes
// nothing, because many servers count all logins of a person as one grant, and
// would end the session too.
func (e Environment) Tidy(place store.Place) (removed int, err error) {
	held, err := place.TryLock()
	if err != nil {
		return 0, err
	}
	defer held.Release()
	kept, err := place.Session()
	if err != nil && !place.Empty() {
		return 0, fmt.Errorf("leftovers: %w", err)
	}
	left, err := e.leftovers(place, kept)
	if err != nil {
		return 0, err
	}
	for _, l := range left {
		if err := l.remove(); err != nil {
			return removed, err
		}
		removed++
	}
	if len(e.pending(place)) > 0 {
		removed++
	}
	return removed, place.RemovePending()
}
