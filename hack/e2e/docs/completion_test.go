package docs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// TestCompletionOfDatum: names come from a control plane of Datum's too, by its
// flags and by a kubeconfig whose credential program is our own.
func TestCompletionOfDatum(t *testing.T) {
	m := newMachine(t)
	m.signedIn(t)
	m.must(t, "kubectl fluxdeps completion install; kubectl datum-creds update-kubeconfig --project my-project")
	for _, words := range []string{"-n kube-", "--datum-project my-project -n kube-", "--datum-project my-project --datum-session ro"} {
		want := "kube-system"
		if strings.HasSuffix(words, "ro") {
			want = "robot"
		}
		testbed.Eventually(t, words, 30*time.Second, func() error { // busy machines give up
			said, code := m.shell(t, "kubectl_complete-fluxdeps "+words)
			if code != 0 || !slices.Contains(strings.Fields(said), want) {
				return fmt.Errorf("exit code %d: %s", code, said)
			}
			return nil
		})
	}
}
