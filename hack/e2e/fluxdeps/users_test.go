package fluxdeps_test

import (
	"errors"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

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
	// No other test runs now: this one is not parallel.
	defer withoutResourceSets(t, s.cluster)()
	result := fluxdeps(t, "graph", "-n", s.namespace, "-o", "json")
	if got := parse(t, result).edge(s.id("app"), s.id("base")).Verdict; got != "ok" {
		t.Errorf("the verdict is %q\n%s", got, result)
	}
	if !strings.Contains(result.Stderr, "the server has no ResourceSet") {
		t.Errorf("nobody says that there is no ResourceSet\n%s", result)
	}
}

// withoutResourceSets takes their definition away, and returns what brings it
// back.
func withoutResourceSets(t *testing.T, cluster *testbed.Cluster) (restore func()) {
	t.Helper()
	const name = "resourcesets.fluxcd.controlplane.io"
	definition := cluster.Get(t, "customresourcedefinitions.v1.apiextensions.k8s.io", "", name)
	for _, field := range []string{"managedFields", "resourceVersion", "uid", "creationTimestamp"} {
		unstructured.RemoveNestedField(definition.Object, "metadata", field)
	}
	delete(definition.Object, "status")
	text, err := definition.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	cluster.Kubectl(t, "delete", "crd", name)
	return func() {
		cluster.Apply(t, string(text))
		cluster.Kubectl(t, "wait", "--for=condition=Established", "crd", name, "--timeout=30s")
		testbed.Eventually(t, "ResourceSets are served again", patience, func() error {
			if result := fluxdeps(t, "graph", "-n", "default"); strings.Contains(result.Stderr, "no ResourceSet") {
				return errors.New(result.Stderr)
			}
			return nil
		})
	}
}

// Whether the revision of a shared source is up to date is said by who may
// read that source, be it by name alone; others do not guess.
func TestARevisionIsComparedOnlyWhereItCanBeRead(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("base", "fine")
	s.awaitReady("base")
	s.patch("base", `{"spec": {"suspend": true}}`)
	s.publish("1.1.0")
	s.kustomization("app", "fine", "dependsOn: [{name: base}]")
	testbed.Eventually(t, "controller and plugin agree", patience, func() error {
		return s.agree("app", "base", "stale-revision", waits)
	})
	read := func(resource string, verbs ...string) rbacv1.PolicyRule {
		group, _, _ := strings.Cut(resource, "/")
		return rbacv1.PolicyRule{APIGroups: []string{group}, Resources: []string{strings.TrimPrefix(resource, group+"/")}, Verbs: verbs}
	}
	list := read("kustomize.toolkit.fluxcd.io/kustomizations", "get", "list")
	for name, tt := range map[string]struct {
		rules   []rbacv1.PolicyRule
		verdict string
	}{
		"by-name": {[]rbacv1.PolicyRule{list, read("source.toolkit.fluxcd.io/ocirepositories", "get")}, "stale-revision"},
		"not":     {[]rbacv1.PolicyRule{list}, "unknown"},
	} {
		kubeconfig := s.cluster.AddUser(t, controlplane.User{Name: "source-" + name, Namespace: s.namespace, Rules: tt.rules})
		result := run(t, kubeconfig, "graph", "-o", "json")
		edge := parse(t, result).edge(s.id("app"), s.id("base"))
		if known := edge.Met != nil; edge.Verdict != tt.verdict || known != (tt.verdict != "unknown") {
			t.Errorf("%s: %+v\n%s", name, edge, result)
		}
		if warned := strings.Contains(result.Stderr, "ocirepositories are left out"); warned != (tt.verdict == "unknown") {
			t.Errorf("%s: the warnings are\n%s", name, result.Stderr)
		}
		if tt.verdict == "unknown" && !strings.Contains(edge.Detail, "OCIRepository/"+s.namespace+"/source could not be read") {
			t.Errorf("%s: the detail is %q", name, edge.Detail)
		}
	}
}

// run runs the plugin as the user of a kubeconfig.
func run(t *testing.T, kubeconfig string, args ...string) testbed.Result {
	t.Helper()
	return bed.Plugin(t, "kubectl-fluxdeps").Run(t, testbed.Call{Kubeconfig: kubeconfig, Args: args})
}
