package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Helper asks another program for tokens, by the contract of
// DATUM_CREDENTIALS_HELPER: `helper auth get-token --session NAME` prints one.
// The other program's refresh token is its own business, and never touched.
type Helper struct {
	Session session.Session
	// Environ returns the variables that the program gets.
	Environ func() []string
}

// maxHelperToken bounds what a helper may print.
const maxHelperToken = 64 << 10

// Renew comes by a new access token.
func (h Helper) Renew(ctx context.Context) (store.Token, error) {
	issued := time.Now()
	text, err := h.run(ctx)
	if err != nil {
		return store.Token{}, err
	}
	token := strings.TrimSpace(text)
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return store.Token{}, h.failed(failure.Unable, errors.New("it printed no token"))
	}
	return WithExpiry(store.Token{Access: secret.New(token), Issued: issued}, time.Time{}), nil
}

func (h Helper) run(ctx context.Context) (string, error) {
	args := []string{"auth", "get-token"}
	if h.Session.HelperSession != "" {
		args = append(args, "--session", h.Session.HelperSession)
	}
	cmd := exec.CommandContext(ctx, h.Session.Helper, args...)
	cmd.Env = withoutExecInfo(h.Environ())
	cmd.WaitDelay = time.Second
	var out, said limited
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return "", h.fault(ctx, err, said.String())
	}
	if out.over {
		return "", h.failed(failure.Unable, fmt.Errorf("it printed more than %d bytes", maxHelperToken))
	}
	return out.String(), nil
}

// withoutExecInfo keeps the question of a Kubernetes client from a helper that
// would answer it in its own way; and a newer datumctl from updating itself.
func withoutExecInfo(env []string) []string {
	var kept []string
	for _, pair := range env {
		if !strings.HasPrefix(pair, execcred.Variable+"=") {
			kept = append(kept, pair)
		}
	}
	return append(sealed.WithoutPassphrase(kept), "DATUMCTL_NO_UPDATE_CHECK=1")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line[:min(len(line), 200)]
}

// limited is a buffer that drops what is too much, and tells. The buffer is
// a field with a name: embedded, its ReadFrom would be used past the limit.
type limited struct {
	kept bytes.Buffer
	over bool
}

// Write keeps up to the limit and swallows the rest, so that the helper ends.
func (l *limited) Write(p []byte) (int, error) {
	room := max(maxHelperToken-l.kept.Len(), 0)
	l.over = l.over || len(p) > room
	l.kept.Write(p[:min(len(p), room)])
	return len(p), nil
}

func (l *limited) String() string { return l.kept.String() }
