// Package testbed gives end-to-end tests a real cluster and real binaries.
//
// A test package has one bed. It starts what is asked of it when it is first
// asked, and takes everything away at the end:
//
//	var bed = testbed.New(testbed.WithFlux())
//
//	func TestMain(m *testing.M) { bed.Main(m) }
//
//	func TestGraph(t *testing.T) {
//		cluster := bed.Cluster(t)
//		namespace := cluster.Namespace(t)
//		cluster.Apply(t, manifests(namespace))
//		result := bed.Plugin(t, "kubectl-fluxdeps").Run(t, testbed.Call{
//			Kubeconfig: cluster.Kubeconfig(),
//			Args:       []string{"graph", "-n", namespace},
//		})
//		…
//	}
package testbed

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/process"
)

// Bed is what the tests of one package share. Its methods may be called from
// parallel tests.
type Bed struct {
	// flux tells which clusters, by name, have Flux.
	flux func(cluster string) bool
	// fluxFlags are more flags of kustomize-controller, by cluster.
	fluxFlags map[string][]string
	// flags returns more flags of the API server, when that is started.
	flags func(dir string) (map[string][]string, error)

	mu       sync.Mutex
	home     *home
	clusters map[string]started
	plugins  map[string]built
}

// Option changes what a bed's cluster has.
type Option func(*Bed)

// WithFlux adds Flux's API and kustomize-controller to the clusters of these
// names, or to all.
func WithFlux(clusters ...string) Option {
	return func(b *Bed) {
		b.flux = func(name string) bool { return len(clusters) == 0 || slices.Contains(clusters, name) }
	}
}

// WithFluxFlags adds to the flags of a cluster's kustomize-controller.
func WithFluxFlags(cluster string, flags ...string) Option {
	return func(b *Bed) { b.fluxFlags[cluster] = append(b.fluxFlags[cluster], flags...) }
}

// WithAPIServerFlags adds to the flags of kube-apiserver. The function is called
// when the cluster is started, and may start what the flags speak of; the folder
// is the bed's, and goes away with it.
func WithAPIServerFlags(flags func(dir string) (map[string][]string, error)) Option {
	return func(b *Bed) { b.flags = flags }
}

// New returns a bed; nothing is started yet.
func New(options ...Option) *Bed {
	b := &Bed{
		clusters: map[string]started{}, plugins: map[string]built{},
		fluxFlags: map[string][]string{},

		flux:  func(string) bool { return false },
		flags: func(string) (map[string][]string, error) { return nil, nil },
	}
	for _, option := range options {
		option(b)
	}
	return b
}

// Main runs the tests of a package and ends the process. TestMain calls it
// first of all.
func (b *Bed) Main(m *testing.M) {
	process.GuardIfAsked()
	// envtest has a logger that wants to be told where to write.
	log.SetLogger(logr.Discard())
	// These tests wait more than they work; -parallel still has the last word.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := b.close(); err != nil {
		fmt.Fprintf(os.Stderr, "clean up the test bed: %v\n", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// close ends and removes everything that was started.
func (b *Bed) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var err error
	for _, one := range b.clusters {
		if one.cluster != nil {
			err = errors.Join(err, one.cluster.stop())
		}
	}
	if b.home != nil {
		err = errors.Join(err, b.home.guardian.Release())
	}
	return err
}

// home is the folder of everything that a bed makes.
type home struct {
	dir, records string
	// root is the checkout.
	root string
	// guardian ends the servers and removes the folder, also when the tests
	// are killed.
	guardian *process.Guardian
}

// open makes the home; the caller holds the lock.
func (b *Bed) open() (*home, error) {
	if b.home != nil {
		return b.home, nil
	}
	root, err := checkout.Root("")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "testbed-")
	if err != nil {
		return nil, err
	}
	records := dir + "/pids"
	guardian, err := process.StartGuardian(records, dir)
	if err != nil {
		return nil, err
	}
	b.home = &home{dir: dir, records: records, root: root, guardian: guardian}
	return b.home, nil
}
