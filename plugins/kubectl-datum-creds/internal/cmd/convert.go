package cmd

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/kubeconfig"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/entries"
)

type convertOptions struct {
	deps    Dependencies
	file    fileFlags
	session string
	dryRun  bool
}

func newConvertCommand(d Dependencies) *cobra.Command {
	o := &convertOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "convert-kubeconfig",
		Short: "Pin the contexts that datumctl made to a session",
		Long: `Pin the contexts that datumctl made to a session. All of datumctl's contexts share
one user entry, datum-user, so that they all change when it does; here each gets
the entry of its session. The lines that change are printed, without the secrets
of fields that kubeconfigs have for them, and the file as it
was is kept beside it.`,
		Example: `  # each context to the session that its entry names
  kubectl datum-creds convert-kubeconfig

  # what would change
  kubectl datum-creds convert-kubeconfig --dry-run

  # entries that name no session
  kubectl datum-creds convert-kubeconfig --session jane@example.com@api.datum.net`,
		Args: cobra.NoArgs,
	}
	o.file.add(cmd.Flags())
	cmd.Flags().StringVar(&o.session, "session", "", "Session for all of the contexts; else the one of the name in each entry.")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "Print the lines that would change, without the secrets in them, and change nothing.")
	return cli.Runs(cmd, func([]string) (*convertOptions, error) { return o, o.file.check() })
}

// Run edits the kubeconfig.
func (o *convertOptions) Run(ctx context.Context) error {
	paths, err := o.file.paths(o.deps)
	if err != nil {
		return err
	}
	conversion := entries.Conversion{SessionFor: o.sessionFor, Mode: o.file.mode, Skipped: func(name, why string) {
		o.deps.notify("context " + name + " is left as it is: " + why)
	}}
	change := func(s kubeconfig.Set) (kubeconfig.Change, error) {
		want, err := conversion.Change(s)
		if err != nil || o.dryRun || len(want.Entries) == 0 {
			return want, err
		}
		return want, o.backUp(s, want)
	}
	edited, err := editKubeconfig(ctx, o.deps, paths, o.dryRun, change)
	if err != nil {
		return err
	}
	if len(edited) == 0 {
		fmt.Fprintln(o.deps.ErrOut, "Nothing to convert: no context calls datumctl.")
		return nil
	}
	if o.dryRun {
		return nil // the lines are printed
	}
	return showDiff(o.deps, edited)
}

// backUp keeps the files that change, as they are, where only their owner can
// read them.
func (o *convertOptions) backUp(s kubeconfig.Set, want kubeconfig.Change) error {
	edited, err := s.Plan(want)
	if err != nil {
		return err
	}
	for _, e := range edited {
		path := e.Path + ".before-convert-" + o.deps.Now().UTC().Format("20060102T150405Z")
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("keep the file as it was: %w", err)
		}
		if err := private.Finish(file, e.Before); err != nil {
			return fmt.Errorf("keep the file as it was: %w", err)
		}
		o.deps.notify("The file as it was: " + path)
	}
	return nil
}

func (o *convertOptions) sessionFor(named string) (session.Session, error) {
	name := o.session
	if name == "" {
		name = named
	}
	if name == "" {
		return session.Session{}, failure.New(failure.BadInput, "name one with --session", "datumctl's entry names no session")
	}
	handle, err := o.deps.Auth().Named(name)
	if err != nil {
		return session.Session{}, failure.New(failure.CodeOf(err), session.LoginCommand(name)+", or name another with --session", "%w", err)
	}
	return handle.Session, nil
}
