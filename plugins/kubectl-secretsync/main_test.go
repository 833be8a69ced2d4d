package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli/clitest"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/cmd"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kubectl-secretsync": main})
}

// TestStories runs the program as its users do, against servers in this
// process; those with real clusters are in hack/e2e.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata", RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error { return setUp(t, env) },
		Cmds:  map[string]func(*testscript.TestScript, bool, []string){"exits": clitest.Exits},
	})
}

// setUp starts a cluster to copy from, two to copy to, and names them in
// $KUBECONFIG. The Secrets app and pull are in team.
func setUp(t *testing.T, env *testscript.Env) error {
	t.Helper()
	management := apitest.New(t)
	management.Put("team", "app", map[string]any{"data": map[string]any{"password": "aHVudGVyMi1odW50ZXIy", "user": "YWRtaW4="}})
	management.Put("team", "pull", map[string]any{
		"type": "kubernetes.io/dockerconfigjson", "data": map[string]any{".dockerconfigjson": "e30="},
		"metadata": map[string]any{"labels": map[string]any{"fleet": "all"}},
	})
	management.Put("team", "boot", map[string]any{"type": "bootstrap.kubernetes.io/token"})
	path := filepath.Join(env.WorkDir, "kubeconfig")
	env.Setenv("KUBECONFIG", path)
	return os.WriteFile(path, kubeconfig(map[string]*apitest.Server{
		"management": management, "prod-1": apitest.New(t), "prod-2": apitest.New(t),
	}), 0o600)
}

// kubeconfig has a context for each server; management is the current one.
func kubeconfig(servers map[string]*apitest.Server) []byte {
	var contexts, clusters strings.Builder
	for name, server := range servers {
		fmt.Fprintf(&contexts, "- {name: %s, context: {cluster: %s, user: u, namespace: team}}\n", name, name)
		fmt.Fprintf(&clusters, "- {name: %s, cluster: {server: %q, insecure-skip-tls-verify: true}}\n", name, server.URL)
	}
	return []byte("apiVersion: v1\nkind: Config\ncurrent-context: management\ncontexts:\n" + contexts.String() +
		"clusters:\n" + clusters.String() + "users:\n- {name: u, user: {token: t}}\n")
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
		"sigs.k8s.io/controller-runtime",
		"github.com/fluxcd",
	)
}

func TestReference(t *testing.T) {
	clitest.Reference(t, cmd.NewRoot(cli.Process{IOStreams: genericiooptions.NewTestIOStreamsDiscard()}), "../../docs/secretsync/reference.md")
	clitest.Man(t, cmd.NewRoot(cli.Process{IOStreams: genericiooptions.NewTestIOStreamsDiscard()}), "../../docs/man")
	clitest.Schema(t, v1alpha1.Report{}, v1alpha1.APIVersion, v1alpha1.ReportKind, "../..", "../../docs/schemas")
}
