package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli/clitest"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/cmd"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree"
)

func TestMain(m *testing.M) {
	if tree.IsRenderer(os.Args[1:]) {
		main()
	}
	testscript.Main(m, map[string]func(){"kubectl-fluxdeps": main, "flux-deps": main})
}

// TestStories runs the program as its users do, without a cluster; those with
// one are in hack/e2e.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata", RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": clitest.Exits, "nul": writeNUL},
	})
}

// writeNUL writes a file that is no text.
func writeNUL(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("a: \x00"), 0o600))
}

// TestLinksNothingHeavy names what would cost a start most: see
// docs/architecture.md.
func TestLinksNothingHeavy(t *testing.T) {
	clitest.ForbidImports(t,
		"k8s.io/client-go/kubernetes",
		"k8s.io/client-go/discovery",
		"k8s.io/client-go/restmapper",
		"k8s.io/cli-runtime/pkg/genericclioptions",
		"k8s.io/cli-runtime/pkg/resource",
		"k8s.io/kubectl/pkg/cmd",
		"k8s.io/api/core",
		"sigs.k8s.io/controller-runtime/pkg/client",
		"github.com/fluxcd/pkg/runtime",
		"github.com/fluxcd/cli-utils",
	)
}

func TestReference(t *testing.T) {
	streams := genericiooptions.NewTestIOStreamsDiscard()
	clitest.Reference(t, cmd.NewRoot(cli.Process{IOStreams: streams, Program: "kubectl-fluxdeps"}), "../../docs/fluxdeps/reference.md")
	clitest.Man(t, cmd.NewRoot(cli.Process{IOStreams: streams, Program: "kubectl-fluxdeps"}), "../../docs/man")
	clitest.Schema(t, v1alpha1.DependencyGraph{}, v1alpha1.APIVersion, v1alpha1.DependencyGraphKind, "../..", "../../docs/schemas")
	clitest.Schema(t, v1alpha1.DependencyGraphList{}, v1alpha1.APIVersion, v1alpha1.DependencyGraphListKind, "../..", "../../docs/schemas")
	version := cli.Version("")
	clitest.Schema(t, version, version.APIVersion, version.Kind, "../..", "../../docs/schemas")
}
