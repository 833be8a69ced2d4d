package cmd

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
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
	o := &sessionsOptions{deps: d}
	cmd := &cobra.Command{
		Use:     "sessions",
		Aliases: []string{"list"},
		Short:   "List the sessions",
		Long: `List the sessions, and the access tokens that are kept of service account keys
which were used without a login: their type is key. logout --all removes both.`,
		Example: `  # who is signed in here
  kubectl datum-creds sessions

  # for scripts
  kubectl datum-creds sessions -o json

  # the names alone
  kubectl datum-creds sessions -o name`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().StringVarP(&o.format, "output", "o", "", "Output format: json or name; a table by default.")
	return cli.Runs(cmd, o.parse)
}

// sessionsOptions are those of `sessions`.
type sessionsOptions struct {
	deps   Dependencies
	format string
}

func (o *sessionsOptions) parse([]string) (*sessionsOptions, error) {
	return o, oneOfFormats(o.format, "json", "name")
}

// Run lists the sessions.
func (o *sessionsOptions) Run(context.Context) error {
	d := o.deps
	env := d.Auth()
	all, err := env.Home.Sessions()
	if err != nil {
		d.notify("some sessions cannot be read: " + err.Error())
	}
	current, err := env.Home.Current()
	if err != nil {
		return err
	}
	list := sessionList{heading: headed("SessionList"), Items: make([]report, 0, len(all))}
	for _, s := range all {
		if handle, err := env.Named(s.Name); err == nil {
			list.Items = append(list.Items, describe(d, handle, current))
		}
	}
	if list.Credentials, err = cachedTokens(d, env); err != nil {
		d.notify("some access tokens of keys cannot be listed: " + err.Error())
	}
	return writeSessions(d.Out, list, o.format)
}

// typeKey is the type of what is no session: a key that was used without a login.
const typeKey session.Type = "key"

// cachedTokens returns the access tokens of keys that were used without a login.
func cachedTokens(d Dependencies, env auth.Environment) ([]report, error) {
	all, err := env.Cached()
	var reports []report
	for _, handle := range all {
		if _, err := handle.Kept(); err == nil {
			r := describe(d, handle, "")
			r.Type, r.Current = typeKey, false
			reports = append(reports, r)
		}
	}
	slices.SortStableFunc(reports, func(a, b report) int { return strings.Compare(a.Name, b.Name) })
	return reports, err
}

func writeSessions(w io.Writer, list sessionList, format string) error {
	switch format {
	case "json":
		return writeIndented(w, list)
	case "name":
		for _, r := range list.Items {
			fmt.Fprintln(w, output.Text(r.Name))
		}
		return nil
	}
	return writeTable(w, slices.Concat(list.Items, list.Credentials))
}

func writeTable(w io.Writer, reports []report) error {
	if len(reports) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "CURRENT\tNAME\tTYPE\tAPI\tSTORAGE\tTOKEN\tEXPIRES")
	for _, r := range reports {
		mark, expires := "", ""
		if r.Current {
			mark = "*"
		}
		if r.Expires != nil {
			expires = r.Expires.Format(time.RFC3339)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", mark, output.Text(r.Name), r.Type, r.API, r.Storage, r.Token, expires)
	}
	return table.Flush()
}
