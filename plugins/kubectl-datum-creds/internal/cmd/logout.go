package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

type logoutOptions struct {
	deps       Dependencies
	session    string
	all, local bool
}

func newLogoutCommand(d Dependencies) *cobra.Command {
	o := &logoutOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "End a session, at the auth host and here",
		Long: `End a session: its tokens are revoked at the auth host, then all of it is
removed here, with what killed logins to it left behind. What cannot be revoked is
kept, so that you can try again; with --local it is removed here all the same, and
so is a session that cannot be read.

With --all, the access tokens of service account keys that were used without a
login are removed too. They cannot be revoked.

The exit code is 1 when something was removed of a login that never finished, and
it is not known where that could be revoked.`,
		Example: `  # end the session in use
  kubectl datum-creds logout

  # end all sessions
  kubectl datum-creds logout --all

  # the auth host is gone for good
  kubectl datum-creds logout --session jane@example.com@api.datum.net --local`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().StringVar(&o.session, "session", "", "Name of the session; the one in use by default.")
	cmd.Flags().BoolVar(&o.all, "all", false, "End all sessions, and remove the access tokens of keys used without a login.")
	cmd.Flags().BoolVar(&o.local, "local", false, "Revoke nothing; only remove what is kept here.")
	cmd.MarkFlagsMutuallyExclusive("session", "all")
	return cli.Runs(cmd, func([]string) (*logoutOptions, error) { return o, nil })
}

// Run ends the sessions.
func (o *logoutOptions) Run(ctx context.Context) error {
	env := o.deps.Auth()
	names, err := o.names(env)
	if err != nil {
		return err
	}
	var t tally
	broken := o.broken(env, names)
	for _, name := range names {
		if !slices.Contains(broken, env.Home.Session(name)) {
			t.count(o.one(ctx, env, name))
		}
	}
	for _, place := range broken { // a session that cannot be read does not keep the others
		t.count(o.wipe(ctx, env, place))
	}
	if o.all {
		o.rest(ctx, env, &t)
	}
	hint := ""
	if len(broken) > 0 && !o.local {
		hint = wipeHint
	}
	return t.err(hint)
}

// rest ends what --all ends besides sessions.
func (o *logoutOptions) rest(ctx context.Context, env auth.Environment, t *tally) {
	unfinished, err := env.Home.Unfinished()
	t.failed(err)
	for _, place := range unfinished {
		t.count(o.unfinished(ctx, env, place, ""))
	}
	cached, err := env.Cached()
	t.failed(err)
	for _, handle := range cached {
		t.count(o.cached(ctx, handle))
	}
}

// tally is what became of all that is ended.
type tally struct {
	failures []error
	done     int
	// found is true if something was removed that may still be valid.
	found bool
}

// count counts one that was done or not.
func (t *tally) count(err error) {
	if errors.Is(err, errNotRevoked) {
		t.found, err = true, nil
	}
	if t.failed(err); err == nil {
		t.done++
	}
}

func (t *tally) failed(err error) {
	if err != nil {
		t.failures = append(t.failures, err)
	}
}

// err is the error of the command; hint is for some that failed, others done.
func (t *tally) err(hint string) error {
	switch {
	case len(t.failures) > 0 && t.done > 0:
		return failure.With(failure.SomeFailed, errors.Join(t.failures...), hint)
	case len(t.failures) > 0:
		return errors.Join(t.failures...)
	case t.found:
		return failure.Silent(failure.Found)
	}
	return nil
}

func (o *logoutOptions) names(env auth.Environment) ([]string, error) {
	if !o.all {
		name, err := nameOrCurrent(env, o.session)
		if err != nil {
			return nil, err
		}
		return []string{name}, nil
	}
	all, err := env.Home.Sessions()
	if err != nil && len(env.Home.Unreadable()) == 0 { // of which broken tells
		return nil, err
	}
	names := make([]string, 0, len(all))
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names, nil
}

func (o *logoutOptions) one(ctx context.Context, env auth.Environment, name string) error {
	if place := env.Home.Session(name); place.Unfinished() {
		return o.unfinished(ctx, env, place, name)
	}
	handle, err := env.Named(name)
	if err != nil {
		return err
	}
	accessLives, err := handle.Logout(ctx, o.local)
	if err != nil {
		return err
	}
	fmt.Fprintf(o.deps.ErrOut, "Signed out: session %s%s.\n", output.Text(name), fate(handle.Session, o.local, accessLives))
	return notInUse(env, handle.Place)
}

// notInUse ends the use of a session that is not there any more.
func notInUse(env auth.Environment, place *store.Place) error {
	if current, err := env.Home.Current(); err == nil && env.Home.Session(current) == *place {
		return env.Home.SetCurrent("")
	}
	return nil
}

// fate says what became of the tokens.
func fate(s session.Session, local, accessLives bool) string {
	switch {
	case accessLives:
		return "; its refresh token is revoked, and its access token ends by itself"
	case s.Type == session.User && !local && s.RevocationURL != "":
		return "; its tokens are revoked"
	case s.Type == session.User:
		return "; its tokens are removed here, and stay valid at the auth host until they expire"
	case s.KeyFile != "":
		return "; its key file is where it was"
	}
	return ""
}
