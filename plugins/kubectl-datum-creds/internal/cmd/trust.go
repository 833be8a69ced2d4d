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
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

type trustOptions struct {
	deps        Dependencies
	session     string
	caFile      string
	withoutInfo bool
	revoke      bool
	named       []string
}

func newTrustCommand(d Dependencies) *cobra.Command {
	o := &trustOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "trust [SERVER]",
		Short: "Let another API server have a session's tokens",
		Long: `Let another API server have a session's tokens.

get-token gives a token only for the API server of the session, with the
certificates that the session knows. This command adds a server. It is kept
with the session, because the arguments and variables of a credential helper
are written by whoever wrote the kubeconfig.`,
		Example: `  # a private endpoint of the same API
  kubectl datum-creds trust https://api.internal.example.com --certificate-authority ca.pem

  # clients that cannot say which server they ask for (Terraform's exec block)
  kubectl datum-creds trust --without-cluster-info

  # take it back
  kubectl datum-creds trust https://api.internal.example.com --remove`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().StringVar(&o.session, "session", "", "Name of the session; the one in use by default.")
	cmd.Flags().StringVar(&o.caFile, "certificate-authority", "", "PEM certificates that kubeconfigs for the server hold.")
	cmd.Flags().BoolVar(&o.withoutInfo, "without-cluster-info", false, "Also answer clients that do not tell their server (provideClusterInfo: false).")
	cmd.Flags().BoolVar(&o.revoke, "remove", false, "Take the trust back.")
	return cli.Runs(cmd, o.parse)
}

func (o *trustOptions) parse(args []string) (*trustOptions, error) {
	if len(args) == 0 && !o.withoutInfo {
		return nil, errors.New("name a server, or give --without-cluster-info")
	}
	o.named = args
	return o, nil
}

// Run changes whom the session trusts.
func (o *trustOptions) Run(ctx context.Context) error {
	env := o.deps.Auth()
	name, err := nameOrCurrent(env, o.session)
	if err != nil {
		return err
	}
	handle, err := env.Named(name)
	if err != nil {
		return err
	}
	return handle.Locked(ctx, func() error { return o.change(env, name) })
}

// change reads the session anew, under its lock.
func (o *trustOptions) change(env auth.Environment, name string) error {
	handle, err := env.Named(name)
	if err != nil {
		return err
	}
	s := handle.Session
	if o.withoutInfo {
		s.Trust.WithoutClusterInfo = !o.revoke
	}
	for _, server := range o.named {
		if s.Trust.Servers, err = o.servers(s.Trust.Servers, server); err != nil {
			return err
		}
	}
	if err := handle.Place.SaveSession(s); err != nil {
		return err
	}
	for _, server := range s.Trust.Servers {
		fmt.Fprintln(o.deps.ErrOut, "Session "+output.Text(name)+" gives tokens for "+output.Text(server.Host)+".")
	}
	if s.Trust.WithoutClusterInfo {
		fmt.Fprintln(o.deps.ErrOut, "Session "+output.Text(name)+" gives tokens to clients that do not tell their server.")
	}
	return nil
}

func (o *trustOptions) servers(all []session.Server, server string) ([]session.Server, error) {
	u, err := session.HTTPS(server)
	if err != nil {
		return nil, failure.New(failure.BadInput, "", "%w", err)
	}
	bundle, err := auth.Bundle(o.caFile)
	if err != nil {
		return nil, err
	}
	want := session.Server{Host: session.Host(u), CASHA256: session.CADigest(bundle)}
	all = slices.DeleteFunc(slices.Clone(all), func(s session.Server) bool {
		return s == want || (o.revoke && o.caFile == "" && s.Host == want.Host)
	})
	if o.revoke {
		return all, nil
	}
	return append(all, want), nil
}
