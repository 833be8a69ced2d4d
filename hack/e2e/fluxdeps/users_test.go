package fluxdeps_test

import (
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// readFlux allows to read everything that a graph is made of.
var readFlux = []rbacv1.PolicyRule{{
	APIGroups: []string{"kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io", "source.toolkit.fluxcd.io", "fluxcd.controlplane.io"},
	Resources: []string{"*"},
	Verbs:     []string{"get", "list"},
}}

// Somebody who may look into one namespace sees that one, and is told.
func TestAUserOfOneNamespaceSeesThatOne(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("base", "fine")
	s.kustomization("app", "fine", "dependsOn: [{name: base}, {name: hidden, namespace: default}]")
	s.awaitReady("base")
	kubeconfig := s.cluster.AddUser(t, controlplane.User{Name: "one-namespace", Namespace: s.namespace, Rules: readFlux})

	result := run(t, kubeconfig, "graph", "-o", "json")
	read := parse(t, result)
	if got := read.edge(s.id("app"), s.id("base")).Verdict; got != "ok" {
		t.Errorf("the verdict is %q\n%s", got, result)
	}
	if got := read.edge(s.id("app"), "Kustomization/default/hidden").Verdict; got != "forbidden" {
		t.Errorf("what the user may not see is %q\n%s", got, result)
	}
	if want := `only namespace "` + s.namespace + `" is shown`; !strings.Contains(result.Stderr, want) {
		t.Errorf("no warning with %q\n%s", want, result)
	}
	if result := run(t, kubeconfig, "graph", "--all-namespaces"); result.Code != 4 || result.Stdout != "" {
		t.Errorf("--all-namespaces is not for this user\n%s", result)
	}
}

// One kind that is forbidden leaves the others.
func TestAUserWithoutHelmReleasesSeesTheRest(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("base", "fine")
	s.kustomization("app", "fine", "dependsOn: [{name: base}]")
	s.awaitReady("base")
	kubeconfig := s.cluster.AddUser(t, controlplane.User{Name: "no-helm", Rules: []rbacv1.PolicyRule{{
		APIGroups: []string{"kustomize.toolkit.fluxcd.io", "source.toolkit.fluxcd.io"},
		Resources: []string{"*"},
		Verbs:     []string{"list"},
	}}})
	result := run(t, kubeconfig, "graph", "-n", s.namespace, "-o", "json")
	if got := parse(t, result).edge(s.id("app"), s.id("base")).Verdict; got != "ok" {
		t.Errorf("the verdict is %q\n%s", got, result)
	}
	for _, kind := range []string{"helmreleases", "resourcesets"} {
		if !strings.Contains(result.Stderr, kind+" are left out") {
			t.Errorf("nobody says that %s are missing\n%s", kind, result)
		}
	}
}

// Somebody who may see nothing gets an error in the server's words.
func TestAUserOfNothingGetsAnError(t *testing.T) {
	t.Parallel()
	kubeconfig := bed.Cluster(t).AddUser(t, controlplane.User{Name: "nobody"})
	result := run(t, kubeconfig, "graph")
	if result.Code != 4 || result.Stdout != "" || !strings.Contains(result.Stderr, `User "nobody" cannot list resource "kustomizations"`) {
		t.Errorf("nothing may be read, but\n%s", result)
	}
}

// A cluster need not have every kind.
func TestAKindThatTheServerLacksIsReported(t *testing.T) {
	s := newStage(t)
	s.kustomization("base", "fine")
	s.kustomization("app", "fine", "dependsOn: [{name: base}]")
	s.awaitReady("base")
	// No other test runs now, and none needs it later.
	s.cluster.Kubectl(t, "delete", "crd", "resourcesets.fluxcd.controlplane.io")
	result := fluxdeps(t, "graph", "-n", s.namespace, "-o", "json")
	if got := parse(t, result).edge(s.id("app"), s.id("base")).Verdict; got != "ok" {
		t.Errorf("the verdict is %q\n%s", got, result)
	}
	if !strings.Contains(result.Stderr, "the server has no ResourceSet") {
		t.Errorf("nobody says that there is no ResourceSet\n%s", result)
	}
}

// run runs the plugin as the user of a kubeconfig.
func run(t *testing.T, kubeconfig string, args ...string) testbed.Result {
	t.Helper()
	return bed.Plugin(t, "kubectl-fluxdeps").Run(t, testbed.Call{Kubeconfig: kubeconfig, Args: args})
}
