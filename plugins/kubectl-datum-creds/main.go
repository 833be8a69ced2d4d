// kubectl-datum_creds gives kubectl, flux, helm, terraform and everything else
// that reads a kubeconfig access tokens of Datum Cloud.
package main

import (
	"os"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/cmd"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/environment"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/fast"
)

func main() {
	environment.ForbidCore()
	p := cli.NewProcess()
	env := environment.Take(p.Args)
	// Nearly every call is for a token that is kept and fresh. It pays for nothing else.
	if fast.Answer(p.Args, env.Get, time.Now(), os.Stdout) {
		return
	}
	env.Restore()
	cli.Run(cmd.Guarded(cmd.NewDependencies(p, env)))
}
