// kubectl-datum_creds gives kubectl, flux, helm, terraform and everything else
// that reads a kubeconfig access tokens of Datum Cloud.
package main

import (
	"context"
	"os"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/cmd"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/environment"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/fast"
)

func main() {
	environment.ForbidCore()
	args := cli.Args(os.Args)
	env := environment.Take(args)
	// Nearly every call is for a token that is kept and fresh. It pays for nothing else.
	if fast.Answer(args, env.Get, time.Now(), os.Stdout) {
		return
	}
	env.Restore()
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	os.Stderr = cli.Stderr(args, os.Stderr)
	os.Exit(int(cmd.Main(context.Background(), cmd.NewDependencies(streams, env), args)))
}
