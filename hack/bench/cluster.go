package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/process"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

// workshop is the folder of a run, and what watches over it.
type workshop struct {
	dir      string
	guardian *process.Guardian
}

// open makes the folder. Whatever ends this process, the guardian then ends
// the servers and removes the folder.
func open() (*workshop, error) {
	dir, err := os.MkdirTemp("", "kubectl-plugins-bench-")
	if err != nil {
		return nil, err
	}
	w := &workshop{dir: dir}
	if w.guardian, err = process.StartGuardian(w.path("pids"), dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return w, nil
}

// close ends and removes all.
func (w *workshop) close() error { return w.guardian.Release() }

func (w *workshop) path(name string) string { return filepath.Join(w.dir, name) }

// loadedCluster starts a control plane, without a controller that would write
// what is measured anew, and fills it. It returns the kubeconfig.
func (w *workshop) loadedCluster(ctx context.Context, provider *servers.Provider, n int, progress io.Writer) (string, error) {
	fmt.Fprintln(progress, "starting a control plane")
	cluster, err := controlplane.Start(ctx, controlplane.Options{
		Name: "bench", Dir: w.path("cluster"), Records: w.path("pids"), Servers: provider, FluxCRDs: true,
	})
	if err != nil {
		return "", err
	}
	loader, err := newLoader(cluster.Config(), progress)
	if err != nil {
		return "", err
	}
	return cluster.Kubeconfig(), loader.load(ctx, n)
}
