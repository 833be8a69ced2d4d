// Package docs_test runs the commands of README, guides and examples from
// their own text, on real servers.
package docs_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/oidc"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/planes"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// The clusters, which are also the names of their contexts.
const (
	management = "management"
	prodOne    = "prod-1"
	prodTwo    = "prod-2"
)

// audience is whom tokens are for, plane the control plane of my-project.
const (
	audience = "https://api.datum.test"
	plane    = "/apis/resourcemanager.miloapis.com/v1alpha1/projects/my-project/control-plane"
)

var (
	issuing = &issuer{}
	bed     = testbed.New(testbed.WithFlux(management), testbed.WithAPIServerFlags(issuing.flags))
)

func TestMain(m *testing.M) { bed.Main(m) }

// issuer stands for Datum's auth and API hosts.
type issuer struct {
	once        sync.Once
	err         error
	certificate oidc.Certificate
	robot       oidc.Account
	provider    *oidc.Provider
}

// flags makes an API server accept the provider's tokens.
func (i *issuer) flags(dir string) (map[string][]string, error) {
	i.once.Do(func() { i.err = i.start(dir) })
	if i.err != nil {
		return nil, i.err
	}
	return i.provider.APIServerFlags(dir, audience, i.certificate)
}

func (i *issuer) start(dir string) (err error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return errors.New("node is missing; install it with hack/install-deps.sh")
	}
	if i.certificate, err = oidc.NewCertificate(dir); err != nil {
		return err
	}
	if i.robot, err = oidc.NewAccount("4711"); err != nil {
		return err
	}
	i.provider, err = oidc.Start(context.Background(), oidc.Options{
		Node: node, Certificate: i.certificate, Audience: audience, Life: time.Hour, Accounts: []oidc.Account{i.robot}, Log: os.Stderr,
	})
	return err
}

// api serves the control plane of my-project in front of the management
// cluster until the test ends, and returns its address.
func (i *issuer) api(t *testing.T) string {
	t.Helper()
	cluster := bed.Named(t, management)
	server, ca := cluster.Server()
	proxy, err := planes.Serve(planes.Options{
		CertFile: i.certificate.CertFile, KeyFile: i.certificate.KeyFile, Upstream: server, UpstreamCA: ca, Prefixes: []string{plane},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	cluster.Apply(t, `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: robot}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: User, name: "4711", apiGroup: rbac.authorization.k8s.io}]
`)
	return proxy.URL
}
