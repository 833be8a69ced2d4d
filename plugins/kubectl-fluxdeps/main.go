// Command kubectl-fluxdeps shows what depends on what among Flux objects. It
// is also the Flux CLI plugin flux-deps.
package main

import (
	"context"
	"os"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/cmd"
)

func main() {
	args := cli.Args(os.Args)
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	os.Stderr = cli.Stderr(args, os.Stderr)
	if code, done := cluster.Renewal(context.Background(), args, streams, "kubectl-fluxdeps/"+cli.Version("").Version); done {
		os.Exit(int(code))
	}
	root := cmd.NewRoot(os.Args[0], streams)
	os.Exit(int(cli.Main(context.Background(), root, streams, args)))
}
