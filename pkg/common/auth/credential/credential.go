// Package credential finds the service account key that a command is to use,
// without reading more of it than its bytes.
package credential

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/shell"
)

// FileVariable names a key file; ContentVariables hold a key itself, raw or in
// base64. The first that is set counts.
const FileVariable = "DATUM_CREDENTIALS_FILE"

// ContentVariables returns the names of the variables that hold a key itself.
func ContentVariables() []string { return []string{"DATUM_CREDENTIALS", "DATUM_SA_CREDENTIALS"} }

// Credential is a key's content and where it came from, for messages.
type Credential struct {
	Content secret.Text
	Source  string
}

// Named reports whether the environment names a key.
func Named(getenv func(string) string) bool {
	return slices.ContainsFunc(append(ContentVariables(), FileVariable), func(name string) bool { return getenv(name) != "" })
}

// FromEnvironment returns the key that the environment names; found tells
// whether it names any.
func FromEnvironment(getenv func(string) string) (c Credential, found bool, err error) {
	if path := getenv(FileVariable); path != "" {
		c, err = FromFile(path)
		return c, true, err
	}
	for _, name := range ContentVariables() {
		if text := getenv(name); text != "" {
			return Credential{secret.New(text), "the variable " + name}, true, nil
		}
	}
	return Credential{}, false, nil
}

// FromFile reads a key file. One that others may read is refused: the key is
// not the account's alone any more.
func FromFile(path string) (Credential, error) {
	content, err := private.ReadKey(path)
	switch {
	case errors.Is(err, private.ErrNoFile):
		return Credential{}, failure.New(failure.BadInput, "for a pipe, use --credentials - and standard input", "key file: %w", err)
	case errors.Is(err, private.ErrTooLarge):
		return Credential{}, failure.New(failure.BadInput, "a key file has a few KiB: is it the right one?", "key file: %w", err)
	case errors.Is(err, private.ErrUnsafe):
		return Credential{}, failure.New(failure.Refused,
			"chmod 600 "+shell.Quote(path)+" (in a Pod: defaultMode 0440 with fsGroup), and make a new key if others could have read this one", "key file: %w", err)
	case err != nil:
		return Credential{}, failure.New(failure.BadInput, "", "key file: %w", err)
	}
	return Credential{secret.New(string(content)), "the file " + path}, nil
}

// maxKey bounds what is read from a stream.
const maxKey = 1 << 20

// FromReader reads a key from standard input.
func FromReader(r io.Reader) (Credential, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxKey))
	if err != nil {
		return Credential{}, fmt.Errorf("read the key from standard input: %w", err)
	}
	return Credential{secret.New(string(content)), "standard input"}, nil
}
