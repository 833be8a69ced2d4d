// Package cmd holds the commands of kubectl datum-creds.
package cmd

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/handover"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/signin"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/vault"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/environment"
)

// Dependencies is what the commands work with.
type Dependencies struct {
	cli.Process
	// Environment is the variables that the command may use.
	Environment *environment.Environment
	Getenv      func(string) string
	Now         func() time.Time
	// Auth looks sessions up; a function, so that --help does not look.
	Auth func() auth.Environment
	// OpenBrowser opens a URL in the user's browser.
	OpenBrowser func(ctx context.Context, address string) error
	// Parent is the process that asked.
	Parent int
}

// NewDependencies returns those of the process.
func NewDependencies(p cli.Process, vars *environment.Environment) Dependencies {
	d := Dependencies{Process: p, Environment: vars, Getenv: vars.Get, Now: time.Now, Parent: os.Getppid(), OpenBrowser: signin.OpenBrowser}
	asked := &passphrases{deps: d, known: map[string]secret.Text{}}
	d.Auth = func() auth.Environment {
		env := auth.NewEnvironment(userAgent(), d.notify)
		env.Home, env.Ring = vars.Home(), vault.System{Bus: vars.Bus()}
		env.Getenv, env.Identity, env.Programs = vars.Get, vars.Identity, vars.Programs
		env.Passphrase, env.Ask = asked.of, asked.ask
		env.Handover = handover.Renewer(d.ErrOut, vars.Renewal(env.Home))
		return env
	}
	return d
}

// notify tells the user something beside the result.
func (d Dependencies) notify(line string) {
	fmt.Fprintln(d.ErrOut, output.Text(line))
}

// userIsThere reports whether a user can be asked: he types on standard input,
// reads standard error, and waits for this command. A CI system's terminal has
// no user; the variable is also how a person says no.
func (d Dependencies) userIsThere() bool {
	return d.Getenv("CI") == "" && output.IsTerminal(d.ErrOut) && output.IsTerminal(d.In) && output.Foreground(d.In)
}

func userAgent() string { return "kubectl-datum-creds/" + cli.Version(name).Version }
