package cmd

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/handover"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// forClients are the commands that answer a Kubernetes client, and the one
// that get-token starts with its environment, which wants the lock besides.
var forClients = []string{"get-token", "auth get-token", handover.Command}

var errClient = failure.With(failure.Refused, errors.New("a Kubernetes client asks ("+execcred.Variable+" is set), and is given tokens only"),
	"if you typed this command yourself: unset "+execcred.Variable)

// Guarded returns the process and its root command, or, if a Kubernetes client
// asks for more than a token, a process without arguments and a command that
// refuses. Whoever writes a kubeconfig chooses its helper's arguments: `trust` from
// there would collect the token, and `login` run any program.
func Guarded(d Dependencies) (cli.Process, *cobra.Command) {
	root := NewRoot(d)
	if d.Getenv(execcred.Variable) == "" {
		return d.Process, root
	}
	// The same search as the one that chooses the command to run.
	found, _, err := root.Find(d.Args)
	if err == nil && slices.Contains(forClients, words(found)) {
		return d.Process, root
	}
	p := d.Process
	p.Args = []string{}
	return p, &cobra.Command{
		Use: root.Use, DisableFlagParsing: true, Args: cobra.ArbitraryArgs,
		RunE: func(*cobra.Command, []string) error { return errClient },
	}
}

// words is how a command is called, without the program's name.
func words(c *cobra.Command) string {
	if c.Parent() == nil {
		return ""
	}
	if above := words(c.Parent()); above != "" {
		return above + " " + c.Name()
	}
	return c.Name()
}
