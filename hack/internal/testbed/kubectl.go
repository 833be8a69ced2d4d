package testbed

import (
	"context"
	"os"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
)

// PinnedKubectl returns the path of a kubectl of the version that the checkout
// pins, for tests of what older ones do not know.
func PinnedKubectl(t testing.TB) string {
	t.Helper()
	provider, err := servers.New(os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	path, err := provider.Pinned(context.Background(), servers.Kubectl) // not of the one test that needs it first
	if err != nil {
		t.Fatal(err)
	}
	return path
}
