package cmd

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// forClients are the commands that answer a Kubernetes client, and the one
// that get-token starts with its environment, which wants the lock besides.
var forClients = []string{"get-token", "auth get-token", renewCommand}

var errClient = failure.With(failure.Refused, errors.New("a Kubernetes client asks ("+execcred.Variable+" is set), and is given tokens only"),
	"if you typed this command yourself: unset "+execcred.Variable)

// guarded returns the root, or one that refuses all when a Kubernetes client
// asks for more than a token. Whoever writes a kubeconfig chooses its helper's
// arguments: `trust` from there would collect the token, and `login` run any
// program.
func guarded(root *cobra.Command, d Dependencies) *cobra.Command {
	if d.Getenv(execcred.Variable) == "" {
		return root
	}
	// The same search as the one that chooses the command to run.
	found, _, err := root.Find(d.Args)
	if err == nil && slices.Contains(forClients, words(found)) {
		return root
	}
	return &cobra.Command{
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
