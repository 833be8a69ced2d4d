package oauth

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
)

const tokenPath = "/oauth/v2/token"

func rotate(ctx context.Context, c *Client, server *authtest.Server) (Grant, error) {
	return c.RequestRotating(ctx, server.URL+tokenPath, url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {server.NewRefreshToken()}, "client_id": {authtest.ClientID},
	})
}

// TestWhatWasSentIsNotSentAgain: the server may have replaced the refresh token
// before the line broke.
func TestWhatWasSentIsNotSentAgain(t *testing.T) {
	server := authtest.New(t)
	server.SetFault(func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler) // HTTP/2 ends the stream
		}
		conn.Close()
		return true
	})
	if _, err := rotate(t.Context(), client(t, server), server); err == nil {
		t.Error("no error")
	}
	if n := server.Requests(tokenPath); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestWhatWasAnsweredOrNeverSentIsTriedAgain(t *testing.T) {
	server := authtest.New(t)
	server.SetFault(func(w http.ResponseWriter, _ *http.Request, n int) bool {
		if n < 3 {
			w.WriteHeader([]int{http.StatusServiceUnavailable, http.StatusTooManyRequests}[n-1])
		}
		return n < 3
	})
	c := client(t, server)
	var dials atomic.Int32
	c.http.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials.Add(1) == 1 {
			return nil, errors.New("no route to host")
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	if grant, err := rotate(t.Context(), c, server); err != nil || grant.Refresh.Empty() {
		t.Errorf("RequestRotating = %+v, %v", grant, err)
	}
	if dials.Load() < 2 || server.Requests(tokenPath) != 3 {
		t.Errorf("%d dials, %d requests", dials.Load(), server.Requests(tokenPath))
	}
}

// TestAnAnswerIsReadAfterTheDeadline: the answer to a request that was sent is
// still read for a while after the context has ended, here on a clock of the
// test's own.
func TestAnAnswerIsReadAfterTheDeadline(t *testing.T) {
	server := authtest.New(t)
	c := client(t, server)
	answer := func(t *testing.T, late time.Duration) error {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		c.http.Transport = answers(func(r *http.Request) {
			httptrace.ContextClientTrace(r.Context()).WroteHeaders()
			cancel()
			time.Sleep(late)
		})
		_, err := rotate(ctx, c, server)
		return err
	}
	synctest.Test(t, func(t *testing.T) {
		if err := answer(t, linger-1); err != nil {
			t.Errorf("an answer within %v is lost: %v", linger, err)
		}
		if err := answer(t, linger+1); !errors.Is(err, context.Canceled) {
			t.Errorf("an answer after %v: error = %v", linger, err)
		}
	})
}

// answers is a transport that grants a token after the call, unless the context
// of the request has ended.
type answers func(*http.Request)

func (wait answers) RoundTrip(r *http.Request) (*http.Response, error) {
	wait(r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(`{"access_token":"a","token_type":"Bearer","refresh_token":"r","expires_in":60}`)),
	}, nil
}

func TestTheEndHoldsForWhatIsNotAnswered(t *testing.T) {
	server := authtest.New(t)
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	server.SetFault(func(http.ResponseWriter, *http.Request, int) bool { <-over; return true })
	because := errors.New("gave up")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, because)
	defer cancel()
	if _, err := rotate(ctx, client(t, server), server); !errors.Is(err, because) {
		t.Errorf("error = %v, want %v", err, because)
	}
	if _, err := rotate(ctx, client(t, server), server); err == nil || server.Requests(tokenPath) != 1 {
		t.Errorf("error = %v, %d requests: something is sent after the end", err, server.Requests(tokenPath))
	}
}
