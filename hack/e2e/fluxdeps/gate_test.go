package fluxdeps_test

import (
	"fmt"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// applied are kinds as Flux applies them: server-side.
var applied = map[string]struct {
	resource schema.GroupVersionResource
	manifest string // with %s for lines of the spec
}{
	"Kustomization": {
		schema.GroupVersionResource{Group: "kustomize.toolkit.fluxcd.io", Version: "v1", Resource: "kustomizations"},
		"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: app, namespace: NS}\nspec:\n  interval: 1h\n  prune: true\n  path: ./app\n  sourceRef: {kind: OCIRepository, name: source}\n%s",
	},
	"HelmRelease": {
		schema.GroupVersionResource{Group: "helm.toolkit.fluxcd.io", Version: "v2", Resource: "helmreleases"},
		"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: app, namespace: NS}\nspec:\n  interval: 1h\n  chartRef: {kind: OCIRepository, name: source}\n%s",
	},
	"ResourceSet": {
		schema.GroupVersionResource{Group: "fluxcd.controlplane.io", Version: "v1", Resource: "resourcesets"},
		"apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata: {name: app, namespace: NS}\nspec:\n  resources: []\n%s",
	},
}

// TestTheServerRefusesWhatTheGateFinds applies each form of a dependsOn to a
// real API server, as Flux does, and has the plugin judge the same text.
func TestTheServerRefusesWhatTheGateFinds(t *testing.T) {
	t.Parallel()
	cluster := bed.Cluster(t)
	namespace := cluster.Namespace(t)
	client, err := dynamic.NewForConfig(cluster.Config())
	if err != nil {
		t.Fatal(err)
	}
	specs := []string{
		"  dependsOn: []", "  dependsOn:", "  dependsOn: [{name: a}]", "  dependsOn: [{name: ''}]",
		"  dependsOn: [{name: a, namespace: b, readyExpr: 'true'}]", "  dependsOn: [{name: a, namespace: null}]",
		"  dependsOn: [{name: a}, {name: a}]", "  dependsOn: [{apiVersion: v1, kind: ConfigMap, name: a, ready: true}]",
		"  dependsOn: [a]", "  dependsOn: [{name: a}, b]", "  dependsOn: {name: a}", "  dependsOn: a", "  dependsOn: 1", "  dependsOn: true",
		"  dependsOn: [null]", "  dependsOn: [1]", "  dependsOn: [[]]", "  dependsOn: [{}]", "  dependsOn: [{namespace: b}]",
		"  dependsOn: [{name: 1}]", "  dependsOn: [{name: yes}]", "  dependsOn: [{name: null}]", "  dependsOn: [{name: {}}]",
		"  dependsOn: [{name: a, kind: Kustomization}]", "  dependsOn: [{Name: a}]", "  dependsOn: [{name: a, ready: 'true'}]",
		"  dependsOn: [{name: a, readyExpr: 1}]", "  dependsOn: [{name: a, namespace: [b]}]", "  dependsOn: [{kind: ConfigMap, name: a}]",
		"  dependson: [{name: a}]", "  dependOn: [{name: a}]", "dependsOn: [{name: a}]", "  suspend: 'yes'",
	}
	for kind, as := range applied {
		for _, spec := range specs {
			manifest := strings.ReplaceAll(fmt.Sprintf(as.manifest, spec), "NS", namespace) + "\n"
			_, refusal := client.Resource(as.resource).Namespace(namespace).Patch(t.Context(), "app", types.ApplyPatchType, []byte(manifest),
				metav1.PatchOptions{FieldManager: "gate", DryRun: []string{metav1.DryRunAll}})
			result := bed.Plugin(t, "kubectl-fluxdeps").Run(t, testbed.Call{Args: []string{"-f", "-", "--exit-code"}, Stdin: manifest})
			found := strings.Contains(result.Stdout, "  error  refused  "+kind+"/"+namespace+"/app ")
			if found != (refusal != nil) {
				t.Errorf("%s with %s: the server says %v\n%s", kind, spec, refusal, result)
			}
			if refusal != nil && result.Code != 1 {
				t.Errorf("%s with %s passes\n%s", kind, spec, result)
			}
		}
	}
}

// TestAParentFailsForWhatIsRefused: one child that the API server refuses, and
// none of the parent's objects is applied.
func TestAParentFailsForWhatIsRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	child := func(dependsOn string) string {
		return strings.ReplaceAll(fmt.Sprintf(applied["Kustomization"].manifest, "  dependsOn: "+dependsOn), "NS", s.namespace) + "\n"
	}
	children := map[string]string{"strings": child("[base]"), "kind": child("[{kind: Kustomization, name: base}]"), "nothing": child("null"), "fine": child("[{name: base}]")}
	files := map[string]string{}
	for name, manifest := range children {
		files[name+"/child.yaml"] = manifest
	}
	s.cluster.Publish(t, "OCIRepository/"+s.namespace+"/source", "2.0.0", testbed.Files(files))
	for name, manifest := range children {
		s.kustomization(name, name, "wait: false", "namePrefix: "+name+"-")
		want := outcome{"False", "ReconciliationFailed"}
		if name == "fine" {
			want = outcome{"True", "ReconciliationSucceeded"}
		}
		s.await(name, want.status, want.reason)
		result := bed.Plugin(t, "kubectl-fluxdeps").Run(t, testbed.Call{Args: []string{"-f", "-", "--exit-code"}, Stdin: manifest})
		if refused := strings.Contains(result.Stdout, "  error  refused  "); refused != (name != "fine") {
			t.Errorf("%s: the controller says %+v\n%s", name, s.condition(name, "Ready"), result)
		}
	}
}

// TestAStalledExpressionDoesNotPass: the controller stalls on it until the spec
// changes.
func TestAStalledExpressionDoesNotPass(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("base", "fine")
	s.kustomization("app", "fine", `dependsOn: [{name: base, readyExpr: "dep.status.conditions.filter(e, e.type == 'Ready'"}]`)
	s.await("app", "False", "InvalidCELExpression")
	result := fluxdeps(t, "graph", "-n", s.namespace, "--exit-code")
	if want := "error  invalid-expression  " + s.id("app") + " "; result.Code != 1 || !strings.Contains(result.Stdout, want) {
		t.Errorf("no %q\n%s", want, result)
	}
	s.patch("app", `{"spec": {"dependsOn": [{"name": "base"}]}}`)
	s.awaitReady("app")
	if result := fluxdeps(t, "graph", "-n", s.namespace, "--exit-code"); result.Code != 0 {
		t.Errorf("the controller passes, but\n%s", result)
	}
}

// TestWhatMayNotBeListedIsNotChecked: who asks for all namespaces and may see
// one has not checked the others.
func TestWhatMayNotBeListedIsNotChecked(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.kustomization("base", "fine")
	s.kustomization("app", "fine", "dependsOn: [{name: base}]")
	one := s.cluster.AddUser(t, controlplane.User{Name: "gate-one-namespace", Namespace: s.namespace, Rules: readFlux})
	result := run(t, one, "graph", "--exit-code")
	if want := "unchecked  unreadable  kustomizations.kustomize.toolkit.fluxcd.io only those in namespace " + s.namespace; result.Code != 1 || !strings.Contains(result.Stdout, want) {
		t.Errorf("no %q\n%s", want, result)
	}
	if result := run(t, one, "graph", "-n", s.namespace, "--exit-code"); result.Code != 0 {
		t.Errorf("all that was asked for may be seen, but\n%s", result)
	}
	few := s.cluster.AddUser(t, controlplane.User{Name: "gate-no-helm", Rules: []rbacv1.PolicyRule{{
		APIGroups: []string{"kustomize.toolkit.fluxcd.io", "source.toolkit.fluxcd.io"}, Resources: []string{"*"}, Verbs: []string{"list"},
	}}})
	args := []string{"graph", "-n", s.namespace, "--exit-code"}
	if result := run(t, few, args...); result.Code != 1 || !strings.Contains(result.Stdout, "unchecked  unreadable  helmreleases.helm.toolkit.fluxcd.io ") {
		t.Errorf("HelmReleases count as checked\n%s", result)
	}
	accepted := append(args, "--allow-unchecked", "helmreleases.helm.toolkit.fluxcd.io=none here", "--allow-unchecked", "resourcesets.fluxcd.controlplane.io=none here")
	if result := run(t, few, accepted...); result.Code != 0 {
		t.Errorf("accepted, but\n%s", result)
	}
}
