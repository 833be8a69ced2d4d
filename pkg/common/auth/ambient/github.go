package ambient

import (
	"context"
	"net/url"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// The variables that GitHub Actions gives a job with `id-token: write`.
const (
	githubURL   = "ACTIONS_ID_TOKEN_REQUEST_URL"
	githubToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
)

// githubHosts is where GitHub serves identity tokens. The request token goes
// nowhere else: a kubeconfig can set variables for its helper.
const githubHosts = ".actions.githubusercontent.com"

// github asks GitHub for an identity token for the audience.
func (r Reader) github(ctx context.Context, audience string) (secret.Text, error) {
	bearer := secret.New(r.Getenv(githubToken))
	if r.Getenv(githubURL) == "" || bearer.Empty() {
		return secret.Text{}, missing(GitHub, "the job has no identity: it needs `permissions: id-token: write`")
	}
	u, err := session.HTTPS(r.Getenv(githubURL))
	if err != nil || !strings.HasSuffix(session.Host(u), githubHosts) {
		return secret.Text{}, failure.New(failure.Refused, "", "CI identity github: %s is not at *%s", githubURL, githubHosts)
	}
	query := u.Query()
	query.Set("audience", audience)
	u.RawQuery = query.Encode()
	var answer struct {
		Value string `json:"value"`
	}
	if err := r.Fetch(ctx, (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawQuery: u.RawQuery}).String(), bearer, &answer); err != nil {
		return secret.Text{}, failure.New(failure.Unable, "", "CI identity github: %w", err)
	}
	return token(answer.Value, GitHub)
}
