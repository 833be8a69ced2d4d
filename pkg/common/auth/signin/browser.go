package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/problem"
)

// Patience is how long a login may take.
const Patience = 5 * time.Minute

// secrets of one login: what only this process and its own callback know.
type secrets struct{ state, nonce, verifier string }

func newSecrets() secrets {
	// Two texts of 130 bits each make a verifier of 52 characters; RFC 7636
	// wants 43 to 128.
	return secrets{state: rand.Text(), nonce: rand.Text(), verifier: rand.Text() + rand.Text()}
}

// challenge is what of the verifier goes through the browser (S256).
func (s secrets) challenge() string {
	sum := sha256.Sum256([]byte(s.verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Browser signs in with a browser on this machine.
func (r Request) Browser(ctx context.Context) (Result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, Patience, fmt.Errorf("nobody signed in within %s", Patience))
	defer cancel()
	own := newSecrets()
	back, err := listen(ctx, callback{state: own.state, issuer: r.Endpoints.Issuer, mustIssuer: r.Endpoints.SendsIssuer})
	if err != nil {
		return Result{}, err
	}
	defer back.close()
	r.show(ctx, r.authorizationURL(own, back.url()))
	code, err := back.wait(ctx)
	if err != nil {
		return Result{}, problem.New(problem.Unable, "kubectl datum-creds login --device", "login: %w", err)
	}
	// A code is good for one use: a second attempt would only revoke the first.
	grant, err := r.Client.RequestTokenOnce(ctx, r.Endpoints.Token, url.Values{
		"grant_type": {"authorization_code"}, "code": {code.Reveal()}, "redirect_uri": {back.url()},
		"client_id": {r.ClientID}, "code_verifier": {own.verifier},
	})
	if err != nil {
		return Result{}, explain(err)
	}
	return r.finish(ctx, grant, own.nonce)
}

func (r Request) authorizationURL(own secrets, redirect string) string {
	u, err := url.Parse(r.Endpoints.Authorization)
	if err != nil {
		return r.Endpoints.Authorization // discovery has checked it
	}
	query := u.Query()
	for name, value := range map[string]string{
		"response_type": "code", "client_id": r.ClientID, "redirect_uri": redirect, "scope": Scope,
		"state": own.state, "nonce": own.nonce, "code_challenge": own.challenge(), "code_challenge_method": "S256",
		"prompt": "select_account",
	} {
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// show opens the browser, and prints the URL for those whose browser does not.
func (r Request) show(ctx context.Context, address string) {
	fmt.Fprintf(r.Out, "Sign in with your browser. If none opens, open this address on this machine:\n\n  %s\n\n", address)
	if r.Open == nil {
		return
	}
	if err := r.Open(ctx, address); err != nil {
		fmt.Fprintf(r.Out, "(no browser could be opened: %v)\n", err)
	}
}

// explain names what helps when the auth host refuses this client.
func explain(err error) error {
	hint := "kubectl datum-creds doctor"
	switch oauth.CodeOf(err) {
	case "invalid_client", "unauthorized_client":
		hint = "name a client that the auth host knows with --client-id"
	case "access_denied":
		return problem.New(problem.LoginNeeded, "kubectl datum-creds login", "login: %w", err)
	}
	return problem.New(problem.Unable, hint, "login: %w", err)
}

var errDenied = errors.New("the auth host says that access was denied")
