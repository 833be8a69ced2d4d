package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli/clitest"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/cmd"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/environment"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
)

// TestLinksNothingHeavy: this program starts with every kubectl call, and none
// of Kubernetes' libraries is worth that.
func TestLinksNothingHeavy(t *testing.T) {
	clitest.ForbidImports(t,
		"k8s.io/client-go", "k8s.io/api", "k8s.io/apimachinery", "k8s.io/kubectl", "k8s.io/cli-runtime/pkg/printers",
		"k8s.io/klog", "google.golang.org/protobuf", "golang.org/x/oauth2",
	)
}

// maxSize is what the stripped binary may weigh.
const maxSize = 10 << 20

func TestSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plugin")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > maxSize {
		t.Errorf("the binary has %d bytes, more than %d", info.Size(), maxSize)
	}
}

func TestReference(t *testing.T) {
	d := cmd.NewDependencies(cli.Process{IOStreams: genericiooptions.NewTestIOStreamsDiscard()}, environment.Take(nil))
	clitest.Reference(t, cmd.NewRoot(d), "../../docs/datum-creds/reference.md")
	clitest.Man(t, cmd.NewRoot(d), "../../docs/man")
	for kind, document := range cmd.Documents() {
		clitest.Schema(t, document, cmd.APIVersion, kind, "../..", "../../docs/schemas")
	}
}
