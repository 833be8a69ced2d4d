package cmd

import (
	"context"
	"errors"
	"io/fs"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// broken returns the places of the sessions that are to be ended and cannot be
// read.
func (o *logoutOptions) broken(env auth.Environment, names []string) []store.Place {
	if o.all {
		return env.Home.Unreadable()
	}
	var all []store.Place
	for _, name := range names {
		place := env.Home.Session(name)
		if _, err := place.Session(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = append(all, place)
		}
	}
	return all
}

const wipeHint = "what cannot be read cannot be revoked; to remove it here: add --local"

// wipe removes a session that cannot be read, where the user knows that it
// cannot be revoked.
func (o *logoutOptions) wipe(ctx context.Context, env auth.Environment, place store.Place) error {
	if !o.local {
		_, err := place.Session()
		return failure.New(failure.Refused, wipeHint,
			"the session in %s cannot be read: %w", place.Dir(), err)
	}
	if err := env.Wipe(ctx, place); err != nil {
		return err
	}
	if err := notInUse(env, &place); err != nil {
		return err
	}
	o.deps.notify("Removed: what was in " + place.Dir() + ". That session could not be read, and was not revoked: if it was a user's, end it at the auth host.")
	return nil
}
