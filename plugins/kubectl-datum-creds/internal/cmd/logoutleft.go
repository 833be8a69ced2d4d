package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// errNotRevoked says that something was removed that may still be valid: nobody
// knows where it could be revoked, now or later.
var errNotRevoked = errors.New("not revoked")

// unfinished ends a login that was killed before there was a session. name is the
// session's, if it is known.
func (o *logoutOptions) unfinished(ctx context.Context, env auth.Environment, place store.Place, name string) error {
	handle, known := env.Unfinished(place)
	if !known {
		return o.unknown(ctx, env, place, name)
	}
	accessLives, err := handle.Logout(ctx, o.local)
	if err != nil {
		return err
	}
	fmt.Fprintf(o.deps.ErrOut, "Removed: what a login of session %s left behind, which never finished%s.\n",
		output.Text(handle.Session.Name), fate(handle.Session, o.local, accessLives))
	return notInUse(env, &place)
}

// unknown removes what such a login left if it is not known where it was.
func (o *logoutOptions) unknown(ctx context.Context, env auth.Environment, place store.Place, name string) error {
	if err := env.Wipe(ctx, place); err != nil {
		return err
	}
	where := place.Dir()
	if name != "" {
		where = "session " + name
	}
	o.deps.notify("Removed: what a login left behind in " + where +
		". It could not be revoked, because the login never finished: if it was a user's, end it at the auth host.")
	if err := notInUse(env, &place); err != nil || o.local {
		return err
	}
	return errNotRevoked
}

// cached removes the access token of a key that was used without a login.
func (o *logoutOptions) cached(ctx context.Context, handle auth.Handle) error {
	token, noToken := handle.Kept()
	if _, err := handle.Logout(ctx, o.local); err != nil {
		return err
	}
	if noToken == nil {
		fmt.Fprintf(o.deps.ErrOut, "Removed: the access token of %s%s.\n", keyName(handle), lifeOf(token, o.deps.Now()))
	}
	return nil
}

// keyName names a key that was used without a login.
func keyName(handle auth.Handle) string {
	if handle.Session.Name == "" {
		return "the key in " + output.Text(handle.Place.Dir())
	}
	return "the key of " + output.Text(handle.Session.Name)
}

// lifeOf says for how long an access token that is not revoked goes on working.
func lifeOf(token store.Token, now time.Time) string {
	switch {
	case token.Expires.IsZero():
		return "; it cannot be revoked, and stays valid until it expires"
	case token.Alive(now):
		return "; it cannot be revoked, and stays valid until " + token.Expires.UTC().Format(time.RFC3339)
	}
	return ", which had expired"
}
