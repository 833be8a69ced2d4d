// Command kubectl-fluxdeps shows what depends on what among Flux objects. It
// is also the Flux CLI plugin flux-deps.
package main

import (
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/cmd"
)

func main() {
	p := cli.NewProcess()
	cli.Run(p, cmd.NewRoot(p))
}
