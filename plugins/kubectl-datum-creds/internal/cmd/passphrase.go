package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/sealed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// passphrases finds the passphrases of encrypted files: in the environment, or
// by asking the user, once for each session.
type passphrases struct {
	deps  Dependencies
	known map[string]secret.Text
}

// of gives the passphrase of a session; fresh tells that it is a new file's. A
// login asks before it knows the session's name, which is then empty.
func (p *passphrases) of(session string, fresh bool) (secret.Text, error) {
	for _, name := range []string{session, ""} {
		if known, is := p.known[name]; is {
			return known, nil
		}
	}
	got, found, err := sealed.FromEnvironment(p.deps.Getenv)
	switch {
	case err != nil:
		return secret.Text{}, err
	case !found && !p.mayAsk():
		return secret.Text{}, vault.NoPassphrase(session)
	case !found:
		if got, err = p.ask(session, fresh); err != nil {
			return secret.Text{}, err
		}
	}
	if fresh && len(got.Reveal()) < sealed.MinPassphrase {
		return secret.Text{}, cli.Use(sealed.ErrShort)
	}
	p.known[session] = got
	return got, nil
}

// mayAsk tells whether the user is at the terminal, as getTokenOptions.mayAsk.
func (p *passphrases) mayAsk() bool {
	if info := p.deps.Getenv(execcred.Variable); info != "" {
		asked, err := execcred.Parse(info)
		return err == nil && asked.Interactive && output.IsTerminal(p.deps.In)
	}
	return output.IsTerminal(p.deps.In) && output.IsTerminal(p.deps.ErrOut)
}

var errDiffer = cli.Use(errors.New("the two passphrases differ"))

func (p *passphrases) ask(session string, fresh bool) (secret.Text, error) {
	if !fresh {
		return p.read("Passphrase of session " + session)
	}
	first, err := p.read(fmt.Sprintf("New passphrase for the session's file (%d characters or more)", sealed.MinPassphrase))
	if err != nil {
		return first, err
	}
	second, err := p.read("The same again")
	if err == nil && first.Digest() != second.Digest() {
		err = errDiffer
	}
	return first, err
}

// read reads one line from the terminal, which does not show it.
func (p *passphrases) read(prompt string) (secret.Text, error) {
	file, is := p.deps.In.(*os.File)
	if !is {
		return secret.Text{}, io.ErrUnexpectedEOF
	}
	fd := int(file.Fd())
	defer shownAgain(fd)()
	fmt.Fprint(p.deps.ErrOut, output.Text(prompt)+": ")
	line, err := term.ReadPassword(fd)
	fmt.Fprintln(p.deps.ErrOut)
	if err != nil {
		return secret.Text{}, fmt.Errorf("read the passphrase: %w", err)
	}
	return secret.New(string(line)), nil
}

// shownAgain makes sure that the terminal shows what is typed when the user
// interrupts the question; the function that it returns ends that.
func shownAgain(fd int) (stop func()) {
	before, err := term.GetState(fd)
	if err != nil {
		return func() {}
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	unless := context.AfterFunc(ctx, func() { _ = term.Restore(fd, before) })
	return func() { unless(); cancel() }
}

// silent returns dependencies that never ask the user for a passphrase.
func (d Dependencies) silent() Dependencies {
	look := d.Auth
	d.Auth = func() auth.Environment {
		env := look()
		env.Passphrase = auth.PassphraseOf(d.Getenv)
		return env
	}
	return d
}
