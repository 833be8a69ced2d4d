package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
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
removed here. What cannot be revoked is kept, so that you can try again; with
--local it is removed here all the same, and so is a session that cannot be read.`,
		Example: `  # end the session in use
  kubectl datum-creds logout

  # end all sessions
  kubectl datum-creds logout --all

  # the auth host is gone for good
  kubectl datum-creds logout --session jane@example.com@api.datum.net --local`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	cmd.Flags().StringVar(&o.session, "session", "", "Name of the session; the one in use by default.")
	cmd.Flags().BoolVar(&o.all, "all", false, "End all sessions.")
	cmd.Flags().BoolVar(&o.local, "local", false, "Revoke nothing; only remove what is kept here.")
	cmd.MarkFlagsMutuallyExclusive("session", "all")
	return cmd
}

func (o *logoutOptions) run(ctx context.Context) error {
	env := o.deps.Auth()
	names, err := o.names(env)
	if err != nil {
		return err
	}
	var failures []error
	done := 0
	count := func(err error) {
		if err != nil {
			failures = append(failures, err)
			return
		}
		done++
	}
	broken := o.broken(env, names)
	for _, name := range names {
		if !slices.Contains(broken, env.Home.Session(name)) {
			count(o.one(ctx, env, name))
		}
	}
	for _, place := range broken { // what cannot be read keeps nobody else signed in
		count(o.wipe(ctx, env, place))
	}
	switch {
	case len(failures) == 0:
		return nil
	case done > 0 && len(broken) > 0 && !o.local:
		return cli.Fail(cli.SomeFailed, errors.Join(failures...), wipeHint)
	case done > 0:
		return cli.Fail(cli.SomeFailed, errors.Join(failures...), "")
	}
	return errors.Join(failures...)
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
	handle, err := env.Named(name)
	if err != nil {
		return err
	}
	accessLives, err := handle.Logout(ctx, o.local)
	if err != nil {
		return err
	}
	fmt.Fprintf(o.deps.ErrOut, "Signed out: session %s%s.\n", output.Text(name), fate(handle.Session, o.local, accessLives))
	if current, err := env.Home.Current(); err == nil && current == name {
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
