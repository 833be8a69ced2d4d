package signin

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/oauth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// slower is what a server's slow_down adds to the interval.
const slower = 5 * time.Second

// Device signs in with a code that the user types in on another machine.
func (r Request) Device(ctx context.Context) (Result, error) {
	if r.Endpoints.Device == "" {
		return Result{}, failure.New(failure.Unable, "kubectl datum-creds login --browser", "%s offers no login with a device code", r.Endpoints.Issuer)
	}
	code, err := r.Client.RequestDevice(ctx, r.Endpoints.Device, url.Values{"client_id": {r.ClientID}, "scope": {Scope}})
	if err != nil {
		return Result{}, explain(err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, code.Life, fmt.Errorf("nobody entered the code within %s", code.Life))
	defer cancel()
	r.tell(code)
	grant, err := r.poll(ctx, code)
	if err != nil {
		return Result{}, explain(err)
	}
	return r.finish(ctx, grant, "")
}

// tell says where to enter the code. The texts are the server's.
func (r Request) tell(code oauth.DeviceCode) {
	fmt.Fprintf(r.Out, "Open this address on any machine:\n\n  %s\n\nand enter the code  %s\n\n", output.Text(code.Address), output.Text(code.User))
	if code.Complete != "" {
		fmt.Fprintf(r.Out, "or open the address with the code in it:\n\n  %s\n\n", output.Text(code.Complete))
	}
}

func (r Request) poll(ctx context.Context, code oauth.DeviceCode) (oauth.Grant, error) {
	form := url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {code.Device.Reveal()}, "client_id": {r.ClientID},
	}
	for interval := code.Interval; ; {
		if err := r.Client.Sleep(ctx, interval); err != nil {
			return oauth.Grant{}, err
		}
		// Retries are what polling is; but the server says how often.
		grant, err := r.Client.RequestToken(ctx, r.Endpoints.Token, oauth.Fixed(form))
		switch oauth.CodeOf(err) {
		case "authorization_pending":
		case "slow_down":
			interval += slower
		default:
			return grant, err
		}
	}
}
