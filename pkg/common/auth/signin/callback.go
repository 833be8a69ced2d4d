package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// callbackPath is the path that Datum's client allows; any port goes with it.
const callbackPath = "/datumctl/auth/callback"

// callback is what a genuine answer carries.
type callback struct {
	// opened is the state of the login that the browser was started for, and counts
	// with that browser's cookie; shown is that of the address on the terminal.
	opened, shown, issuer string
	// mustIssuer reports whether the issuer names itself in its answers (RFC 9207).
	mustIssuer bool
}

// listener waits for the browser to come back. Whatever else comes, such as
// from a web page or another user of the machine, is turned away and ends
// nothing.
type listener struct {
	want   callback
	start  *startPage
	socket net.Listener
	server *http.Server
	done   chan outcome
}

type outcome struct {
	code secret.Text
	err  error
}

// listen starts the listener. target makes the address that its start page
// leads to of the address to come back to.
func listen(ctx context.Context, want callback, target func(redirect string) string) (*listener, error) {
	var config net.ListenConfig
	socket, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		socket, err = config.Listen(ctx, "tcp", "[::1]:0")
	}
	if err != nil {
		return nil, fmt.Errorf("listen for the browser: %w", err)
	}
	l := &listener{want: want, socket: socket, done: make(chan outcome, 1)}
	l.start = newStartPage(target(l.url()))
	l.server = &http.Server{Handler: l, ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 32 << 10}
	go func() { _ = l.server.Serve(socket) }() // ends with close
	return l, nil
}

func (l *listener) url() string { return "http://" + l.socket.Addr().String() + callbackPath }

// startURL is where the browser is started.
func (l *listener) startURL() string { return "http://" + l.socket.Addr().String() + l.start.path }

// wait returns the code of the first genuine answer. Meanwhile it passes on
// what the user should know.
func (l *listener) wait(ctx context.Context, warn func(string)) (secret.Text, error) {
	for {
		select {
		case got := <-l.done:
			select {
			case line := <-l.start.warnings: // what came before
				warn(line)
			default:
			}
			return got.code, got.err
		case line := <-l.start.warnings:
			warn(line)
		case <-ctx.Done():
			return secret.Text{}, context.Cause(ctx)
		}
	}
}

// close lets the browser have its last page first.
func (l *listener) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = l.server.Shutdown(ctx)
	_ = l.server.Close()
}

// ServeHTTP answers one request to the loopback address.
func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	// The host is checked so that a name which points here (DNS rebinding) is
	// no way in.
	known := r.URL.Path == callbackPath || r.URL.Path == l.start.path
	if !known || r.Host != l.socket.Addr().String() {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet {
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == l.start.path {
		l.start.ServeHTTP(w, r)
		return
	}
	got, genuine := l.read(r)
	if !genuine && same(r.URL.Query().Get("state"), l.want.opened) {
		notice(w, http.StatusForbidden, turnedAway)
		return
	}
	if !genuine {
		http.Error(w, "This is not an answer to the login that is under way.", http.StatusBadRequest)
		return
	}
	page(w, got.err == nil)
	select {
	case l.done <- got:
	default: // the browser loads the page once more
	}
}

// read takes the answer apart; genuine is false for one that no login of this
// process led to.
func (l *listener) read(r *http.Request) (got outcome, genuine bool) {
	query := r.URL.Query()
	if !l.ours(r, query.Get("state")) {
		return outcome{}, false
	}
	issuer := query.Get("iss")
	if (issuer != "" || l.want.mustIssuer) && issuer != l.want.issuer {
		return outcome{}, false
	}
	switch {
	case query.Get("error") == "access_denied":
		return outcome{err: errDenied}, true
	case query.Get("error") != "":
		return outcome{err: fmt.Errorf("the auth host says %.60q", query.Get("error"))}, true
	case query.Get("code") == "":
		return outcome{err: errors.New("the auth host sent no code")}, true
	}
	return outcome{code: secret.New(query.Get("code"))}, true
}

// ours reports whether the state is of this login, and the browser the one that
// it was given to.
func (l *listener) ours(r *http.Request, state string) bool {
	return same(state, l.want.shown) || (same(state, l.want.opened) && l.start.knows(r))
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// page is the last thing the browser shows. Nothing of the request is in it.
func page(w http.ResponseWriter, ok bool) {
	text := "You are signed in. You can close this window and go back to the terminal."
	if !ok {
		text = "The login did not succeed. The terminal says why; you can close this window."
	}
	notice(w, http.StatusOK, text)
}

// notice is a page with one paragraph.
func notice(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!doctype html><meta charset=utf-8><title>kubectl datum-creds</title>"+
		"<body style=\"font:1.2rem system-ui;margin:20vh auto;max-width:32rem\"><p>%s</p>", text)
}
