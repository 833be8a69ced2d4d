package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/private"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/process"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

// stopPatience is how long killed servers may take to be gone.
const stopPatience = 20 * time.Second

// Cluster is a running control plane.
type Cluster struct {
	options    Options
	binaries   servers.Paths
	env        *envtest.Environment
	config     *rest.Config
	kubeconfig string
	fluxHealth string
}

// Start starts a control plane and returns when it is ready for use. What was
// started is stopped again when anything fails.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	c := &Cluster{options: options.withDefaults()}
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start cluster %s: %w", options.Name, err), c.Stop())
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context) error {
	var err error
	if c.binaries, err = c.options.Servers.Ensure(ctx, c.options.needs()...); err != nil {
		return err
	}
	for _, dir := range []string{c.options.Dir, c.options.Records, c.dir("certs"), c.dir("etcd"), c.dir("logs"), c.dir("bin"), c.dir("tmp")} {
		if err := private.Dir(dir); err != nil {
			return err
		}
	}
	steps := []func(context.Context) error{c.startServers, c.writeKubeconfig, c.startControllerManager, c.trustSigner}
	if c.options.FluxCRDs {
		steps = append(steps, c.installFluxCRDs)
	}
	if c.options.Flux {
		steps = append(steps, c.startFlux)
	}
	for _, step := range append(steps, c.waitForDefaults) {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// EnableFlux adds Flux to a running cluster that was started without.
func (c *Cluster) EnableFlux(ctx context.Context) error {
	if c.options.Flux {
		return nil
	}
	binaries, err := c.options.Servers.Ensure(ctx, servers.KustomizeController)
	if err != nil {
		return fmt.Errorf("add Flux to cluster %s: %w", c.Name(), err)
	}
	c.binaries[servers.KustomizeController] = binaries[servers.KustomizeController]
	for _, step := range []func(context.Context) error{c.installFluxCRDs, c.startFlux} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("add Flux to cluster %s: %w", c.Name(), err)
		}
	}
	c.options.Flux = true
	return nil
}

// Name returns the name of the cluster and of its kubeconfig's context.
func (c *Cluster) Name() string { return c.options.Name }

// Config returns how to reach the cluster as an administrator.
func (c *Cluster) Config() *rest.Config { return rest.CopyConfig(c.config) }

// Kubeconfig returns the path of an administrator's kubeconfig.
func (c *Cluster) Kubeconfig() string { return c.kubeconfig }

// Flux says whether kustomize-controller runs in it.
func (c *Cluster) Flux() bool { return c.options.Flux }

// FluxHealth returns the address of kustomize-controller's health endpoints,
// or "" without Flux.
func (c *Cluster) FluxHealth() string { return c.fluxHealth }

// Logs returns the folder of the servers' logs.
func (c *Cluster) Logs() string { return c.dir("logs") }

// Publish packs a folder and gives it to a Flux source as its artifact.
func (c *Cluster) Publish(ctx context.Context, source flux.Source, from fs.FS, tag string) (map[string]any, error) {
	return flux.Publisher{Config: c.config, Store: c.options.Artifacts}.Publish(ctx, source, from, tag)
}

// Stop ends all servers of the cluster and waits until they are gone. The
// folder stays, with the logs.
func (c *Cluster) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	err := process.Reap(ctx, c.options.Records)
	if c.env != nil {
		// The servers are gone by now; this lets envtest see it.
		err = errors.Join(err, c.env.Stop())
	}
	if err != nil {
		return fmt.Errorf("stop cluster %s: %w", c.Name(), err)
	}
	return nil
}

// dir is a folder or file of the cluster.
func (c *Cluster) dir(name string) string { return filepath.Join(c.options.Dir, name) }
