// Command bench measures kubectl-fluxdeps on a real API server, side by side
// with kubectl, and tells which of the bounds that it promises hold.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/process"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// options are the flags.
type options struct {
	n, rounds           int
	check, hold         bool
	kubectl, kubeconfig string
}

func main() {
	process.GuardIfAsked()
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// envtest logs through controller-runtime, which complains when nobody
	// says where to.
	log.SetLogger(logr.Discard())
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = o.run(ctx, os.Stdout, os.Stderr)
	}
	return int(cli.Report(os.Stderr, err))
}

func parse(args []string) (options, error) {
	var o options
	set := flag.NewFlagSet("bench", flag.ContinueOnError)
	set.IntVar(&o.n, "n", 10_000, "how many Kustomizations the cluster holds")
	set.IntVar(&o.rounds, "rounds", 7, "how often each command is measured")
	set.BoolVar(&o.check, "check", false, "exit with 1 when a bound does not hold")
	set.BoolVar(&o.hold, "hold", false, "keep the cluster afterwards, for profiling, until Ctrl-C")
	set.StringVar(&o.kubectl, "kubectl", "", "the kubectl to compare with (default: the pinned version, built if need be)")
	set.StringVar(&o.kubeconfig, "kubeconfig", "", "measure on this cluster as it is; nothing is written to it")
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, err
		}
		return o, failure.New(failure.BadInput, "go run ./hack/bench -help", "%w", err)
	}
	if set.NArg() > 0 || o.n < 1 || o.rounds < 1 {
		return o, failure.New(failure.BadInput, "go run ./hack/bench -help", "want no arguments, and 1 or more for -n and -rounds")
	}
	return o, nil
}

func (o options) run(ctx context.Context, out, progress io.Writer) (err error) {
	root, err := checkout.Root("")
	if err != nil {
		return failure.New(failure.BadInput, "run it from the checkout", "%w", err)
	}
	shop, err := open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.close()) }()
	provider, err := servers.New(progress)
	if err != nil {
		return err
	}
	tools, err := build(ctx, root, shop.path("bin"), progress)
	if err != nil {
		return err
	}
	if tools.kubectl, err = kubectl(ctx, o.kubectl, provider); err != nil {
		return err
	}
	if tools.flux, err = provider.Pinned(ctx, servers.FluxCLI); err != nil {
		return err
	}
	kubeconfig := o.kubeconfig
	if kubeconfig == "" {
		if kubeconfig, err = shop.loadedCluster(ctx, provider, o.n, progress); err != nil {
			return err
		}
	}
	env := environment(kubeconfig, shop.path("kubecache"), tools.dir)
	err = o.measure(ctx, &bench{stopwatch: tools.stopwatch, env: env, progress: progress, root: root}, tools, out)
	if o.hold && ctx.Err() == nil {
		fmt.Fprintf(progress, "held until Ctrl-C: KUBECONFIG=%s\n", kubeconfig)
		<-ctx.Done()
	}
	return err
}

// measure runs both kinds of rounds and reports.
func (o options) measure(ctx context.Context, b *bench, tools binaries, out io.Writer) error {
	version, err := versionOf(ctx, tools.kubectl)
	if err != nil {
		return err
	}
	reading, starting := reads(tools), starts(tools)
	read, err := b.rounds(ctx, "reading", o.rounds, reading)
	if err != nil {
		return err
	}
	// A start takes milliseconds, so that one must look more often.
	started, err := b.rounds(ctx, "start-up", 5*o.rounds, starting)
	if err != nil {
		return err
	}
	size, err := tools.sizes()
	if err != nil {
		return err
	}
	cycles, err := search(ctx, b.root, b.progress)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "kubectl %s (%s)\n\nReading all Kustomizations, %d rounds:\n", version, tools.kubectl, o.rounds)
	if err := table(out, read, reading, rawList); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nStart-up, %d rounds:\n", 5*o.rounds)
	if err := table(out, started, starting, floorHelp); err != nil {
		return err
	}
	fmt.Fprintln(out, "\nSizes:")
	for _, name := range slices.Sorted(maps.Keys(size)) {
		fmt.Fprintf(out, "  %6.2f MB  %s\n", float64(size[name])/megabyte, name)
	}
	fmt.Fprintln(out, "\nBounds, on medians:")
	maps.Copy(read, started)
	broken, err := verdicts(out, append(bounds(read, size), cycles.bounds()...))
	if err == nil && o.check && broken > 0 {
		err = failure.New(failure.Found, "", "%d bounds do not hold", broken)
	}
	return err
}

// reads are the commands that read the list.
func reads(b binaries) []subject {
	return []subject{
		{rawList, []string{b.kubectl, "get", "--raw", "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations"}},
		{graphJSON, []string{b.path("kubectl-fluxdeps"), "graph", "-A", "-o", "json"}},
		{graphText, []string{b.path("kubectl-fluxdeps"), "graph", "-A", "-o", "text"}},
		{asPlugin, []string{b.kubectl, "fluxdeps", "graph", "-A", "-o", "json"}},
		{tableList, []string{b.kubectl, "get", "kustomizations", "-A"}},
	}
}

// starts are the commands that do nothing but start.
func starts(b binaries) []subject {
	all := []subject{
		{floorHelp, []string{b.floor, "--help"}},
		{kubectlHelp, []string{b.kubectl, "version", "--client"}},
	}
	for _, p := range plugins() {
		all = append(all, subject{p.help(), []string{b.path(p.binary), "--help"}})
	}
	return all
}
