package cmd

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// report is what sessions, status and whoami show of a session.
type report struct {
	Name    string       `json:"name"`
	Current bool         `json:"current"`
	Type    session.Type `json:"type"`
	Email   string       `json:"email,omitempty"`
	Subject string       `json:"subject,omitempty"`
	// Identity is confirmed, as-of-login (the last renewal did not say whose its
	// token is) or unknown (a token service or datumctl decides).
	Identity identity        `json:"identity"`
	Issuer   string          `json:"issuer,omitempty"`
	API      string          `json:"api"`
	Storage  session.Storage `json:"storage"`
	KeyFile  string          `json:"keyFile,omitempty"`
	// Token is fresh, stale or none; Expires its end.
	Token   string     `json:"token"`
	Expires *time.Time `json:"expires,omitempty"`
	// LastError is why the last renewal failed; empty when it did not.
	LastError string `json:"lastError,omitempty"`
}

func describe(d Dependencies, handle auth.Handle, current string) report {
	s := handle.Session
	r := report{
		Name: s.Name, Current: s.Name == current, Type: s.Type, Email: s.Email, Subject: s.Subject, Identity: identityOf(s), Issuer: s.Issuer,
		API: s.API, Storage: s.Storage, KeyFile: s.KeyFile, Token: "none",
	}
	if token, err := handle.Kept(); err == nil {
		r.Token = "stale"
		if token.Fresh(d.Now()) {
			r.Token = "fresh"
		}
		if !token.Expires.IsZero() {
			expires := token.Expires.UTC().Truncate(time.Second)
			r.Expires = &expires
		}
	}
	if handle.Place != nil {
		r.LastError = handle.Place.Failure().Message
	}
	return r
}

func newSessionsCommand(d Dependencies) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "sessions",
		Aliases: []string{"list"},
		Short:   "List the sessions",
		Example: `  # who is signed in here
  kubectl datum-creds sessions

  # for scripts
  kubectl datum-creds sessions -o json

  # the names alone
  kubectl datum-creds sessions -o name`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return listSessions(d, format) },
	}
	cmd.Flags().StringVarP(&format, "output", "o", "", "Output format: json or name; a table by default.")
	return cmd
}

func listSessions(d Dependencies, format string) error {
	env := d.Auth()
	all, err := env.Home.Sessions()
	if err != nil {
		d.notify("some sessions cannot be read: " + err.Error())
	}
	current, err := env.Home.Current()
	if err != nil {
		return err
	}
	reports := make([]report, 0, len(all))
	for _, s := range all {
		if handle, err := env.Named(s.Name); err == nil {
			reports = append(reports, describe(d, handle, current))
		}
	}
	return writeReports(d.Out, reports, format)
}

func writeReports(w io.Writer, reports []report, format string) error {
	switch format {
	case "json":
		return writeIndented(w, sessionList{headed("SessionList"), reports})
	case "name":
		for _, r := range reports {
			fmt.Fprintln(w, output.Text(r.Name))
		}
		return nil
	case "":
		return writeTable(w, reports)
	}
	return cli.Use(fmt.Errorf("--output=%q: want json or name", format))
}

func writeTable(w io.Writer, reports []report) error {
	if len(reports) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "CURRENT\tNAME\tTYPE\tAPI\tSTORAGE\tTOKEN")
	for _, r := range reports {
		mark := ""
		if r.Current {
			mark = "*"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", mark, output.Text(r.Name), r.Type, r.API, r.Storage, r.Token)
	}
	return table.Flush()
}
