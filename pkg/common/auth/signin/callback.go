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
	state, issuer string
	// mustIssuer tells that the issuer names itself in its answers (RFC 9207).
	mustIssuer bool
}

// listener waits for the browser to come back. Whatever else comes, such as
// from a web page, is turned away and ends nothing. Another user of the machine
// is not: where the system shows him the arguments of the program that opens
// the browser, he has the whole request, and can answer it with a login of his
// own. The user is told who is signed in.
type listener struct {
	want   callback
	socket net.Listener
	server *http.Server
	done   chan outcome
}

type outcome struct {
	code secret.Text
	err  error
}

func listen(ctx context.Context, want callback) (*listener, error) {
	var config net.ListenConfig
	socket, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		socket, err = config.Listen(ctx, "tcp", "[::1]:0")
	}
	if err != nil {
		return nil, fmt.Errorf("listen for the browser: %w", err)
	}
	l := &listener{want: want, socket: socket, done: make(chan outcome, 1)}
	l.server = &http.Server{Handler: l, ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 32 << 10}
	go func() { _ = l.server.Serve(socket) }() // ends with close
	return l, nil
}

func (l *listener) url() string { return "http://" + l.socket.Addr().String() + callbackPath }

// wait returns the code of the first genuine answer.
func (l *listener) wait(ctx context.Context) (secret.Text, error) {
	select {
	case got := <-l.done:
		return got.code, got.err
	case <-ctx.Done():
		return secret.Text{}, context.Cause(ctx)
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
	if r.URL.Path != callbackPath || r.Host != l.socket.Addr().String() {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet {
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	got, genuine := l.read(r)
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
	if subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(l.want.state)) != 1 {
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

// page is the last thing the browser shows. Nothing of the request is in it.
func page(w http.ResponseWriter, ok bool) {
	text := "You are signed in. You can close this window and go back to the terminal."
	if !ok {
		text = "The login did not succeed. The terminal says why; you can close this window."
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<!doctype html><meta charset=utf-8><title>kubectl datum-creds</title>"+
		"<body style=\"font:1.2rem system-ui;margin:20vh auto;max-width:32rem\"><p>%s</p>", text)
}
