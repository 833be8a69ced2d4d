package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/signin"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// passphrases knows the passphrases of encrypted files: from the environment,
// or from the user, who is asked once for each session.
type passphrases struct {
	deps  Dependencies
	known map[string]secret.Text
}

// of gives the passphrase of a session, and asks nobody; fresh tells that it is
// a new file's.
func (p *passphrases) of(session string, fresh bool) (secret.Text, error) {
	if known, is := p.has(session); is {
		return known, nil
	}
	got, err := auth.PassphraseOf(p.deps.Getenv)(session, fresh)
	if err == nil && fresh {
		err = longEnough(got)
	}
	return got, err
}

// has looks for what the user has typed. A login asks before it knows the
// session's name, which is then empty.
func (p *passphrases) has(session string) (secret.Text, bool) {
	for _, name := range []string{session, ""} {
		if known, is := p.known[name]; is {
			return known, true
		}
	}
	return secret.Text{}, false
}

// ask asks the user for the passphrase of a session, unless it is known or there
// is nobody to ask. No lock of a renewal may be held meanwhile: a session would
// be frozen for everybody until the user has answered.
func (p *passphrases) ask(ctx context.Context, session string, fresh bool) error {
	_, known := p.has(session)
	_, named, _ := sealed.FromEnvironment(p.deps.Getenv) // of tells what is wrong with it
	if known || named || !p.mayAsk() {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, signin.Patience, fmt.Errorf("nobody typed it within %s", signin.Patience))
	defer cancel()
	got, err := p.typed(ctx, session, fresh)
	if err == nil {
		p.known[session] = got
	}
	return err
}

// mayAsk reports whether the user is at the terminal, as getTokenOptions.mayAsk.
func (p *passphrases) mayAsk() bool {
	if info := p.deps.Getenv(execcred.Variable); info != "" {
		asked, err := execcred.Parse(info)
		return err == nil && asked.Interactive && p.deps.userIsThere()
	}
	return p.deps.userIsThere()
}

var errDiffer = failure.Input(errors.New("the two passphrases differ"))

func longEnough(passphrase secret.Text) error {
	if len(passphrase.Reveal()) < sealed.MinPassphrase {
		return failure.Input(sealed.ErrShort)
	}
	return nil
}

func (p *passphrases) typed(ctx context.Context, session string, fresh bool) (secret.Text, error) {
	if !fresh {
		return p.read(ctx, "Passphrase of session "+session)
	}
	first, err := p.read(ctx, fmt.Sprintf("New passphrase for the session's file (%d characters or more)", sealed.MinPassphrase))
	if err == nil {
		err = longEnough(first)
	}
	if err != nil {
		return first, err
	}
	second, err := p.read(ctx, "The same again")
	if err == nil && first.Digest() != second.Digest() {
		err = errDiffer
	}
	return first, err
}

// read reads one line from the terminal, which does not show it.
func (p *passphrases) read(ctx context.Context, prompt string) (secret.Text, error) {
	file, is := p.deps.In.(*os.File)
	if !is {
		return secret.Text{}, io.ErrUnexpectedEOF
	}
	fd := int(file.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return secret.Text{}, err
	}
	fmt.Fprint(p.deps.ErrOut, output.Text(prompt)+": ")
	defer fmt.Fprintln(p.deps.ErrOut)
	type line struct {
		text []byte
		err  error
	}
	got := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		got <- line{text, err}
	}()
	select {
	case l := <-got:
		if l.err != nil {
			return secret.Text{}, unread(l.err)
		}
		return secret.New(string(l.text)), nil
	case <-ctx.Done(): // nobody reads the line any more, but the terminal must show what is typed
		_ = term.Restore(fd, before)
		return secret.Text{}, unread(context.Cause(ctx))
	}
}

func unread(err error) error {
	return failure.New(failure.LoginNeeded, vault.PassphraseHint, "%w: read it: %w", vault.ErrPassphrase, err)
}

// silent returns dependencies that never ask the user for a passphrase.
func (d Dependencies) silent() Dependencies {
	look := d.Auth
	d.Auth = func() auth.Environment {
		env := look()
		env.Ask = nil
		return env
	}
	return d
}
