// Package creds_test signs in at a certified OpenID provider with kubectl
// datum-creds, and lets real kubectl use the tokens on a real API server
// behind Datum's control-plane paths.
package creds_test

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
	"github.com/datum-cloud/kubectl-plugins/hack/internal/planes"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// audience is whom the tokens are for.
const audience = "https://api.datum.test"

// The control planes that are served.
const (
	projectOne   = "/apis/resourcemanager.miloapis.com/v1alpha1/projects/one/control-plane"
	projectTwo   = "/apis/resourcemanager.miloapis.com/v1alpha1/projects/two/control-plane"
	organization = "/apis/resourcemanager.miloapis.com/v1alpha1/organizations/org/control-plane"
)

var (
	issuing = &issuer{}
	bed     = testbed.New(testbed.WithAPIServerFlags(issuing.flags))
)

func TestMain(m *testing.M) { bed.Main(m) }

// issuer is the provider that all tests share.
type issuer struct {
	dir         string
	certificate oidc.Certificate
	robot       oidc.Account
	provider    *oidc.Provider
}

// start starts the provider. It ends when this process does, by the end of its
// standard input.
func (i *issuer) start() (err error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return errors.New("node is missing; install it with hack/install-deps.sh")
	}
	if i.certificate, err = oidc.NewCertificate(i.dir); err != nil {
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

// flags makes the API server accept the provider's tokens.
func (i *issuer) flags(dir string) (map[string][]string, error) {
	i.dir = dir
	if err := i.start(); err != nil {
		return nil, err
	}
	return i.provider.APIServerFlags(dir, audience, i.certificate)
}

// desk is a user's machine: a home, a PATH with the plugin and kubectl, and
// control planes to work with.
type desk struct {
	plugin *testbed.Plugin
	planes *planes.Proxy
	env    []string
	home   string
	config string
	// storage is where logins keep their secret.
	storage string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	testbed.Tool(t, "node")
	cluster := bed.Cluster(t)
	server, ca := cluster.Server()
	proxy, err := planes.Serve(planes.Options{
		CertFile: issuing.certificate.CertFile, KeyFile: issuing.certificate.KeyFile,
		Upstream: server, UpstreamCA: ca, Prefixes: []string{projectOne, projectTwo, organization},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	d := &desk{plugin: bed.Plugin(t, "kubectl-datum-creds"), planes: proxy, home: t.TempDir(), storage: "file"}
	d.config = filepath.Join(d.home, "kubeconfig")
	bin := filepath.Join(d.home, "bin")
	for _, err := range []error{
		os.Mkdir(bin, 0o700), os.Symlink(d.plugin.Path, filepath.Join(bin, "kubectl-datum_creds")), os.Symlink(cluster.KubectlPath(), filepath.Join(bin, "kubectl")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	d.env = []string{"HOME=" + d.home, "PATH=" + bin + ":" + os.Getenv("PATH"), "KUBECONFIG=" + d.config}
	return d
}

// creds runs the plugin and expects it to succeed.
func (d *desk) creds(t *testing.T, args ...string) testbed.Result {
	t.Helper()
	got := d.plugin.Run(t, testbed.Call{Args: args, Env: d.env})
	if got.Code != 0 {
		t.Fatalf("datum-creds %s: %s", strings.Join(args, " "), got)
	}
	return got
}

// kubectl runs kubectl as the user, and returns all it prints.
func (d *desk) kubectl(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "kubectl", args...)
	cmd.Path = filepath.Join(d.home, "bin", "kubectl")
	cmd.Env = d.env
	said, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(said)), err
}

// whoami is who the API server takes a context for.
func (d *desk) whoami(t *testing.T, context string) string {
	t.Helper()
	said, err := d.kubectl(t, "--context", context, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}")
	if err != nil {
		t.Fatalf("kubectl as %s: %v\n%s", context, err, said)
	}
	return said
}

// loginFlags are those of all logins here.
func (d *desk) loginFlags() []string {
	return []string{
		"login", "--hostname", issuing.provider.Issuer, "--api-hostname", d.planes.URL, "--ca-file", issuing.certificate.CertFile,
		"--client-id", oidc.ClientID, "--storage", d.storage,
	}
}
