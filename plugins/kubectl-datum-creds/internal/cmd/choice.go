package cmd

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/credential"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// choiceFlags say whose token is wanted.
type choiceFlags struct{ session, credentials string }

func (c *choiceFlags) add(set *pflag.FlagSet) {
	set.StringVar(&c.session, "session", "", "Name of the session; the one in use by default.")
	set.StringVar(&c.credentials, "credentials", "", "Service account key file to use without a login; - reads standard input. Also "+
		credential.FileVariable+", or the key itself in DATUM_CREDENTIALS or DATUM_SA_CREDENTIALS.")
}

// find looks the session up in env. A key from standard input needs d.
func (c *choiceFlags) find(d Dependencies, env auth.Environment) (auth.Handle, error) {
	choice := auth.Choice{Session: c.session}
	if c.session != "" && c.credentials != "" {
		return auth.Handle{}, failure.Input(errors.New("--session and --credentials: give one of them"))
	}
	if c.credentials != "" {
		key, err := readCredential(d, c.credentials)
		if err != nil {
			return auth.Handle{}, err
		}
		choice.Credential = &key
	}
	return env.Find(choice)
}

// readCredential reads a key file, or standard input for "-".
func readCredential(d Dependencies, path string) (credential.Credential, error) {
	if path == "-" {
		return credential.FromReader(d.In)
	}
	return credential.FromFile(path)
}
