package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/datum"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

type loginOptions struct {
	deps        Dependencies
	hostname    string
	apiHostname string
	clientID    string
	caFile      string
	name        string
	storage     string
	browser     bool
	device      bool
	noUse       bool
	credentials string
	keepKey     bool
	datumctl    string
	fromHelper  bool
	fromSession string
	ciIdentity  string
	stsURL      string
	audience    string
	replace     bool
	// certificates are those of the session that is signed in again.
	certificates []string
	// given reports whether a flag is on the command line.
	given func(flag string) bool
}

func newLoginCommand(d Dependencies) *cobra.Command {
	o := &loginOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign in, and keep the session",
		Long: `Sign in, and keep the session.

A browser is opened on this machine, or, over SSH, in WSL, in a container and
without a display, a code is shown that you enter elsewhere.

The refresh token goes into the keyring of the operating system. Where there is
none, nothing is kept until you choose a file: --storage encrypted-file, under a
passphrase that each renewal needs, or --storage file, which your files' modes
alone protect. A session never changes from one to the other by itself.

With the --name of a session that is there, you sign in to it again: hosts,
client, certificates and storage are the session's where no flag says otherwise,
and the servers that it trusts stay trusted. Until the new session is saved the
old one works. Another type of session, person or server is refused without
--replace.`,
		Example: `  # sign in with a browser or a code, whichever works here
  kubectl datum-creds login

  # on a server without a keyring
  kubectl datum-creds login --device --storage file

  # again, when a session has ended
  kubectl datum-creds login --name jane@example.com@api.datum.net

  # a service account, whose key stays in its file
  kubectl datum-creds login --credentials ~/robot.json --name robot

  # use the session that datumctl has, without touching it
  kubectl datum-creds login --from-datumctl datumctl`,
		Args: cobra.NoArgs,
	}
	o.add(cmd)
	return cli.Runs(cmd, o.parse)
}

func (o *loginOptions) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	o.given = flags.Changed
	flags.StringVar(&o.hostname, "hostname", datum.AuthHost, "Auth host to sign in at.")
	flags.StringVar(&o.apiHostname, "api-hostname", "", "API host that the tokens are for; api.X for an auth host auth.X.")
	flags.StringVar(&o.clientID, "client-id", "", "OAuth client; needed for auth hosts that are not Datum's.")
	flags.StringVar(&o.caFile, "ca-file", "", "PEM certificates to trust besides the system's, for both hosts.")
	flags.StringVar(&o.name, "name", "", "Name of the session; EMAIL@API-HOST by default.")
	flags.StringVar(&o.storage, "storage", "", "Where to keep the refresh token or key: keyring (default), encrypted-file (under a passphrase: "+sealed.FileVariable+", "+sealed.Variable+", or asked for) or file.")
	flags.BoolVar(&o.browser, "browser", false, "Sign in with a browser on this machine.")
	flags.BoolVar(&o.device, "device", false, "Sign in with a code on another machine.")
	flags.BoolVar(&o.noUse, "no-use", false, "Do not make the session the one in use.")
	flags.StringVar(&o.credentials, "credentials", "", "Service account key file; - reads standard input.")
	flags.BoolVar(&o.keepKey, "keep-key", false, "Keep a copy of the service account's key, in --storage, so that the file can go.")
	flags.StringVar(&o.datumctl, "from-datumctl", "", "The datumctl (or other DATUM_CREDENTIALS_HELPER) whose session to use, read-only.")
	flags.BoolVar(&o.fromHelper, "from-helper", false, "The same with the program that "+helperVariable+" names, and the session of DATUM_SESSION: what datumctl tells its plugins.")
	flags.StringVar(&o.fromSession, "from-session", "", "Name of datumctl's session; the one it has in use by default.")
	flags.StringVar(&o.ciIdentity, "ci-identity", "", "CI identity to exchange at --sts-url: github, spacelift, env:NAME or file:/PATH. Datum offers no such service today.")
	flags.StringVar(&o.stsURL, "sts-url", "", "Token service (RFC 8693) for --ci-identity.")
	flags.StringVar(&o.audience, "audience", "", "Audience of the CI identity; --sts-url by default.")
	flags.BoolVar(&o.replace, "replace", false, "Replace a session of the same name that is of another type, person or server, and take over nothing from it.")
	cmd.MarkFlagsMutuallyExclusive("browser", "device", "credentials", "from-datumctl", "from-helper", "ci-identity")
}

func (o *loginOptions) parse([]string) (*loginOptions, error) {
	if err := o.helper(); err != nil {
		return nil, err
	}
	return o, o.misplaced()
}

// Run signs in and keeps the session.
func (o *loginOptions) Run(ctx context.Context) error {
	hosts, err := o.again()
	if err != nil {
		return err
	}
	var handle auth.Handle
	switch {
	case o.credentials != "":
		handle, err = o.serviceAccount(ctx, hosts)
	case o.datumctl != "":
		handle, err = o.fromDatumctl(ctx, hosts)
	case o.ciIdentity != "":
		handle, err = o.ambient(ctx, hosts)
	default:
		handle, err = o.user(ctx, hosts)
	}
	if err != nil {
		return err
	}
	if !o.noUse {
		if err := o.deps.Auth().Home.SetCurrent(handle.Session.Name); err != nil {
			return err
		}
	}
	fmt.Fprintf(o.deps.ErrOut, "Signed in: session %s, for %s.\n", output.Text(handle.Session.Name), handle.Session.API)
	fmt.Fprintln(o.deps.ErrOut, "Next: kubectl datum-creds update-kubeconfig --project PROJECT")
	return nil
}

// hosts is where a login goes.
type hosts struct {
	auth, api string
	ca        []byte
	caFile    string
	// certificates are the files and folders of Go's variables for roots.
	certificates []string
}

func (o *loginOptions) hosts() (h hosts, err error) {
	if h.auth, err = datum.Origin(o.hostname); err != nil {
		return h, err
	}
	if o.apiHostname != "" {
		h.api, err = datum.Origin(o.apiHostname)
	} else if o.credentials == "" { // a key file names it
		h.api, err = datum.API(h.auth)
	}
	if err != nil {
		return h, err
	}
	if h.caFile, err = auth.Absolute(o.caFile); err != nil {
		return h, err
	}
	if h.certificates, err = o.systemCertificates(); err != nil {
		return h, err
	}
	h.ca, err = auth.Bundle(h.caFile)
	return h, err
}

// systemCertificates returns what this login trusts in the place of the
// system's certificates, where crypto/x509 reads variables; else what the session
// that is signed in again does.
func (o *loginOptions) systemCertificates() ([]string, error) {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return nil, nil
	}
	named := append([]string{o.deps.Getenv("SSL_CERT_FILE")}, filepath.SplitList(o.deps.Getenv("SSL_CERT_DIR"))...)
	var paths []string
	for _, path := range named {
		if path == "" {
			continue
		}
		absolute, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		paths = append(paths, absolute)
	}
	if len(paths) == 0 {
		return o.certificates, nil
	}
	return paths, nil
}

// complete fills in what all sessions have.
func (o *loginOptions) complete(s session.Session, h hosts) (session.Session, error) {
	var err error
	s.CAFile, s.Certificates, s.Created = h.caFile, h.certificates, o.deps.Now()
	if s.API == "" {
		s.API = h.api
	}
	if s.Trust, err = auth.TrustOf(s.API, h.ca); err != nil {
		return s, err
	}
	if o.name != "" {
		s.Name = o.name
	} else {
		s.Name = defaultName(s)
	}
	return s, nil
}

// defaultName is EMAIL@API-HOST, as datumctl's sessions are called.
func defaultName(s session.Session) string {
	who := s.Email
	if who == "" {
		who = s.Subject
	}
	u, err := url.Parse(s.API)
	if err != nil || who == "" {
		return who
	}
	return who + "@" + u.Host
}

func (o *loginOptions) storageChoice(ctx context.Context) (session.Storage, error) {
	chosen, err := o.deps.Auth().ChooseStorage(session.Storage(o.storage))
	if err != nil {
		return "", err
	}
	if chosen == session.EncryptedFile {
		// Before the user signs in for nothing.
		env := o.deps.Auth()
		if err := env.Ask(ctx, o.name, true); err != nil {
			return "", err
		}
		if _, err := env.Passphrase(o.name, true); err != nil {
			return "", err
		}
	}
	if chosen == session.File && o.given("storage") {
		fmt.Fprintf(o.deps.ErrOut, "The session's secret is kept in a file below %s that only you can read.\n", o.deps.Auth().Home.Dir())
	}
	return chosen, nil
}

var errKeyFromStream = failure.With(failure.BadInput, errors.New("a key from standard input is gone after the login"), "add --keep-key, or name a file")
