// Package controlplane runs real Kubernetes control planes on this machine:
// etcd, kube-apiserver and kube-controller-manager, and Flux's own
// kustomize-controller where it is wanted. There are no nodes, so that no pod
// ever runs.
package controlplane

import (
	"path/filepath"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/artifact"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

// Options says what kind of cluster to start.
type Options struct {
	// Name is the name of the cluster and of the context in its kubeconfig.
	Name string
	// Dir is the folder that everything of the cluster is kept in.
	Dir string
	// Records is the folder that its processes are recorded in; default
	// Dir/pids. A guardian may watch it.
	Records string
	// Servers provides the binaries.
	Servers *servers.Provider
	// FluxCRDs installs Flux's CustomResourceDefinitions.
	FluxCRDs bool
	// Flux installs the CRDs and runs kustomize-controller.
	Flux bool
	// RequeueDependency is how often kustomize-controller looks again at a
	// dependency that is not ready; default 2 s. Flux's own default is 30 s.
	RequeueDependency time.Duration
	// FluxFlags adds to the flags of kustomize-controller; a flag that is given
	// already is overridden.
	FluxFlags []string
	// Artifacts is where Publish stores; needed for Publish only.
	Artifacts artifact.Store
	// APIServerFlags adds to the flags of kube-apiserver, by name without
	// dashes, such as authentication-config.
	APIServerFlags map[string][]string
}

func (o Options) withDefaults() Options {
	if o.Records == "" {
		o.Records = filepath.Join(o.Dir, "pids")
	}
	if o.RequeueDependency == 0 {
		o.RequeueDependency = 2 * time.Second
	}
	o.FluxCRDs = o.FluxCRDs || o.Flux
	return o
}

// needs lists the binaries that such a cluster runs.
func (o Options) needs() []servers.Name {
	names := []servers.Name{servers.Etcd, servers.APIServer, servers.ControllerManager}
	if o.Flux {
		names = append(names, servers.KustomizeController)
	}
	return names
}
