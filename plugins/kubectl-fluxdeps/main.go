// Command kubectl-fluxdeps shows what depends on what among Flux objects. It
// is also the Flux CLI plugin flux-deps.
package main

import (
	"context"
	"os"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/cmd"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree"
)

func main() {
	p := cli.NewProcess()
	if tree.IsRenderer(p.Args) {
		os.Exit(tree.Main(context.Background(), p.In, p.Out, p.ErrOut))
	}
	cli.Run(p, cmd.NewRoot(p))
}
