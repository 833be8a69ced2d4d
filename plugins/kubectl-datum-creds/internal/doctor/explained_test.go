package doctor

import (
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func TestAnUnexplainedFailure(t *testing.T) {
	last := store.Failure{Time: time.Now(), Code: failure.Unable, Message: "answered 400: the answer is empty", Hint: "kubectl datum-creds doctor"}
	failed("s", "jane", last).want(t, Warn, "the answer is empty", "kubectl datum-creds doctor")
	last.Unexplained = true
	got := failed("s", "jane", last)
	got.want(t, Warn, "the answer is empty. The server gives no reason. Some servers answer so when the refresh token", "kubectl datum-creds login --name 'jane'")
}

// TestATokenEndpointOfAnotherHost needs a login, and a key's another key.
func TestATokenEndpointOfAnotherHost(t *testing.T) {
	server := authtest.New(t)
	server.Endpoints = func(all map[string]any) { all["token_endpoint"] = "https://tokens.test/token" }
	s := session.Session{Name: "jane", Type: session.User, Issuer: server.URL, CAFile: server.CAFile, TokenURL: server.URL + "/oauth/v2/token"}
	p := patient(t, nil)
	p.host(t.Context(), s)[1].want(t, Warn, "its token endpoint is now https://tokens.test/token", "kubectl datum-creds login --name 'jane'")
	s.Type = session.ServiceAccount
	p.host(t.Context(), s)[1].want(t, Warn, "its token endpoint is now https://tokens.test/token", "make a new key")
}
