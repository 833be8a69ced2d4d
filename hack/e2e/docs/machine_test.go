package docs_test

import (
	"context"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// patience is how long the commands of one block may take.
const patience = 2 * time.Minute

// machine is that of somebody who reads a page and types what it says: a home,
// which is the current folder too, and a kubeconfig of three clusters.
type machine struct {
	*testing.T
	root, home string
	env        []string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	testbed.Tool(t, "node") // the OpenID provider's
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{T: t, root: root, home: t.TempDir()}
	kubeconfig := m.path("kubeconfig.fleet")
	var each []string
	for _, name := range []string{management, prodOne, prodTwo} {
		each = append(each, bed.Named(t, name).Kubeconfig())
	}
	if err := controlplane.MergeKubeconfigs(kubeconfig, each...); err != nil {
		t.Fatal(err)
	}
	programs := bed.Programs(t, bed.Named(t, management).KubectlPath())
	m.env = []string{
		"HOME=" + m.home, "PATH=" + programs + ":" + os.Getenv("PATH"), "KUBECONFIG=" + kubeconfig, "REGISTRY_TOKEN=" + rand.Text(),
		// Stands for certificates that everybody trusts.
		"SSL_CERT_FILE=" + issuing.certificate.CertFile,
	}
	return m
}

func (m *machine) path(name string) string { return filepath.Join(m.home, name) }

// shell runs commands as people type them, and returns all that they print.
func (m *machine) shell(t *testing.T, commands string, env ...string) (said string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
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

// must runs commands that prepare something.
func (m *machine) must(t *testing.T, commands string, env ...string) {
	t.Helper()
	if said, code := m.shell(t, commands, env...); code != 0 {
		t.Fatalf("exit code %d\n%s\n%s", code, commands, said)
	}
}

func (m *machine) cluster(name string) *testbed.Cluster {
	m.Helper()
	return bed.Named(m, name)
}
