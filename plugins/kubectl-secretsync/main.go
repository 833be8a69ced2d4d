// Command kubectl-secretsync copies Secrets from one cluster to many, and
// compares, looks after and deletes the copies.
package main

import (
	"os"
	"runtime/debug"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/cmd"
)

// softMemory is what the garbage collector tries to stay below, in bytes: a
// large Secret that goes to hundreds of targets passes through as garbage.
const softMemory = 96 << 20

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	p := cli.NewProcess()
	cli.Run(p, cmd.NewRoot(p))
}
