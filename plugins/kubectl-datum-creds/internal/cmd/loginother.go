package cmd

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/ambient"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/keyfile"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/renew"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// serviceAccount signs a service account in: the session refers to the key
// file, or with --keep-key holds a copy of the key.
func (o *loginOptions) serviceAccount(ctx context.Context, h hosts) (auth.Handle, error) {
	if o.credentials == "-" && !o.keepKey {
		return auth.Handle{}, errKeyFromStream
	}
	key, err := readCredential(o.deps, o.credentials)
	if err != nil {
		return auth.Handle{}, err
	}
	parsed, err := keyfile.Parse(key.Content)
	if err != nil {
		return auth.Handle{}, keyfile.Explain(key, err)
	}
	s, err := auth.AccountSession(parsed.Account)
	if err != nil {
		return auth.Handle{}, keyfile.Explain(key, err)
	}
	if err := o.checkHost(parsed.TokenURL); err != nil {
		return auth.Handle{}, err
	}
	if h.api != "" && h.api != s.API {
		return auth.Handle{}, failure.New(failure.Refused, "leave --api-hostname out", "the key file's api_endpoint is %s, and not %s", s.API, h.api)
	}
	kept := secret.Text{}
	if o.keepKey {
		kept = key.Content
		if s.Storage, err = o.storageChoice(ctx); err != nil {
			return auth.Handle{}, err
		}
	} else if s.KeyFile, err = filepath.Abs(o.credentials); err != nil {
		return auth.Handle{}, err
	}
	if s, err = o.complete(s, h); err != nil {
		return auth.Handle{}, err
	}
	return o.proved(ctx, s, kept, func() (keyfile.Key, error) { return parsed, nil })
}

// fromDatumctl makes a session that asks datumctl. The program's path is kept,
// so that nobody else's datumctl is asked later.
func (o *loginOptions) fromDatumctl(ctx context.Context, h hosts) (auth.Handle, error) {
	helper, err := exec.LookPath(o.datumctl)
	if err == nil {
		helper, err = filepath.Abs(helper)
	}
	if err != nil {
		return auth.Handle{}, failure.New(failure.BadInput, "", "--from-datumctl: %w", err)
	}
	s, err := o.complete(session.Session{
		Type: session.Datumctl, Subject: "datumctl", Email: o.fromSession, Issuer: h.auth,
		Storage: session.None, Helper: helper, HelperSession: o.fromSession,
	}, h)
	if err != nil {
		return auth.Handle{}, err
	}
	return o.proved(ctx, s, secret.Text{}, nil)
}

// ambient makes a session of the CI system's identity.
func (o *loginOptions) ambient(ctx context.Context, h hosts) (auth.Handle, error) {
	if err := ambient.Check(o.ciIdentity); err != nil {
		return auth.Handle{}, err
	}
	if o.stsURL == "" {
		return auth.Handle{}, failure.Input(errors.New("--ci-identity needs --sts-url: Datum has no token service that it could name by itself"))
	}
	if _, err := session.HTTPS(o.stsURL); err != nil {
		return auth.Handle{}, failure.New(failure.BadInput, "", "--sts-url: %w", err)
	}
	audience := o.audience
	if audience == "" {
		audience = o.stsURL
	}
	s, err := o.complete(session.Session{
		Type: session.Ambient, Subject: "ci", Issuer: h.auth, TokenURL: o.stsURL, ClientID: o.clientID,
		Storage: session.None, CISource: o.ciIdentity, Audience: audience,
	}, h)
	if err != nil {
		return auth.Handle{}, err
	}
	return o.proved(ctx, s, secret.Text{}, nil)
}

// proved gets a first token and keeps the session only then: a login that
// gives none leaves an older session of the name as it was.
func (o *loginOptions) proved(ctx context.Context, s session.Session, kept secret.Text, key func() (keyfile.Key, error)) (auth.Handle, error) {
	env := o.deps.Auth()
	token, err := env.Unkept(s, key).Token(ctx, renew.Want{})
	if err != nil {
		return auth.Handle{}, err
	}
	return env.Add(ctx, auth.New{Session: s, Secret: kept, Token: token, Replace: o.replace})
}
