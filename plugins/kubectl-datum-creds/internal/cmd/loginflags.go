package cmd

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/datum"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// misplaced refuses a flag that the type of login would not heed: whoever gave
// it believes that it counts.
func (o *loginOptions) misplaced() error {
	kind := o.kind()
	for _, f := range []struct {
		name  string
		kinds []session.Type
		with  string
	}{
		{"client-id", []session.Type{session.User, session.Ambient}, "a user's login or --ci-identity"},
		{"keep-key", []session.Type{session.ServiceAccount}, "--credentials"},
		{"from-session", []session.Type{session.Datumctl}, "--from-datumctl"},
		{"sts-url", []session.Type{session.Ambient}, "--ci-identity"},
		{"audience", []session.Type{session.Ambient}, "--ci-identity"},
		{"storage", []session.Type{session.User, session.ServiceAccount}, "a user's login or --keep-key"},
	} {
		if o.given(f.name) && !slices.Contains(f.kinds, kind) {
			return failure.Input(fmt.Errorf("--%s goes with %s only", f.name, f.with))
		}
	}
	if o.given("storage") && kind == session.ServiceAccount && !o.keepKey {
		return failure.With(failure.BadInput, errors.New("--storage goes with a key that is kept"), "add --keep-key, or leave --storage out: the key stays in its file")
	}
	return nil
}

// helperVariable names the program that datumctl's plugins ask for tokens.
const helperVariable = "DATUM_CREDENTIALS_HELPER"

// helper fills in what the environment says of datumctl. It counts at a login
// only: a kubeconfig sets the variables of get-token.
func (o *loginOptions) helper() error {
	if !o.fromHelper {
		return nil
	}
	if o.datumctl = o.deps.Getenv(helperVariable); o.datumctl == "" {
		return failure.With(failure.BadInput, errors.New("--from-helper: "+helperVariable+" is not set"), "name the program: --from-datumctl datumctl")
	}
	if !o.given("from-session") {
		o.fromSession = o.deps.Getenv("DATUM_SESSION")
	}
	return nil
}

// checkHost refuses an auth host that is not the key file's: the key says where
// it is known, and is sent nowhere else.
func (o *loginOptions) checkHost(tokenURL string) error {
	if !o.given("hostname") {
		return nil
	}
	want, err := datum.Origin(o.hostname)
	if err != nil {
		return err
	}
	u, err := url.Parse(tokenURL)
	if err != nil {
		return err
	}
	if !strings.EqualFold(u.Scheme+"://"+u.Host, want) {
		return failure.New(failure.Refused, "leave --hostname out", "the key file's token_uri is at %s, and not at %s", u.Host, want)
	}
	return nil
}
