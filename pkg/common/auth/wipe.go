package auth

import (
	"context"
	"errors"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// Wipe removes what is kept here of a session that cannot be read. Nothing of
// it can be revoked, for nobody knows where. Where its secret was is not known
// either, so that the keyring is asked too.
func (e Environment) Wipe(ctx context.Context, place store.Place) error {
	inRing := e.handle(session.Session{Storage: session.Keyring}, &place, nil)
	err := inRing.Locked(ctx, func() error {
		if err := place.Remove(); err != nil {
			return err
		}
		kept, err := inRing.Vault()
		if err == nil {
			err = kept.Remove()
		}
		if err != nil {
			e.Notify("if its secret was in the keyring, it is still there: " + err.Error())
		}
		return nil
	})
	if errors.Is(err, private.ErrUnsafe) {
		return problem.New(problem.Refused, "make the folder yours alone, and try again", "wipe: %w", err)
	}
	return err
}
