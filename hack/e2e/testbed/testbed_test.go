// Package testbed_test checks that the test bed keeps what it promises to all
// other end-to-end tests.
package testbed_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/process"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

var bed = testbed.New()

func TestMain(m *testing.M) { bed.Main(m) }

func TestAUserMayDoWhatIsGrantedAndNoMore(t *testing.T) {
	cluster := bed.Cluster(t)
	namespace := cluster.Namespace(t)
	ann := cluster.AddUser(t, controlplane.User{
		Name:      "ann",
		Namespace: namespace,
		Rules:     []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"list"}}},
	})
	for question, want := range map[string]string{
		"list configmaps -n " + namespace: "yes",
		"list configmaps -n default":      "no",
		"list secrets -n " + namespace:    "no",
	} {
		// kubectl exits with 1 for a no.
		cmd := exec.Command(cluster.KubectlPath(), append([]string{"--kubeconfig", ann, "auth", "can-i"}, strings.Fields(question)...)...)
		if said, _ := cmd.Output(); strings.TrimSpace(string(said)) != want {
			t.Errorf("may ann %s? %q, want %s", question, said, want)
		}
	}
}

// childVariable makes this test program the one that is killed.
const childVariable = "TESTBED_TEST_CHILD"

func TestKilledTestsLeaveNothingBehind(t *testing.T) {
	if os.Getenv(childVariable) != "" {
		fmt.Println("ready:", filepath.Dir(filepath.Dir(bed.Cluster(t).Kubeconfig())))
		select {}
	}
	child, home := startChild(t)
	servers, err := process.Records(filepath.Join(home, "pids"))
	if err != nil || len(servers) != 3 {
		t.Fatalf("the servers of the test to be killed: %v, %v", servers, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	testbed.Eventually(t, "everything is gone", 2*time.Minute, func() error {
		for path, server := range servers {
			if server.Alive() {
				return fmt.Errorf("%s still runs", path)
			}
		}
		if _, err := os.Stat(home); !os.IsNotExist(err) {
			return fmt.Errorf("%s is still there (%w)", home, err)
		}
		return nil
	})
}

// startChild starts this test program once more, and returns when its cluster
// runs.
func startChild(t *testing.T) (child *exec.Cmd, home string) {
	t.Helper()
	child = exec.Command(os.Args[0], "-test.run=^TestKilledTestsLeaveNothingBehind$", "-test.v")
	child.Env = append(os.Environ(), childVariable+"=1")
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if dir, ready := strings.CutPrefix(lines.Text(), "ready: "); ready {
			return child, dir
		}
	}
	t.Fatalf("the child ended: %v", child.Wait())
	return nil, ""
}
