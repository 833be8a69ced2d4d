package sealed

import (
	"errors"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// The variables that name the file with the passphrase, or hold it. The first
// that is set counts.
const (
	FileVariable = "DATUM_CREDS_PASSPHRASE_FILE"
	Variable     = "DATUM_CREDS_PASSPHRASE"
)

// FromEnvironment returns the passphrase that the environment names; found
// tells whether it names any. The line end of a file does not count, and the
// file must be the user's alone, as a key file must.
func FromEnvironment(getenv func(string) string) (passphrase secret.Text, found bool, err error) {
	if path := getenv(FileVariable); path != "" {
		content, err := private.ReadKey(path)
		switch {
		case errors.Is(err, private.ErrNoFile), errors.Is(err, private.ErrTooLarge):
			return secret.Text{}, true, failure.New(failure.BadInput, "instead of a pipe, set "+Variable, "%s: %w", FileVariable, err)
		case errors.Is(err, private.ErrUnsafe):
			return secret.Text{}, true, failure.New(failure.Refused, "make the file that "+FileVariable+" names yours alone", "passphrase: %w", err)
		case err != nil:
			return secret.Text{}, true, failure.New(failure.BadInput, "", "%s: %w", FileVariable, err)
		}
		return secret.New(strings.TrimRight(string(content), "\r\n")), true, nil
	}
	text := getenv(Variable)
	return secret.New(text), text != "", nil
}

// WithoutPassphrase returns an environment for programs that have no business
// with the passphrase.
func WithoutPassphrase(env []string) []string {
	var kept []string
	for _, pair := range env {
		if name, _, _ := strings.Cut(pair, "="); !strings.EqualFold(name, Variable) { // Windows knows it by any case
			kept = append(kept, pair)
		}
	}
	return kept
}
