// Package clients_test runs programs of other projects with the plugins: clients that use
// kubectl datum-creds for their credentials, and credential programs of clouds in
// kubeconfigs that the plugins read. `make test-clients` builds them and runs this.
package clients_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/oidc"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// clientsVariable names the environment variable with the paths of the clients, separated
// by spaces. Their file names are NAME-vVERSION.
const clientsVariable = "CLIENTS"

const (
	// audience of the provider's tokens.
	audience = "https://api.datum.test"
	plane    = "/apis/resourcemanager.miloapis.com/v1alpha1/projects/one/control-plane"
)

var (
	issuing = &issuer{}
	bed     = testbed.New(testbed.WithAPIServerFlags(issuing.flags))
)

func TestMain(m *testing.M) { bed.Main(m) }

// client returns the path of a client. Without any, the test is skipped: building them
// takes longer than all other tests.
func client(t *testing.T, name string) string {
	t.Helper()
	paths := strings.Fields(os.Getenv(clientsVariable))
	if len(paths) == 0 {
		t.Skipf("run by make test-clients, which builds %s and sets %s", name, clientsVariable)
	}
	for _, path := range paths {
		if strings.HasPrefix(filepath.Base(path), name+"-v") {
			return path
		}
	}
	t.Fatalf("%s has no %s", clientsVariable, name)
	return ""
}

// issuer is the OpenID provider whose tokens the API server accepts.
type issuer struct {
	certificate oidc.Certificate
	robot       oidc.Account
	provider    *oidc.Provider
}

// flags starts the provider, and makes the API server accept its tokens. The provider ends
// with this process.
func (i *issuer) flags(dir string) (map[string][]string, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, errors.New("node is missing; install it with hack/install-deps.sh")
	}
	if i.certificate, err = oidc.NewCertificate(dir); err != nil {
		return nil, err
	}
	if i.robot, err = oidc.NewAccount("4711"); err != nil {
		return nil, err
	}
	i.provider, err = oidc.Start(context.Background(), oidc.Options{
		Node: node, Certificate: i.certificate, Audience: audience, Life: time.Hour, Accounts: []oidc.Account{i.robot}, Log: os.Stderr,
	})
	if err != nil {
		return nil, err
	}
	return i.provider.APIServerFlags(dir, audience, i.certificate)
}
