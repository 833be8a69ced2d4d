// Command secretsync measures kubectl-secretsync on a fleet of API servers in
// this process, beside what no client can do without and beside a loop of
// kubectl, and tells which of the bounds that it promises hold.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// options are the flags.
type options struct {
	targets, parallel, rounds, looped int
	latency                           time.Duration
	check                             bool
}

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var o options
	flag.IntVar(&o.targets, "targets", 500, "how many targets there are")
	flag.IntVar(&o.parallel, "parallel", 100, "how many are worked on at once")
	flag.IntVar(&o.rounds, "rounds", 5, "how often each is measured")
	flag.IntVar(&o.looped, "looped", 20, "how many targets the loop of kubectl is measured on")
	flag.DurationVar(&o.latency, "latency", 50*time.Millisecond, "what each handshake and each answer take longer")
	flag.BoolVar(&o.check, "check", false, "exit with 1 when a bound does not hold")
	flag.Parse()
	return int(cli.Report(os.Stderr, o.run(ctx, os.Stdout, os.Stderr)))
}

// shop is what measuring takes.
type shop struct {
	dir                        string
	plugin, stopwatch, kubectl string
	fleet                      *fleet
}

func (o options) run(ctx context.Context, out, progress io.Writer) error {
	dir, err := os.MkdirTemp("", "secretsync-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s := &shop{dir: dir}
	if err := s.build(ctx, progress); err != nil {
		return err
	}
	s.fleet = newFleet(o.targets, o.latency)
	defer s.fleet.close()
	if err := s.fleet.kubeconfig(filepath.Join(dir, "kubeconfig")); err != nil {
		return err
	}
	broken, err := o.measure(ctx, s, out, progress)
	if err == nil && o.check && broken > 0 {
		err = failure.New(failure.Found, "", "%d bounds do not hold", broken)
	}
	return err
}

func (s *shop) build(ctx context.Context, progress io.Writer) error {
	root, err := checkout.Root("")
	if err != nil {
		return err
	}
	s.plugin, s.stopwatch = filepath.Join(s.dir, "kubectl-secretsync"), filepath.Join(s.dir, "stopwatch")
	for _, job := range []struct{ module, pkg, target string }{
		{root, "./plugins/kubectl-secretsync", s.plugin},
		{filepath.Join(root, "hack"), "./bench/stopwatch", s.stopwatch},
	} {
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", job.target, job.pkg)
		cmd.Dir, cmd.Env = job.module, append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", job.pkg, err, said)
		}
	}
	provider, err := servers.New(progress)
	if err != nil {
		return err
	}
	s.kubectl, err = provider.Pinned(ctx, servers.Kubectl)
	return err
}

// taken is what one run took, as stopwatch tells it.
type taken struct {
	Wall, CPU   time.Duration
	Peak, Bytes int64
}

// time runs a command.
func (s *shop) time(ctx context.Context, argv ...string) (one taken, err error) {
	cmd := exec.CommandContext(ctx, s.stopwatch, argv...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+filepath.Join(s.dir, "kubeconfig"), "KUBECACHEDIR="+filepath.Join(s.dir, "cache"))
	var complaints strings.Builder
	cmd.Stderr = &complaints
	text, err := cmd.Output()
	if err != nil {
		return one, fmt.Errorf("%v: %w\n%s", argv, err, complaints.String())
	}
	return one, json.Unmarshal(text, &one)
}

// secret puts a Secret of so many bytes into the source.
func (s *shop) secret(size int) []byte {
	value := base64.StdEncoding.EncodeToString(make([]byte, size))
	text := fmt.Appendf(nil, `{"kind":"Secret","apiVersion":"v1","type":"Opaque","metadata":{"name":"app","namespace":"team","uid":"source","resourceVersion":"7"},"data":{"value":%q}}`, value)
	s.fleet.source.secret = text
	return text
}

// copyAll copies to all targets, which must then have it.
func (s *shop) copyAll(ctx context.Context, parallel int) (taken, error) {
	one, err := s.time(ctx, s.plugin, "copy", "app", "--from-context", "source", "--to-context", "target-*", "--parallel", strconv.Itoa(parallel), "--no-headers")
	if err != nil {
		return one, err
	}
	return one, s.fleet.check(len(s.fleet.targets))
}

// loop is what people do without the plugin: one pipe a target.
func (s *shop) loop(ctx context.Context, n int) (time.Duration, error) {
	script := fmt.Sprintf(`for i in $(seq 0 %d); do %s get secret app --context source -n team -o yaml | %s apply --context target-$(printf %%03d $i) -n team --validate=false -f - >/dev/null || exit 1; done; echo done`, n-1, s.kubectl, s.kubectl)
	one, err := s.time(ctx, "sh", "-c", script)
	return one.Wall, err
}

// median is the middle one of the sorted values.
func median[T time.Duration | int64](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}
