package main

import (
	"net/http"
	"testing"
	"time"
)

// TestASlowAuthHostDoesNotEndTheSession: it replaces the refresh token whether
// or not the client still waits, and takes the old one for stolen.
func TestASlowAuthHostDoesNotEndTheSession(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for longer than one attempt otherwise has, 11.5 s")
	}
	t.Parallel()
	b := newBed(t)
	place := b.session("s", expired())
	b.server.SetFault(func(_ http.ResponseWriter, _ *http.Request, n int) bool {
		if n == 1 {
			time.Sleep(11500 * time.Millisecond)
		}
		return false
	})
	for range 2 {
		if r := b.run([]string{question(apiHost)}, "get-token"); r.code != 0 || r.token() == "" {
			t.Fatalf("get-token: %+v", r)
		}
		if err := place.SaveToken(expired()); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.server.Requests("/oauth/v2/token"); n != 2 {
		t.Errorf("%d requests", n)
	}
}
