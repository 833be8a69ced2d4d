package oauth

import (
	"context"
	"errors"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// linger is how long an answer is still read after the end of time: a process
// that was stopped in between finds it there when it goes on.
const linger = 500 * time.Millisecond

// RequestRotating is RequestToken for what the server may replace when it is
// used, and take for stolen when it comes again. One attempt has all the time
// there is: a server that is slow has perhaps replaced it already. It is
// repeated only if it was never sent, or the server answered that it failed.
func (c *Client) RequestRotating(ctx context.Context, endpoint string, form url.Values) (Grant, error) {
	var asked time.Time
	got, err := c.retry(ctx, func() (answer, error) {
		asked = c.Now()
		return c.postOnce(ctx, endpoint, form)
	})
	if err != nil {
		return Grant{}, err
	}
	return parseGrant(got, hostOf(endpoint), asked)
}

// postOnce makes an attempt that is not to be made again once it was sent.
func (c *Client) postOnce(ctx context.Context, endpoint string, form url.Values) (answer, error) {
	var sent atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})
	patient := *c
	patient.bound = func(ctx context.Context) (context.Context, context.CancelFunc) { return lingering(ctx, sent.Load) }
	got, err := patient.post(traced, endpoint, form)
	var failed *Error
	if errors.As(err, &failed) && failed.Status == 0 && sent.Load() {
		failed.Retry = false
	}
	return got, err
}

// lingering returns a context that ends with the other, but a little later if
// the request was sent by then.
func lingering(ctx context.Context, sent func() bool) (context.Context, context.CancelFunc) {
	longer, end := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if sent() {
			_ = sleep(longer, linger)
		}
		end(context.Cause(ctx))
	})
	return longer, func() { stop(); end(nil) }
}
