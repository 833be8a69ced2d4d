package fluxdeps_test

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

const kustomizations = "kustomizations.v1.kustomize.toolkit.fluxcd.io"

// stage is a namespace with a source, whose artifact has two folders: fine
// becomes ready, and stuck never does, for no pod runs on the cluster.
type stage struct {
	*testing.T
	cluster   *testbed.Cluster
	namespace string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := newBareStage(t, bed.Cluster(t))
	s.publish("1.0.0")
	return s
}

// newBareStage is one whose source has no artifact yet.
func newBareStage(t *testing.T, cluster *testbed.Cluster) *stage {
	t.Helper()
	s := &stage{T: t, cluster: cluster, namespace: cluster.Namespace(t)}
	s.apply(`
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: source, namespace: NS}
spec: {interval: 1h, url: oci://registry.invalid/app}
`)
	return s
}

// run runs the plugin on the stage's namespace.
func (s *stage) run(args ...string) testbed.Result {
	s.Helper()
	call := testbed.Call{Kubeconfig: s.cluster.Kubeconfig(), Args: append([]string{"graph", "-n", s.namespace, "--all"}, args...)}
	return bed.Plugin(s, "kubectl-fluxdeps").Run(s, call)
}

// read returns the graph of the stage as the plugin sees it now.
func (s *stage) read() document {
	s.Helper()
	return parse(s, s.run("-o", "json"))
}

// gate checks the exit code of a gate.
func (s *stage) gate(want int) {
	s.Helper()
	if result := s.run("--exit-code"); result.Code != want {
		s.Errorf("--exit-code, want %d: %s", want, result)
	}
}

// apply applies manifests in which NS stands for the stage's namespace.
func (s *stage) apply(manifests string) {
	s.Helper()
	s.cluster.Apply(s, strings.ReplaceAll(manifests, "NS", s.namespace))
}

// publish gives the source a new artifact whose content depends on the tag,
// with more files in which NS stands for the stage's namespace.
func (s *stage) publish(tag string, more ...map[string]string) {
	s.Helper()
	files := map[string]string{
		"fine/settings.yaml": fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {tag: %q}\n", tag),
		"stuck/server.yaml": `
apiVersion: apps/v1
kind: Deployment
metadata: {name: server}
spec:
  selector: {matchLabels: {app: server}}
  template:
    metadata: {labels: {app: server}}
    spec: {containers: [{name: server, image: registry.invalid/server}]}
`,
	}
	for _, some := range more {
		for path, text := range some {
			files[path] = strings.ReplaceAll(text, "NS", s.namespace)
		}
	}
	s.cluster.Publish(s, "OCIRepository/"+s.namespace+"/source", tag, testbed.Files(files))
}

// child is a Kustomization for an artifact, of which the folder fine becomes
// ready.
func child(name, dependsOn string) string {
	return fmt.Sprintf(`
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: %[1]s, namespace: NS}
spec:
  interval: 1h
  prune: true
  path: ./fine
  sourceRef: {kind: OCIRepository, name: source}
  targetNamespace: NS
  namePrefix: %[1]s-
  dependsOn: [%[2]s]
`, name, dependsOn)
}

// revision is what a Kustomization has applied.
func (s *stage) revision(name string) string {
	s.Helper()
	object := s.cluster.Get(s, kustomizations, s.namespace, name)
	revision, _, _ := unstructured.NestedString(object.Object, "status", "lastAppliedRevision")
	return revision
}

// kustomization applies a Flux Kustomization of one of the artifact's folders,
// with lines added to its spec.
func (s *stage) kustomization(name, folder string, spec ...string) {
	s.Helper()
	s.parent(name, folder, append([]string{"targetNamespace: " + s.namespace, "namePrefix: " + name + "-"}, spec...)...)
}

// parent applies a Flux Kustomization whose objects keep their names.
func (s *stage) parent(name, folder string, spec ...string) {
	s.Helper()
	lines := append([]string{
		"interval: 1h",
		"retryInterval: 1h",
		"sourceRef: {kind: OCIRepository, name: source}",
		"path: ./" + folder,
		"prune: true",
		"wait: true",
	}, spec...)
	s.apply(fmt.Sprintf(`
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: %s, namespace: NS}
spec:
  %s
`, name, strings.Join(lines, "\n  ")))
}

// patch merges a change into a Kustomization.
func (s *stage) patch(name, change string, flags ...string) {
	s.Helper()
	s.cluster.Kubectl(s, append([]string{"patch", "kustomization", name, "-n", s.namespace, "--type=merge", "-p", change}, flags...)...)
}

// id is the id of a Kustomization in the graph.
func (s *stage) id(name string) string { return "Kustomization/" + s.namespace + "/" + name }

// condition is what the controller says in a condition.
type condition struct{ Status, Reason, Message string }

// condition returns a condition of a Kustomization, which may have none yet.
func (s *stage) condition(name, kind string) condition {
	s.Helper()
	object := s.cluster.Get(s, kustomizations, s.namespace, name)
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, entry := range conditions {
		fields, _ := entry.(map[string]any)
		text := func(field string) string { value, _ := fields[field].(string); return value }
		if fields["type"] == kind {
			return condition{text("status"), text("reason"), text("message")}
		}
	}
	return condition{}
}

// await waits for the status and reason of a Kustomization's Ready condition.
func (s *stage) await(name, status, reason string) {
	s.Helper()
	testbed.Eventually(s, name+" is "+reason, patience, func() error {
		if ready := s.condition(name, "Ready"); ready.Status != status || ready.Reason != reason {
			return fmt.Errorf("Ready is %+v", ready)
		}
		return nil
	})
}

func (s *stage) awaitReady(name string) {
	s.Helper()
	s.await(name, "True", "ReconciliationSucceeded")
}
