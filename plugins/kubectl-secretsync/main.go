// Command kubectl-secretsync copies Secrets from one cluster to many, and
// compares, looks after and deletes the copies.
package main

import (
	"context"
	"os"
	"runtime/debug"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/cmd"
)

// softMemory is what the garbage collector tries to stay below, in bytes: a
// large Secret that goes to hundreds of targets passes through as garbage.
const softMemory = 96 << 20

func main() {
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	if code, done := cluster.Renewal(context.Background(), os.Args[1:], streams, "kubectl-secretsync/"+cli.Version("").Version); done {
		os.Exit(int(code))
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	args := cli.Args(os.Args)
	os.Stderr = cli.Stderr(args, os.Stderr)
	os.Exit(int(cli.Main(context.Background(), cmd.NewRoot(streams, args...), streams, args)))
}
