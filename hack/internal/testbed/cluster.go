package testbed

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/artifact"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

// Cluster is a cluster of a bed.
type Cluster struct {
	running   *controlplane.Cluster
	artifacts *artifact.Server
	client    dynamic.Interface
	kubectl   string
}

// Cluster returns the cluster that all tests of the package share, and starts
// it for the first of them. Servers that were never built are built now, which
// takes minutes: `go run ./hack/devcluster servers --flux` does it before.
func (b *Bed) Cluster(t testing.TB) *Cluster {
	t.Helper()
	return b.Named(t, "testbed")
}

// started is what came of starting a cluster.
type started struct {
	cluster *Cluster
	err     error
}

// Named returns one of several clusters that all tests of the package share.
func (b *Bed) Named(t testing.TB, name string) *Cluster {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	got, known := b.clusters[name]
	if !known {
		got.cluster, got.err = b.startCluster(name)
		b.clusters[name] = got
	}
	if got.err != nil {
		t.Fatalf("start cluster %s of the tests: %v", name, got.err)
	}
	return got.cluster
}

// startCluster does not stop with the test that happens to need it first.
func (b *Bed) startCluster(name string) (*Cluster, error) {
	home, err := b.open()
	if err != nil {
		return nil, err
	}
	provider, err := servers.New(os.Stderr)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	paths, err := provider.Ensure(ctx, servers.Kubectl)
	if err != nil {
		return nil, err
	}
	flags, err := b.flags(home.dir)
	if err != nil {
		return nil, err
	}
	c := &Cluster{kubectl: paths[servers.Kubectl]}
	if c.artifacts, err = artifact.Serve(ctx, home.dir+"/artifacts/"+name); err != nil {
		return nil, err
	}
	c.running, err = controlplane.Start(ctx, controlplane.Options{
		Name:      name,
		Dir:       home.dir + "/cluster-" + name,
		Records:   home.records + "/" + name,
		Servers:   provider,
		Flux:      b.flux(name),
		FluxFlags: b.fluxFlags[name],
		Artifacts: c.artifacts.Store(),

		APIServerFlags: flags,
	})
	if err != nil {
		return nil, errors.Join(err, c.artifacts.Close())
	}
	c.client, err = dynamic.NewForConfig(c.running.Config())
	return c, err
}

func (c *Cluster) stop() error {
	return errors.Join(c.running.Stop(), c.artifacts.Close())
}

// Server is the URL of the API server, CA the PEM that vouches for it.
func (c *Cluster) Server() (url string, ca []byte) {
	config := c.running.Config()
	return config.Host, config.CAData
}

// Config is how to reach the cluster as an administrator.
func (c *Cluster) Config() *rest.Config { return c.running.Config() }

// Kubeconfig is the path of an administrator's kubeconfig.
func (c *Cluster) Kubeconfig() string { return c.running.Kubeconfig() }

// KubectlPath is the kubectl that Kubectl runs: the user's, or one built.
func (c *Cluster) KubectlPath() string { return c.kubectl }

// AddUser adds somebody with limited rights and returns the path of the
// user's kubeconfig.
func (c *Cluster) AddUser(t testing.TB, user controlplane.User) string {
	t.Helper()
	kubeconfig, err := c.running.AddUser(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	return kubeconfig
}

// Namespace makes a namespace for one test, which is deleted after it.
func (c *Cluster) Namespace(t testing.TB) string {
	t.Helper()
	namespaces := c.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"})
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1",
		"kind":       "Namespace",
		"metadata":   map[string]any{"generateName": "test-"},
	}}
	made, err := namespaces.Create(t.Context(), object, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("create a namespace: %v", err)
	}
	t.Cleanup(func() {
		if err := namespaces.Delete(context.Background(), made.GetName(), metav1.DeleteOptions{}); err != nil {
			t.Errorf("delete namespace %s: %v", made.GetName(), err)
		}
	})
	return made.GetName()
}

// Apply applies manifests, server-side.
func (c *Cluster) Apply(t testing.TB, manifests string) {
	t.Helper()
	c.kubectlWith(t, manifests, "apply", "--server-side", "--force-conflicts", "-f", "-")
}

// Kubectl runs kubectl as administrator and returns what it prints.
func (c *Cluster) Kubectl(t testing.TB, args ...string) string {
	t.Helper()
	return c.kubectlWith(t, "", args...)
}

func (c *Cluster) kubectlWith(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	// Not the test's own context, which has ended when it cleans up.
	ctx, cancel := context.WithTimeout(context.Background(), callPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.kubectl, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.Kubeconfig())
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return stdout.String()
}

// Get returns an object; resource is like kustomizations.v1.kustomize.toolkit.fluxcd.io.
func (c *Cluster) Get(t testing.TB, resource, namespace, name string) *unstructured.Unstructured {
	t.Helper()
	parsed, _ := schema.ParseResourceArg(resource)
	if parsed == nil {
		t.Fatalf("%q is not RESOURCE.VERSION.GROUP", resource)
	}
	object, err := c.client.Resource(*parsed).Namespace(namespace).Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatalf("get %s %s/%s: %v", resource, namespace, name, err)
	}
	return object
}

// Publish gives a source, written as KIND/NAMESPACE/NAME, an artifact.
func (c *Cluster) Publish(t testing.TB, source, tag string, from fs.FS) {
	t.Helper()
	target, err := flux.ParseSource(source)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.running.Publish(t.Context(), target, from, tag); err != nil {
		t.Fatal(err)
	}
}

// FluxLog is what kustomize-controller has logged so far.
func (c *Cluster) FluxLog(t testing.TB) string {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(c.running.Logs(), "kustomize-controller.log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(log)
}

// Files is a folder of texts, by their path.
func Files(texts map[string]string) fs.FS {
	folder := fstest.MapFS{}
	for path, text := range texts {
		folder[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return folder
}
