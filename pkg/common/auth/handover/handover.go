// Package handover renews a session in a process of its own, which goes on
// when the one that asked is killed. A server that rotates refresh tokens has
// replaced the old one by the time it answers: if nobody were there to save
// the new one, the session would be lost.
package handover

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/lock"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// Command is the hidden command that the process is started with.
const Command = "renew-session"

// What is handed over, by file descriptor: the lock, and a pipe with the key to
// the session's encrypted file, if it has one.
const (
	lockFD = 3
	keyFD  = 4
)

// result is what the process tells, through a pipe that only the parent has.
type result struct {
	Token   string    `json:"token,omitempty"`
	Issued  time.Time `json:"issued,omitzero"`
	Expires time.Time `json:"expires,omitzero"`
	// Failure is why there is no token.
	Failure *store.Failure `json:"failure,omitempty"`
}

// Renewer returns a function that renews a session in a process of its own with
// the variables of environ, and waits for it as long as the context lasts. What
// the process has to say to the user goes to notices.
func Renewer(notices io.Writer, environ []string) func(context.Context, session.Session, *lock.Lock, secret.Text) (store.Token, error) {
	return func(ctx context.Context, s session.Session, held *lock.Lock, key secret.Text) (store.Token, error) {
		self, err := os.Executable()
		if err != nil {
			return store.Token{}, err
		}
		files := []*os.File{held.File()}
		if !key.Empty() {
			pipe, err := piped(key)
			if err != nil {
				return store.Token{}, err
			}
			defer pipe.Close()
			files = append(files, pipe)
		}
		return process{self, environ, notices}.renew(ctx, s.Name, files)
	}
}

// process is the one that renews.
type process struct {
	program string
	environ []string
	notices io.Writer
}

// renew runs the process and hands it the files.
func (p process) renew(ctx context.Context, name string, files []*os.File) (store.Token, error) {
	// Not under the context: the process is there to outlive it.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), p.program, Command, "--session", name)
	cmd.ExtraFiles = files
	cmd.Stderr = p.notices
	cmd.Env = p.environ // without the passphrase: it has the key
	cmd.SysProcAttr = detached()
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		return store.Token{}, fmt.Errorf("start the renewal: %w", err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		return read(out.Bytes(), err)
	case <-ctx.Done():
		return store.Token{}, failure.New(failure.Unable, "kubectl datum-creds doctor", "session %s: renew: %w; process %d, which renews it, does not finish", name, context.Cause(ctx), cmd.Process.Pid)
	}
}

func read(content []byte, failed error) (store.Token, error) {
	var got result
	if err := json.Unmarshal(content, &got); err != nil || (got.Token == "" && got.Failure == nil) {
		return store.Token{}, errors.Join(errors.New("token renewal exited without a result"), failed)
	}
	if got.Token == "" {
		return store.Token{}, got.Failure.Err()
	}
	return store.Token{Access: secret.New(got.Token), Issued: got.Issued, Expires: got.Expires}, nil
}

// Handed returns the lock of the place, if this process was handed it.
func Handed(place store.Place) (*lock.Lock, bool) {
	held := lock.Inherited(lockFD)
	there, err := os.Stat(place.LockPath())
	if err != nil {
		return nil, false
	}
	handed, err := held.File().Stat()
	if err != nil || !os.SameFile(handed, there) {
		return nil, false
	}
	held.Sign() // it is this process now that others wait for
	return held, true
}

// Serve is what the process does: renew, and tell the parent if it is still
// there. The lock goes with the process.
func Serve(ctx context.Context, held *lock.Lock, out io.Writer, renew func(context.Context) (store.Token, error)) {
	ignoreSignals()
	defer held.Release()
	token, err := renew(ctx)
	got := result{Token: token.Access.Reveal(), Issued: token.Issued, Expires: token.Expires}
	if err != nil {
		failed := store.FailureOf(time.Time{}, err)
		got = result{Failure: &failed}
	}
	content, err := json.Marshal(got)
	if err == nil {
		_, _ = out.Write(content) // a parent that is gone needs no answer
	}
}
