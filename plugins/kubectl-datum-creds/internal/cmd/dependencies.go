// Package cmd holds the commands of kubectl datum-creds.
package cmd

import (
	"context"
	"fmt"
	"os"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/handover"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/signin"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// Dependencies is what the commands work with.
type Dependencies struct {
	genericiooptions.IOStreams
	Getenv func(string) string
	Now    func() time.Time
	// Auth looks sessions up; a function, so that --help does not look.
	Auth func() auth.Environment
	// OpenBrowser opens a URL in the user's browser.
	OpenBrowser func(ctx context.Context, address string) error
	// Parent is the process that asked.
	Parent int
	// Args is the command line, without the program.
	Args []string
}

// NewDependencies returns those of the process.
func NewDependencies(streams genericiooptions.IOStreams) Dependencies {
	d := Dependencies{IOStreams: streams, Getenv: os.Getenv, Now: time.Now, Parent: os.Getppid(), OpenBrowser: signin.OpenBrowser}
	asked := &passphrases{deps: d, known: map[string]secret.Text{}}
	d.Auth = func() auth.Environment {
		env := auth.NewEnvironment(userAgent(), d.notify)
		env.Passphrase = asked.of
		env.Handover = handover.Renewer(d.ErrOut)
		return env
	}
	return d
}

// notify tells the user something beside the result.
func (d Dependencies) notify(line string) {
	fmt.Fprintln(d.ErrOut, output.Text(line))
}

func userAgent() string { return "kubectl-datum-creds/" + cli.Version(name).Version }

// Main runs the command line.
func Main(ctx context.Context, d Dependencies, args []string) cli.Code {
	d.Args = args
	root := NewRootCommand(d)
	if refusing := guarded(root, d); refusing != root {
		return cli.Main(ctx, refusing, d.IOStreams, []string{}) // no argument counts any more
	}
	return cli.Main(ctx, root, d.IOStreams, d.Args)
}
