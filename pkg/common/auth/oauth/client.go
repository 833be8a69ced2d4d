// Package oauth talks to an OAuth 2.0 and OpenID Connect server: discovery,
// token requests, revocation, ID tokens. Every answer is hostile until parsed;
// nothing sent or received shows in an error.
package oauth

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
)

// Bounds of one request.
const (
	attemptTimeout  = 10 * time.Second
	maxAnswer       = 1 << 20
	handshakeAtMost = 5 * time.Second
)

// Client makes requests to one kind of server.
type Client struct {
	http      *http.Client
	userAgent string
	// Now and Sleep are the clock; tests have their own.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
	// bound gives an attempt its end.
	bound func(context.Context) (context.Context, context.CancelFunc)
}

// NewClient returns a client that trusts what Roots returns for caFile and more.
// The proxy is the environment's.
func NewClient(caFile, userAgent string, more ...string) (*Client, error) {
	roots, err := Roots(caFile, more...)
	if err != nil {
		return nil, err
	}
	// HTTP/1 only: GODEBUG=http2debug=2, which a kubeconfig may set for us, has
	// the library print what goes over HTTP/2.
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout: handshakeAtMost,
		Protocols:           &protocols,
	}
	return &Client{
		// A redirect would carry a credential to where nobody meant it to go.
		http:      &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		userAgent: userAgent,
		Now:       time.Now,
		Sleep:     sleep,
		bound:     timed,
	}, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// timed is the bound of an attempt that can be made again.
func timed(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, attemptTimeout, fmt.Errorf("no answer within %s", attemptTimeout))
}

// answer is a server's answer, whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do makes one attempt at a request.
func (c *Client) do(ctx context.Context, req *http.Request) (answer, error) {
	ctx, cancel := c.bound(ctx)
	defer cancel()
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req.WithContext(ctx))
	if err != nil {
		return answer{}, network(ctx, req, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	// A body that the deadline cut off can look like one that ended.
	if err != nil || ctx.Err() != nil {
		return answer{}, network(ctx, req, err)
	}
	if len(body) > maxAnswer {
		return answer{}, &Error{Host: req.URL.Host, Status: resp.StatusCode, Reason: "the answer is larger than 1 MiB"}
	}
	return answer{resp.StatusCode, resp.Header, body}, nil
}

// network wraps what went wrong on the way. The URL of http.Client's errors
// is left out: the host says enough.
func network(ctx context.Context, req *http.Request, err error) error {
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return &Error{Host: req.URL.Host, Err: address.RedactError(err), Retry: retryable(err)}
}
