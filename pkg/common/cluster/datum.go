package cluster

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/datum"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/renew"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// datumFlags name a control plane of Datum Cloud, which needs no kubeconfig.
type datumFlags struct{ project, organization, session string }

func (d *datumFlags) add(set *pflag.FlagSet) {
	datumSet := pflag.NewFlagSet("", pflag.ContinueOnError)
	datumSet.StringVar(&d.project, "datum-project", "", "Use the control plane of this Datum Cloud project, without a kubeconfig.")
	datumSet.StringVar(&d.organization, "datum-organization", "", "Use the control plane of this Datum Cloud organization, without a kubeconfig.")
	datumSet.StringVar(&d.session, "datum-session", "", "Session of kubectl datum-creds to use it as; the one in use by default.")
	cli.GroupFlags(datumSet, "Datum Cloud flags")
	set.AddFlagSet(datumSet)
}

func (d *datumFlags) given() bool { return d.project != "" || d.organization != "" || d.session != "" }

func (d *datumFlags) plane() (datum.ControlPlane, error) {
	switch {
	case d.project != "" && d.organization != "":
		return datum.ControlPlane{}, failure.Input(errors.New("--datum-project and --datum-organization: give one of them"))
	case d.project != "":
		return datum.ControlPlane{Scope: datum.Project, ID: d.project}, nil
	case d.organization != "":
		return datum.ControlPlane{Scope: datum.Organization, ID: d.organization}, nil
	}
	return datum.ControlPlane{}, failure.Input(errors.New("--datum-session needs --datum-project or --datum-organization"))
}

// kubeconfigFlags say which cluster in another way.
func kubeconfigFlags() []string {
	return []string{
		clientcmd.RecommendedConfigPathFlag, clientcmd.FlagContext, clientcmd.FlagClusterName, clientcmd.FlagAuthInfoName,
		clientcmd.FlagAPIServer, clientcmd.FlagBearerToken, clientcmd.FlagInsecure, clientcmd.FlagCAFile, clientcmd.FlagTLSServerName,
	}
}

// datumTarget returns the control plane that the flags name, with the tokens
// of a session.
func (f *Flags) datumTarget(userAgent string) (Target, error) {
	for _, name := range kubeconfigFlags() {
		if f.set.Changed(name) {
			return Target{}, failure.Input(fmt.Errorf("--%s does not go with --datum-project, --datum-organization and --datum-session", name))
		}
	}
	plane, err := f.datum.plane()
	if err != nil {
		return Target{}, err
	}
	timeout, err := f.timeout()
	if err != nil {
		return Target{}, err
	}
	namespace := f.GivenNamespace()
	target := Target{Context: plane.Name(), Namespace: namespace, NamespaceGiven: namespace != ""}
	if namespace == "" {
		target.Namespace = "default"
	}
	if target.Config, err = planeConfig(plane, userAgent, f.datum.session, f.notices()); err != nil {
		return Target{}, err
	}
	target.Config.Timeout, target.Config.Impersonate = timeout, f.impersonation()
	return target, nil
}

// planeConfig is how to reach a control plane with the tokens of a session, of
// the one in use where none is named.
func planeConfig(plane datum.ControlPlane, userAgent, session string, notices io.Writer) (*rest.Config, error) {
	if err := plane.Validate(); err != nil {
		return nil, err
	}
	handle, err := environment(userAgent, notices).Find(auth.Choice{Session: session})
	if err != nil {
		return nil, err
	}
	bundle, err := auth.Bundle(handle.Session.CAFile)
	if err != nil {
		return nil, err
	}
	return &rest.Config{
		Host: plane.URL(handle.Session.API), UserAgent: userAgent, QPS: -1,
		TLSClientConfig: rest.TLSClientConfig{CAData: bundle},
		WrapTransport:   func(next http.RoundTripper) http.RoundTripper { return bearer{handle, next} },
	}, nil
}

func (f *Flags) impersonation() rest.ImpersonationConfig {
	as := f.overrides.AuthInfo
	return rest.ImpersonationConfig{UserName: as.Impersonate, UID: as.ImpersonateUID, Groups: as.ImpersonateGroups, Extra: as.ImpersonateUserExtra}
}

func (f *Flags) timeout() (time.Duration, error) {
	if !f.set.Changed(clientcmd.FlagTimeout) {
		return defaultRequestTimeout, nil
	}
	timeout, err := clientcmd.ParseTimeout(f.overrides.Timeout)
	if err != nil {
		return 0, failure.Input(err)
	}
	return timeout, nil
}

// bearer gives every request a token that is fresh. One that the server
// refuses is renewed, and the request made once more if it can be. A request
// to another server, such as a redirect leads to, is not made.
type bearer struct {
	session auth.Handle
	next    http.RoundTripper
}

// RoundTrip makes the request.
func (b bearer) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := b.check(req.URL); err != nil {
		return nil, err
	}
	token, err := b.session.Token(req.Context(), renew.Want{})
	if err != nil {
		return nil, err
	}
	resp, err := b.next.RoundTrip(with(req, token.Access.Reveal()))
	again, ok := repeated(req)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || !ok {
		return resp, err
	}
	digest := token.Access.Digest()
	fresh, err := b.session.Token(req.Context(), renew.Want{Rejected: &digest})
	if err != nil || fresh.Access.Digest() == digest {
		return resp, nil //nolint:nilerr // the server's own refusal says more
	}
	_ = resp.Body.Close()
	return b.next.RoundTrip(with(again, fresh.Access.Reveal()))
}

// check tells why a server may not have the session's tokens. The client
// follows redirects, and would bring the token along wherever they lead.
func (b bearer) check(to *url.URL) error {
	api, err := url.Parse(b.session.Session.API)
	if err != nil {
		return err
	}
	if to.Scheme != "https" || session.Host(to) != session.Host(api) {
		return failure.New(failure.Refused, "", "%s://%s is not the API server of the session, and gets no token", to.Scheme, to.Host)
	}
	return nil
}

// with returns the request with a token; the original belongs to the caller.
func with(req *http.Request, token string) *http.Request {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+token)
	return req
}

// repeated returns the request for a second time, if its body can be had again.
func repeated(req *http.Request) (*http.Request, bool) {
	if req.Body == nil || req.Body == http.NoBody {
		return req, true
	}
	if req.GetBody == nil {
		return nil, false
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, false
	}
	again := req.Clone(req.Context())
	again.Body = body
	return again, true
}
