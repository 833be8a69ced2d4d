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
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Patience is how long a login may take.
const Patience = 5 * time.Minute

// secrets of one login: what only this process and its own callback know.
type secrets struct {
	// opened is the state of the login that the browser is started for, shown that
	// of the address on the terminal.
	opened, shown   string
	nonce, verifier string
}

func newSecrets() secrets {
	// Two texts of 130 bits each make a verifier of 52 characters; RFC 7636
	// wants 43 to 128.
	return secrets{opened: rand.Text(), shown: rand.Text(), nonce: rand.Text(), verifier: rand.Text() + rand.Text()}
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
	back, err := listen(ctx, callback{opened: own.opened, shown: own.shown, issuer: r.Endpoints.Issuer, mustIssuer: r.Endpoints.SendsIssuer},
		func(redirect string) string { return r.authorizationURL(own, own.opened, redirect) })
	if err != nil {
		return Result{}, err
	}
	defer back.close()
	r.show(ctx, r.authorizationURL(own, own.shown, back.url()), back.startURL())
	code, err := back.wait(ctx, func(line string) { fmt.Fprintln(r.Out, line) })
	if err != nil {
		return Result{}, failure.New(failure.Unable, "kubectl datum-creds login --device", "login: %w", err)
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

func (r Request) authorizationURL(own secrets, state, redirect string) string {
	u, err := url.Parse(r.Endpoints.Authorization)
	if err != nil {
		return r.Endpoints.Authorization // discovery has checked it
	}
	query := u.Query()
	for name, value := range map[string]string{
		"response_type": "code", "client_id": r.ClientID, "redirect_uri": redirect, "scope": Scope,
		"state": state, "nonce": own.nonce, "code_challenge": own.challenge(), "code_challenge_method": "S256",
		"prompt": "select_account",
	} {
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// show opens the browser at the start page, and prints the address for those
// whose browser does not open. What is opened is in the arguments of a program,
// which other users of the machine may read; what is printed is not.
func (r Request) show(ctx context.Context, address, start string) {
	fmt.Fprintf(r.Out, "Sign in with your browser. If none opens, open this address on this machine:\n\n  %s\n\n", address)
	if r.Open == nil {
		return
	}
	if err := r.Open(ctx, start); err != nil {
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
		return failure.New(failure.LoginNeeded, "kubectl datum-creds login", "login: %w", err)
	}
	return failure.New(failure.Unable, hint, "login: %w", err)
}

var errDenied = errors.New("the auth host says that access was denied")
