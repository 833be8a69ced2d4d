// Package completion_test presses TAB in real shells, with the completion of
// kubectl and of the Flux CLI, against a real API server.
package completion_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

var bed = testbed.New(testbed.WithFlux())

func TestMain(m *testing.M) { bed.Main(m) }

// oddContext is named as those of GitLab's agent and of EKS are: with all that
// bash cuts words at.
const oddContext = "arn:aws:eks:eu-west-1:1:cluster/group-agent"

// user has a home of their own with the plugins set up in it, and may do what
// an administrator may.
type user struct {
	home, programs, kubeconfig string
}

func newUser(t *testing.T) *user {
	t.Helper()
	cluster := bed.Cluster(t)
	u := &user{home: t.TempDir(), programs: bed.Programs(t, cluster.KubectlPath())}
	u.kubeconfig = filepath.Join(u.home, "kubeconfig")
	admin := cluster.AddUser(t, controlplane.User{Name: oddContext, Groups: []string{"system:masters"}})
	if err := controlplane.MergeKubeconfigs(u.kubeconfig, cluster.Kubeconfig(), admin); err != nil {
		t.Fatal(err)
	}
	u.addFlux(t)
	for _, plugin := range []string{"kubectl-fluxdeps", "kubectl-datum_creds", "kubectl-secretsync"} {
		cmd := exec.CommandContext(t.Context(), filepath.Join(u.programs, plugin), "completion", "install")
		cmd.Env = u.environment()
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
	}
	return u
}

// addFlux adds the real Flux CLI, which finds flux-deps in the same folder.
func (u *user) addFlux(t *testing.T) {
	t.Helper()
	provider, err := servers.New(os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := provider.Ensure(t.Context(), servers.FluxCLI)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(paths[servers.FluxCLI], filepath.Join(u.programs, "flux")); err != nil {
		t.Fatal(err)
	}
}

// environment holds nothing of who runs the tests.
func (u *user) environment() []string {
	return []string{
		"HOME=" + u.home, "PATH=" + u.programs + ":" + os.Getenv("PATH"), "KUBECONFIG=" + u.kubeconfig, "FLUXCD_PLUGINS=" + u.programs,
		"DATUM_CREDS_HOME=" + filepath.Join(u.home, "creds"), "TERM=dumb", "LANG=C.UTF-8", "HISTFILE=/dev/null",
	}
}

// objects are what there is to complete.
func objects(t *testing.T) (namespace string) {
	t.Helper()
	cluster := bed.Cluster(t)
	namespace = cluster.Namespace(t)
	var manifests strings.Builder
	for _, name := range []string{"postgres-operator", "postgres-database", "website"} {
		fmt.Fprintf(&manifests, `---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: %s, namespace: %s}
spec: {interval: 1h, prune: false, suspend: true, sourceRef: {kind: OCIRepository, name: none}}
`, name, namespace)
	}
	fmt.Fprintf(&manifests, "---\napiVersion: v1\nkind: Secret\nmetadata: {name: registry-pull, namespace: %s}\n", namespace)
	cluster.Apply(t, manifests.String())
	return namespace
}
