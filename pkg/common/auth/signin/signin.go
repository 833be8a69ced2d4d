// Package signin signs a user in: with a browser on this machine (RFC 8252,
// RFC 7636) or with a code on another one (RFC 8628).
package signin

import (
	"context"
	"io"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
)

// Scope is what a login asks for.
const Scope = "openid profile email offline_access"

// Request is a login.
type Request struct {
	Client    *oauth.Client
	Endpoints oauth.Endpoints
	ClientID  string
	// Out is where the user reads what to do; never standard output.
	Out io.Writer
	// Open opens a URL in a browser; nil: the user does.
	Open func(ctx context.Context, url string) error
}

// Result is a login that was granted, and who it is.
type Result struct {
	Grant oauth.Grant
	Who   oauth.Identity
}

// finish verifies who signed in.
func (r Request) finish(ctx context.Context, grant oauth.Grant, nonce string) (Result, error) {
	who, err := r.Client.Identify(ctx, r.Endpoints, r.ClientID, nonce, grant.ID)
	return Result{grant, who}, err
}
