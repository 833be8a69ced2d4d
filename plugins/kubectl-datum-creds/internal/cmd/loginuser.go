package cmd

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/datum"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/signin"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/source"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// user signs a person in. Where the secret will be kept is settled first, so
// that nobody signs in for nothing.
func (o *loginOptions) user(ctx context.Context, h hosts) (auth.Handle, error) {
	storage, err := o.storageChoice(ctx)
	if err != nil {
		return auth.Handle{}, err
	}
	request, err := o.request(ctx, h)
	if err != nil {
		return auth.Handle{}, err
	}
	got, err := o.signIn(ctx, request)
	if err != nil {
		return auth.Handle{}, err
	}
	if got.Grant.Refresh.Empty() {
		return auth.Handle{}, failure.New(failure.Unable, "allow the client offline_access at the auth host", "%s gave no refresh token: the session would end with its first access token", h.auth)
	}
	who := got.Who.Email
	if who == "" {
		who = got.Who.Name
	}
	found := request.Endpoints
	s, err := o.complete(session.Session{
		Type: session.User, Subject: got.Who.Subject, Email: who, Issuer: found.Issuer, ClientID: request.ClientID,
		Scope: signin.Scope, TokenURL: found.Token, RevocationURL: found.Revocation, Storage: storage,
		// What later renewals are compared with.
		AccessSubject: source.AccessSubject(got.Grant.Access.Access, found.Issuer), UserInfoURL: found.UserInfo, NoUserInfo: found.UserInfo == "",
	}, h)
	if err != nil {
		return auth.Handle{}, err
	}
	token := source.WithExpiry(got.Grant.Access, got.Grant.Access.Issued)
	return o.deps.Auth().Add(ctx, auth.New{Session: s, Secret: got.Grant.Refresh, Token: token, Replace: o.replace})
}

func (o *loginOptions) request(ctx context.Context, h hosts) (signin.Request, error) {
	client := o.clientID
	if client == "" {
		client = datum.ClientID(h.auth[len("https://"):])
	}
	if client == "" {
		return signin.Request{}, failure.New(failure.BadInput, "name the OAuth client with --client-id", "%s is not Datum's, and its client is not known", h.auth)
	}
	web, err := oauth.NewClient(h.caFile, userAgent(), h.certificates...)
	if err != nil {
		return signin.Request{}, err
	}
	found, err := web.Discover(ctx, h.auth)
	if err != nil {
		return signin.Request{}, err
	}
	return signin.Request{Client: web, Endpoints: found, ClientID: client, Out: o.deps.ErrOut, Open: o.deps.OpenBrowser}, nil
}

func (o *loginOptions) signIn(ctx context.Context, request signin.Request) (signin.Result, error) {
	if o.way(request.Endpoints) == signin.ByDevice {
		return request.Device(ctx)
	}
	return request.Browser(ctx)
}

func (o *loginOptions) way(e oauth.Endpoints) signin.Way {
	switch {
	case o.browser:
		return signin.ByBrowser
	case o.device:
		return signin.ByDevice
	}
	way, why := signin.Surroundings{GOOS: runtime.GOOS, Getenv: o.deps.Getenv, Exists: exists, Finds: finds}.Choose()
	if way == signin.ByDevice && e.Device == "" {
		return signin.ByBrowser
	}
	if way == signin.ByDevice {
		fmt.Fprintf(o.deps.ErrOut, "Signing in with a code, because %s (--browser opens a browser all the same).\n\n", why)
	}
	return way
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func finds(command string) bool {
	_, err := exec.LookPath(command)
	return err == nil
}
