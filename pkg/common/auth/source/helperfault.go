package source

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// ours is this plugin's own program, whose exit codes are known.
const ours = "kubectl-datum_creds"

// fault is why a helper that was run gave no token. datumctl ends with the same
// code whatever happened: what is neither a crash nor of the network wants a
// login.
func (h Helper) fault(ctx context.Context, err error, said string) error {
	kind := failure.LoginNeeded
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return h.failed(failure.Unable, context.Cause(ctx))
	case !errors.As(err, &ended):
		return h.failed(failure.Unable, err)
	case h.isOurs():
		kind = ourKind(ended.ExitCode())
	case crashed(ended.ExitCode(), said) || unreachable(said):
		kind = failure.Unable
	}
	if line := firstLine(said); line != "" {
		err = errors.New(line)
	}
	return h.failed(kind, err)
}

func (h Helper) failed(kind failure.Code, err error) error {
	hint := "kubectl datum-creds doctor"
	if kind == failure.LoginNeeded {
		hint = "datumctl login"
	}
	return failure.New(kind, hint, "session %s: %s gives no token: %w", h.Session.Name, h.Session.Helper, err)
}

func (h Helper) isOurs() bool {
	return strings.TrimSuffix(filepath.Base(h.Session.Helper), ".exe") == ours
}

// ourKind is the kind of failure that an exit code of ours stands for.
func ourKind(code int) failure.Code {
	switch known := failure.Code(code); known {
	case failure.LoginNeeded, failure.Refused, failure.BadInput:
		return known
	}
	return failure.Unable
}

// crashed reports whether a program did not end by itself: by a signal, by a panic of
// Go's, or because a shell could not start it.
func crashed(code int, said string) bool {
	panicked := code == 2 && strings.Contains(said, "\ngoroutine ")
	return code < 0 || code == 126 || code == 127 || panicked
}

// unreachable reports whether a message is of the network: it holds what Go's net,
// crypto/tls and net/http say (Go 1.26), or a server that is down.
func unreachable(said string) bool {
	return slices.ContainsFunc([]string{
		"dial tcp", "read tcp", "no such host", "server misbehaving", "connection refused", "connection reset by peer",
		"network is unreachable", "no route to host", "i/o timeout", "TLS handshake timeout", "context deadline exceeded",
		"proxyconnect tcp", "x509: ", "tls: ", "unexpected EOF", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout",
	}, func(words string) bool { return strings.Contains(said, words) })
}
