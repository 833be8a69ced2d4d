package controlplane

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/process"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

// startPatience is how long one server may take to be ready: on a busy
// machine far longer than the three seconds it mostly needs.
const startPatience = time.Minute

// startServers starts etcd and kube-apiserver.
func (c *Cluster) startServers(ctx context.Context) error {
	if err := c.configure(); err != nil {
		return err
	}
	type result struct {
		config *rest.Config
		err    error
	}
	done := make(chan result, 1)
	go func() {
		config, err := c.env.Start()
		done <- result{config, err}
	}()
	select {
	case got := <-done:
		if got.err != nil {
			return got.err
		}
		c.config = got.config
		// envtest ends it with a slash, to which no path can be added.
		c.config.Host = strings.TrimRight(c.config.Host, "/")
		return nil
	case <-ctx.Done():
		c.abandonStart()
		<-done
		return ctx.Err()
	}
}

// abandonStart makes envtest give up, which takes no context: with the
// launchers gone, it cannot start a server anew.
func (c *Cluster) abandonStart() {
	_ = os.RemoveAll(c.dir("bin"))
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	_ = process.Reap(ctx, c.options.Records)
}

func (c *Cluster) configure() error {
	env := &envtest.Environment{
		ControlPlaneStartTimeout: startPatience,
		ControlPlaneStopTimeout:  stopPatience,
		// Never the variable's default: nothing of ours is downloaded.
		BinaryAssetsDirectory: c.dir("bin"),
	}
	env.ControlPlane.Etcd = &envtest.Etcd{DataDir: c.dir("etcd")}
	// envtest looks for a kubectl that nobody here asks for.
	env.ControlPlane.KubectlPath = c.dir("bin/kubectl")
	api := env.ControlPlane.GetAPIServer()
	api.CertDir = c.dir("certs")
	for name, values := range c.options.APIServerFlags {
		api.Configure().Set(name, values...)
	}
	var err error
	if env.ControlPlane.Etcd.Path, err = c.launcher(servers.Etcd); err != nil {
		return err
	}
	if api.Path, err = c.launcher(servers.APIServer); err != nil {
		return err
	}
	c.env = env
	return nil
}

// launcher writes the script that starts one server, and returns its path.
func (c *Cluster) launcher(name servers.Name) (string, error) {
	path := c.dir("bin/" + string(name))
	return path, process.Launcher{
		Program: c.binaries[name],
		Record:  fmt.Sprintf("%s/%s", c.options.Records, name),
		Log:     c.dir("logs/" + string(name) + ".log"),
	}.Write(path)
}
