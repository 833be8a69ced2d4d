package oauth

import (
	"context"
	"net/url"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// DeviceCode is a login that a user is to approve elsewhere (RFC 8628).
type DeviceCode struct {
	Device secret.Text
	// User is what the user enters at Address; Complete is the address with the
	// code in it, or empty.
	User, Address, Complete string
	// Interval is the time between two questions, Life the end of asking.
	Interval, Life time.Duration
}

// The bounds of what a server may say of a device login.
const (
	defaultInterval = 5 * time.Second
	maxInterval     = time.Minute
	defaultLife     = 10 * time.Minute
	maxDeviceLife   = time.Hour
)

// RequestDevice begins a login with a device code.
func (c *Client) RequestDevice(ctx context.Context, endpoint string, form url.Values) (DeviceCode, error) {
	got, err := c.retry(ctx, func() (answer, error) { return c.post(ctx, endpoint, form) })
	if err != nil {
		return DeviceCode{}, err
	}
	var wire struct {
		Device   string `json:"device_code"`
		User     string `json:"user_code"`
		Address  string `json:"verification_uri"`
		Complete string `json:"verification_uri_complete"`
		Expires  number `json:"expires_in"`
		Interval number `json:"interval"`
	}
	if err := decode(got, hostOf(endpoint), &wire); err != nil {
		return DeviceCode{}, err
	}
	for _, address := range []string{wire.Address, wire.Complete} {
		if _, err := session.HTTPS(address); address != "" && err != nil {
			return DeviceCode{}, failure.New(failure.Refused, "", "the address to sign in at: %w", err)
		}
	}
	if wire.Device == "" || wire.User == "" || wire.Address == "" {
		return DeviceCode{}, &Error{Host: hostOf(endpoint), Status: got.status, Reason: "the answer holds no device code"}
	}
	return DeviceCode{
		Device: secret.New(wire.Device), User: wire.User, Address: wire.Address, Complete: wire.Complete,
		Interval: seconds(wire.Interval, defaultInterval, maxInterval), Life: seconds(wire.Expires, defaultLife, maxDeviceLife),
	}, nil
}

func seconds(n number, unset, most time.Duration) time.Duration {
	if n <= 0 {
		return unset
	}
	return min(time.Duration(min(n, maxLife))*time.Second, most)
}
