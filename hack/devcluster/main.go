// Command devcluster runs real Kubernetes control planes on this machine, for
// development and demonstrations.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/devcluster"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/process"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

func main() {
	process.GuardIfAsked()
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// envtest logs through controller-runtime, which complains when nobody
	// says where to. What it has to say comes back as an error too.
	log.SetLogger(logr.Discard())
	return int(cli.Report(os.Stderr, newCommand().ExecuteContext(ctx)))
}

func newCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "devcluster",
		Short: "Run real Kubernetes control planes on this machine",
		Long: `Run real Kubernetes control planes on this machine: etcd, kube-apiserver and
kube-controller-manager, and Flux's kustomize-controller where it is wanted.
There are no nodes, so no pod ever runs. Everything listens on 127.0.0.1 only.

The servers are built with Go the first time, which takes some minutes.

Exit codes: 0 done · 1 something is not ready · 2 wrong use ·
4 could not do it · 130 interrupted ("go run" itself makes 1 of all of them)`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          aCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	command.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return failure.New(failure.BadInput, "go run ./hack/"+c.CommandPath()+" --help", "%w", err)
	})
	command.AddCommand(newUp(), newStatus(), newDown(), newPublish(), newServers(), newSupervise())
	return command
}

// aCommand refuses commands that there are not.
func aCommand(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return failure.New(failure.BadInput, "go run ./hack/devcluster --help", "there is no command %q", args[0])
	}
	return nil
}

// noArguments refuses arguments with the exit code for wrong use.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return failure.New(failure.BadInput, "go run ./hack/"+c.CommandPath()+" --help", "%s takes no arguments, but got %q", c.Name(), args[0])
	}
	return nil
}

// currentState is the state of the checkout around the current folder.
func currentState() (devcluster.State, error) {
	root, err := checkout.Root("")
	if err != nil {
		return devcluster.State{}, failure.New(failure.BadInput, "run it from the checkout", "%w", err)
	}
	return devcluster.StateOf(root), nil
}
