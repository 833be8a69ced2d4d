// Package ambient reads the identity that a CI system gives its jobs: GitHub
// Actions, GitLab, Spacelift, or a token file such as Kubernetes projects.
package ambient

import (
	"context"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// The sources, as a session names them. "env:NAME" and "file:PATH" are the
// general ones.
const (
	GitHub    = "github"
	Spacelift = "spacelift"
	envPrefix = "env:"
	fileStart = "file:"
)

// The places that Spacelift puts its identity token in.
const (
	spaceliftVariable = "SPACELIFT_OIDC_TOKEN"
	spaceliftFile     = "/mnt/workspace/spacelift.oidc"
)

// maxToken bounds an identity token.
const maxToken = 64 << 10

// Reader reads identities.
type Reader struct {
	Getenv func(string) string
	// Fetch gets a URL with a bearer token, and decodes the JSON of the answer.
	Fetch func(ctx context.Context, url string, bearer secret.Text, into any) error
}

// Check tells why a source cannot be one.
func Check(source string) error {
	switch {
	case source == GitHub, source == Spacelift:
		return nil
	case strings.HasPrefix(source, envPrefix) && len(source) > len(envPrefix):
		return nil
	case strings.HasPrefix(source, fileStart+"/"):
		return nil
	}
	return failure.New(failure.BadInput, "", "CI identity %q: want github, spacelift, env:NAME (GitLab's id_tokens) or file:/PATH", source)
}

// Identity reads the identity token anew.
func (r Reader) Identity(ctx context.Context, source, audience string) (secret.Text, error) {
	if err := Check(source); err != nil {
		return secret.Text{}, err
	}
	switch {
	case source == GitHub:
		return r.github(ctx, audience)
	case source == Spacelift:
		if text := r.Getenv(spaceliftVariable); text != "" {
			return token(text, source)
		}
		return fromFile(spaceliftFile, source)
	case strings.HasPrefix(source, envPrefix):
		return token(r.Getenv(strings.TrimPrefix(source, envPrefix)), source)
	default:
		return fromFile(strings.TrimPrefix(source, fileStart), source)
	}
}

// fromFile reads a token file. It is the CI system's, so that its owner and
// mode are that system's business; a projected one is behind a link.
func fromFile(path, source string) (secret.Text, error) {
	file, _, err := private.OpenFile(path)
	if err != nil {
		return secret.Text{}, missing(source, err.Error())
	}
	defer file.Close()
	content := make([]byte, maxToken)
	n, err := file.Read(content)
	if err != nil {
		return secret.Text{}, missing(source, "the file cannot be read, or is empty")
	}
	return token(string(content[:n]), source)
}

func token(text, source string) (secret.Text, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) >= maxToken || strings.Count(text, ".") != 2 {
		return secret.Text{}, missing(source, "there is no JWT")
	}
	return secret.New(text), nil
}

func missing(source, why string) error {
	return failure.New(failure.LoginNeeded, "give the job an identity token (see docs/datum-creds/README.md)", "CI identity %s: %s", source, why)
}
