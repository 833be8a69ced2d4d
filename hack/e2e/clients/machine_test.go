package clients_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/planes"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// callTimeout bounds one call of a program.
const callTimeout = 2 * time.Minute

// machine is a user's: a home, and a PATH with kubectl and the plugins.
type machine struct {
	cluster *testbed.Cluster
	home    string
	env     []string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	testbed.Tool(t, "node") // the OpenID provider's
	m := &machine{cluster: bed.Cluster(t), home: t.TempDir()}
	programs := bed.Programs(t, m.cluster.KubectlPath())
	m.env = []string{"HOME=" + m.home, "PATH=" + programs + ":" + os.Getenv("PATH"), "KUBECONFIG=" + m.path("kubeconfig"), "TERM=xterm-256color"}
	return m
}

func (m *machine) path(name string) string { return filepath.Join(m.home, name) }

// add puts a client on the PATH under its own name.
func (m *machine) add(t *testing.T, name string) {
	t.Helper()
	dir := m.path("clients")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(client(t, name), filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	for i, variable := range m.env {
		if rest, ok := strings.CutPrefix(variable, "PATH="); ok && !strings.HasPrefix(rest, dir) {
			m.env[i] = "PATH=" + dir + ":" + rest
		}
	}
}

// signIn signs the service account in, writes a context for the control plane, and lets
// the account work in the cluster behind it.
func (m *machine) signIn(t *testing.T) *planes.Proxy {
	t.Helper()
	server, ca := m.cluster.Server()
	proxy, err := planes.Serve(planes.Options{
		CertFile: issuing.certificate.CertFile, KeyFile: issuing.certificate.KeyFile, Upstream: server, UpstreamCA: ca, Prefixes: []string{plane},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	m.cluster.Apply(t, `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: robot}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: User, name: "4711", apiGroup: rbac.authorization.k8s.io}]
`)
	if err := issuing.robot.WriteKeyFile(m.path("key.json"), issuing.provider.Issuer, proxy.URL); err != nil {
		t.Fatal(err)
	}
	m.must(t, `kubectl datum-creds login --credentials "$HOME/key.json" --ca-file '`+issuing.certificate.CertFile+`' --name robot --storage file
kubectl datum-creds update-kubeconfig --project one --session robot`)
	return proxy
}

// shell runs commands, and returns all that they print.
func (m *machine) shell(t *testing.T, commands string, env ...string) (said string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), callTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", "set -euo pipefail\n"+commands)
	cmd.Dir, cmd.Env = m.home, append(append([]string{}, m.env...), env...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil || cmd.ProcessState == nil {
		t.Fatalf("%v\n%s\n%s", err, commands, out)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// must runs commands that succeed, and returns all that they print.
func (m *machine) must(t *testing.T, commands string, env ...string) string {
	t.Helper()
	said, code := m.shell(t, commands, env...)
	if code != 0 {
		t.Fatalf("exit code %d\n%s\n%s", code, commands, said)
	}
	return said
}

// token is one of a service account that may write Secrets in the namespace.
func (m *machine) token(t *testing.T, namespace string) string {
	t.Helper()
	m.cluster.Apply(t, strings.ReplaceAll(`
apiVersion: v1
kind: ServiceAccount
metadata: {name: writer, namespace: NS}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: writer, namespace: NS}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: ServiceAccount, name: writer, namespace: NS}]
`, "NS", namespace))
	return strings.TrimSpace(m.cluster.Kubectl(t, "create", "token", "writer", "-n", namespace))
}
