package oauth

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
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

// TestAnAnswerThatIsThereIsReadAfterTheEnd: a process that was stopped past its
// deadline goes on with the answer waiting.
func TestAnAnswerThatIsThereIsReadAfterTheEnd(t *testing.T) {
	server := authtest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	server.SetFault(func(http.ResponseWriter, *http.Request, int) bool {
		cancel()
		time.Sleep(linger / 5)
		return false
	})
	if grant, err := rotate(ctx, client(t, server), server); err != nil || grant.Refresh.Empty() {
		t.Errorf("RequestRotating = %+v, %v", grant, err)
	}
}

func TestTheEndHoldsForWhatIsNotAnswered(t *testing.T) {
	server := authtest.New(t)
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	server.SetFault(func(http.ResponseWriter, *http.Request, int) bool { <-over; return true })
	because := errors.New("gave up")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, because)
	defer cancel()
	start := time.Now()
	if _, err := rotate(ctx, client(t, server), server); !errors.Is(err, because) || time.Since(start) > 5*time.Second {
		t.Errorf("error = %v after %v", err, time.Since(start))
	}
	if _, err := rotate(ctx, client(t, server), server); err == nil || server.Requests(tokenPath) != 1 {
		t.Errorf("error = %v, %d requests: something is sent after the end", err, server.Requests(tokenPath))
	}
}
