package controlplane

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

// fluxNamespace is where Flux lives, and most of its objects with it.
const fluxNamespace = "flux-system"

// installFluxCRDs installs what Flux's API consists of.
func (c *Cluster) installFluxCRDs(ctx context.Context) error {
	dirs, err := c.options.Servers.FluxCRDs(ctx)
	if err != nil {
		return err
	}
	// No scheme of ours: these CRDs have no conversion webhooks to rewrite.
	options := envtest.CRDInstallOptions{Paths: dirs, ErrorIfPathMissing: true, MaxTime: startPatience, PollInterval: pollInterval}
	if _, err := envtest.InstallCRDs(c.config, options); err != nil {
		return fmt.Errorf("install Flux's CRDs: %w", err)
	}
	return c.ensureNamespace(ctx, fluxNamespace)
}

// startFlux starts kustomize-controller and waits until it is ready.
func (c *Cluster) startFlux(ctx context.Context) error {
	health, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	flags := []string{
		"--requeue-dependency=" + c.options.RequeueDependency.String(),
		// Flux's own default is 4, and one that waits for health takes a worker
		// all the time; tests that share the cluster must not wait for others.
		"--concurrent=20",
		"--metrics-addr=0",
		"--health-addr=" + health,
	}
	ended, err := c.launch(servers.KustomizeController,
		[]string{
			"KUBECONFIG=" + c.kubeconfig,
			"RUNTIME_NAMESPACE=" + fluxNamespace,
			// It unpacks artifacts there.
			"TMPDIR=" + c.dir("tmp"),
		},
		append(flags, c.options.FluxFlags...)...,
	)
	if err != nil {
		return err
	}
	if err := waitFor(ctx, "kustomize-controller", ended, answers("http://"+health+"/readyz")); err != nil {
		return fmt.Errorf("%w; its log is %s", err, c.dir("logs/kustomize-controller.log"))
	}
	c.fluxHealth = "http://" + health
	return nil
}
