package cmd

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

func newStatusCommand(d Dependencies) *cobra.Command {
	o := &statusOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show a session: who, where, and how its token is",
		Long: `Show a session: who, where, how its token is, and why the last renewal failed.
Nothing is asked of a server. The exit code is 0 when there is a fresh token and
1 when the next request will have to renew it.

A line "Identity" appears where it is not certain whose the token is: if the auth
host did not say so at the last renewal, and for sessions of datumctl and of a CI
system, whose identity is decided elsewhere.`,
		Example: `  # the session in use
  kubectl datum-creds status

  # another one, for scripts
  kubectl datum-creds status --session robot -o json

  # what a key in the environment stands for
  DATUM_CREDENTIALS_FILE=key.json kubectl datum-creds status`,
		Args: cobra.NoArgs,
	}
	o.choice.add(cmd.Flags())
	cmd.Flags().StringVarP(&o.format, "output", "o", "", "Output format: json; lines by default.")
	return cli.Runs(cmd, o.parse)
}

// statusOptions are those of `status`.
type statusOptions struct {
	deps   Dependencies
	choice choiceFlags
	format string
}

func (o *statusOptions) parse([]string) (*statusOptions, error) {
	return o, oneOfFormats(o.format, "json")
}

// Run shows the session.
func (o *statusOptions) Run(context.Context) error {
	d := o.deps
	handle, err := o.choice.find(d, d.Auth())
	if err != nil {
		return err
	}
	r := describe(d, handle, currentName(d.Auth()))
	if o.format == "json" {
		err = writeIndented(d.Out, sessionStatus{headed("SessionStatus"), r})
	} else {
		err = writeStatus(d.Out, r, doubt(handle.Session), d.Now())
	}
	if err == nil && r.Token != "fresh" {
		return failure.Silent(failure.Found)
	}
	return err
}

func currentName(env auth.Environment) string {
	current, _ := env.Home.Current() // it only decides whether a mark is shown
	return current
}

func writeStatus(w io.Writer, r report, doubt string, now time.Time) error {
	lines := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, line := range [][2]string{
		{"Session", r.Name},
		{"Type", string(r.Type)},
		{"Email", r.Email},
		{"Subject", r.Subject},
		{"Identity", doubt},
		{"Issuer", r.Issuer},
		{"API", r.API},
		{"Storage", string(r.Storage)},
		{"Key file", r.KeyFile},
		{"Token", tokenLine(r, now)},
		{"Last error", r.LastError},
	} {
		if line[1] != "" {
			fmt.Fprintf(lines, "%s:\t%s\n", line[0], output.Text(line[1]))
		}
	}
	return lines.Flush()
}

func tokenLine(r report, now time.Time) string {
	if r.Expires == nil {
		return r.Token
	}
	left := r.Expires.Sub(now).Round(time.Second)
	if left <= 0 {
		return fmt.Sprintf("%s, expired %s ago", r.Token, -left)
	}
	return fmt.Sprintf("%s, for %s more (until %s)", r.Token, left, r.Expires.Format(time.RFC3339))
}

func newWhoamiCommand(d Dependencies) *cobra.Command {
	o := &whoamiOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "whoami",
		Short: "Print who is signed in",
		Long: `Print who is signed in. Nothing is asked of a server: it is whom the login named,
and each renewal is checked against it. Where that is not certain, a line on
standard error says why: the auth host does not say whose tokens it renews, or
the session is of datumctl or a CI system, whose identity is decided elsewhere.`,
		Example: `  # the session in use
  kubectl datum-creds whoami

  # another session
  kubectl datum-creds whoami --session robot

  # the account of a key
  kubectl datum-creds whoami --credentials key.json`,
		Args: cobra.NoArgs,
	}
	o.choice.add(cmd.Flags())
	return cli.Runs(cmd, func([]string) (*whoamiOptions, error) { return o, nil })
}

// whoamiOptions are those of `whoami`.
type whoamiOptions struct {
	deps   Dependencies
	choice choiceFlags
}

// Run prints the account of the session.
func (o *whoamiOptions) Run(context.Context) error {
	handle, err := o.choice.find(o.deps, o.deps.Auth())
	if err != nil {
		return err
	}
	fmt.Fprintln(o.deps.Out, output.Text(cmp.Or(handle.Session.Email, handle.Session.Subject)))
	if why := doubt(handle.Session); why != "" {
		o.deps.notify("The identity is " + why + ".")
	}
	return nil
}
