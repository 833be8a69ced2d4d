package secretsync_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// patch changes a Secret of prod-1 by a merge patch, as somebody else.
func (s *stage) patch(name, change string) {
	s.Helper()
	s.clusters[prodOne].Kubectl(s, "patch", "secret", name, "-n", s.namespace, "--type=merge", "-p", change)
}

// version is the resourceVersion of a Secret of prod-1.
func (s *stage) version(name string) string {
	s.Helper()
	return s.get(prodOne, name).GetResourceVersion()
}

// unmarked fails where a Secret of prod-1 still has a mark of ours.
func (s *stage) unmarked(name string) {
	s.Helper()
	meta := s.get(prodOne, name)
	for _, texts := range []map[string]string{meta.GetLabels(), meta.GetAnnotations()} {
		for key, value := range texts {
			if strings.HasPrefix(key, annotation) || value == "kubectl-secretsync" {
				s.Errorf("%s is still marked by %s=%s", name, key, value)
			}
		}
	}
}

// converged fails where a copy to prod-1 is not known as ours, or is written by a
// run that has nothing to do.
func (s *stage) converged(name string, args ...string) {
	s.Helper()
	before := s.version(name)
	s.want(s.copy(append([]string{name, "--to-context", prodOne}, args...)...), 0, "1 unchanged")
	s.want(s.run(s.from(append([]string{"status", name, "--to-context", prodOne}, args...)...)...), 0, "1 in-sync")
	if after := s.version(name); after != before {
		s.Errorf("%s was written by a run that had nothing to do", name)
	}
}

func (s *stage) remove(args ...string) []string {
	return s.from(append([]string{"delete", "--to-context", prodOne}, args...)...)
}

// A deletion takes what the copy wrote, and nothing of others.
func TestDeleteLeavesKeysOfOthers(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, name := range []string{"added", "adopted"} {
		s.secret(management, name, map[string]string{"a": s.value()})
	}
	s.want(s.copy("added", "--to-context", prodOne), 0, "1 created")
	s.patch("added", `{"data":{"theirs":"eA=="},"metadata":{"labels":{"mine":"x"}}}`)
	s.foreign(prodOne, "adopted")
	s.want(s.copy("adopted", "--to-context", prodOne, "--on-conflict", "adopt"), 0, "1 updated")
	for _, name := range []string{"added", "adopted"} {
		s.converged(name)
		s.want(s.run(s.remove(name, "--dry-run")...), 0, "1 would reduce", "-a", "=theirs")
		s.want(s.run(s.remove(name, "--dry-run=server")...), 0, "1 would reduce")
		s.want(s.run(s.remove(name)...), 0, "1 reduced")
		if data := s.data(prodOne, name); data["theirs"] != "x" || len(data) != 1 {
			t.Errorf("%s has %d keys", name, len(data))
		}
		s.unmarked(name)
	}
	if s.get(prodOne, "added").GetLabels()["mine"] != "x" {
		t.Error("the label of others is gone")
	}
	// It is nobody's copy now.
	s.want(s.copy("added", "--to-context", prodOne), 5, "1 conflict", "--on-conflict=adopt")
}

// Where a type or immutability needs our keys, the copy stays whole.
func TestDeleteOfWhatCannotBeReduced(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "web", map[string]string{"tls.crt": s.value(), "tls.key": s.value()}, "type: kubernetes.io/tls")
	s.secret(management, "frozen", map[string]string{"a": s.value()})
	s.want(s.copy("web", "frozen", "--to-context", prodOne), 0, "2 created")
	s.patch("web", `{"data":{"ca.crt":"eA=="}}`)
	s.patch("frozen", `{"data":{"theirs":"eA=="}}`)
	s.patch("frozen", `{"immutable":true}`)
	for _, name := range []string{"web", "frozen"} {
		s.want(s.run(s.remove(name)...), 5, "other owners' keys", "--delete-foreign-keys")
		s.want(s.run(s.remove(name, "--delete-foreign-keys", "--dry-run=server")...), 0, "1 would delete")
		if !s.has(prodOne, name) {
			t.Fatalf("%s was deleted", name)
		}
		s.want(s.run(s.remove(name, "--delete-foreign-keys")...), 0, "1 deleted")
		if s.has(prodOne, name) {
			t.Errorf("%s was not deleted", name)
		}
	}
}

// mutate has a policy of prod-1 change Secrets of the stage by a JSON patch, where
// the condition holds.
func (s *stage) mutate(condition, patch string) {
	s.Helper()
	name := strings.ToLower(s.value()[:12])
	s.apply(prodOne, fmt.Sprintf(`
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: %[1]s}
spec:
  matchConstraints:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NS}}
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [secrets]}]
  matchConditions: [{name: there, expression: %[2]q}]
  failurePolicy: Fail
  reinvocationPolicy: Never
  mutations: [{patchType: JSONPatch, jsonPatch: {expression: %[3]q}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: %[1]s}
spec: {policyName: %[1]s}
`, name, condition, patch))
	s.Cleanup(func() {
		s.clusters[prodOne].Kubectl(s, "delete", "mutatingadmissionpolicies,mutatingadmissionpolicybindings", name, "--ignore-not-found")
	})
}

// mutated waits until the policy of the stage changes what is sent.
func (s *stage) mutated(probe, want string, path string) {
	s.Helper()
	testbed.Eventually(s, "the policy is in force", time.Minute, func() error {
		said := s.clusters[prodOne].Kubectl(s, "patch", "secret", probe, "-n", s.namespace, "--type=merge", "--dry-run=server",
			"-p", `{"metadata":{"annotations":{"probe":"x"}}}`, "-o", "jsonpath="+path)
		if said != want {
			return fmt.Errorf("%s is %q", path, said)
		}
		return nil
	})
}

// A policy that changes a value: it is said at once, and the next run writes
// nothing, until the source changes.
func TestAPolicyThatChangesAValue(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	theirs := base64.StdEncoding.EncodeToString([]byte("policy"))
	s.secret(prodOne, "probe", map[string]string{"x": "y"})
	s.mutate("has(object.data) && 'x' in object.data", fmt.Sprintf("[JSONPatch{op: 'replace', path: '/data/x', value: '%s'}]", theirs))
	s.mutated("probe", theirs, "{.data.x}")

	s.secret(management, "app", map[string]string{"x": s.value(), "y": s.value()})
	s.want(s.copy("app", "--to-context", prodOne, "--dry-run=server"), 1, "would create (changed by admission: .data.x)")
	s.want(s.copy("app", "--to-context", prodOne), 1, "created (changed by admission: .data.x)")
	s.settled("app", ".data.x")
	rotated := s.value()
	s.secret(management, "app", map[string]string{"x": s.value(), "y": rotated})
	s.want(s.copy("app", "--to-context", prodOne), 1, "updated (changed by admission: .data.x)")
	s.settled("app", ".data.x")
	if data := s.data(prodOne, "app"); data["y"] != rotated || data["x"] != "policy" {
		t.Error("the copy is not what the policy makes of the source")
	}
	s.want(s.run(s.remove("app")...), 0, "1 deleted")
}

// A policy that comes after the copy changes it with somebody else's edit, and the
// server goes on to name us as its writer. The next run finds that out, once.
func TestAPolicyThatComesLater(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	theirs := base64.StdEncoding.EncodeToString([]byte("policy"))
	s.secret(management, "app", map[string]string{"x": s.value(), "y": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 created")
	s.secret(prodOne, "probe", map[string]string{"x": "y"})
	s.mutate("has(object.data) && 'x' in object.data", fmt.Sprintf("[JSONPatch{op: 'replace', path: '/data/x', value: '%s'}]", theirs))
	s.mutated("probe", theirs, "{.data.x}")
	s.clusters[prodOne].Kubectl(t, "label", "secret", "app", "-n", s.namespace, "mine=x")
	s.want(s.copy("app", "--to-context", prodOne), 1, "updated (changed by admission: .data.x)")
	s.settled("app", ".data.x")
}

// settled fails where what admission has changed is written again.
func (s *stage) settled(name, path string, args ...string) {
	s.Helper()
	before := s.version(name)
	s.want(s.copy(append([]string{name, "--to-context", prodOne}, args...)...), 0, "1 unchanged", "in-sync (changed by admission: "+path+")")
	s.want(s.run(s.from(append([]string{"status", name, "--to-context", prodOne}, args...)...)...), 0, "in-sync (changed by admission: "+path+")")
	if after := s.version(name); after != before {
		s.Errorf("%s was written again", name)
	}
}

// A policy that takes our label away: the copy is ours all the same.
func TestAPolicyThatRemovesALabel(t *testing.T) {
	t.Parallel()
	for _, label := range []string{"app.kubernetes.io/managed-by", labelUID} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			path := strings.ReplaceAll(label, "/", "~1")
			s.secret(prodOne, "probe", map[string]string{"x": "y"}, fmt.Sprintf("  labels: {%s: x}", label))
			s.mutate(fmt.Sprintf("has(object.metadata.labels) && '%s' in object.metadata.labels", label), fmt.Sprintf("[JSONPatch{op: 'remove', path: '/metadata/labels/%s'}]", path))
			s.mutated("probe", "", "{.metadata.labels}")

			s.secret(management, "app", map[string]string{"a": s.value()})
			s.want(s.copy("app", "--to-context", prodOne), 1, "created (changed by admission: .metadata.labels."+label+")")
			s.settled("app", ".metadata.labels."+label)
			s.secret(management, "app", map[string]string{"a": s.value()})
			s.want(s.copy("app", "--to-context", prodOne), 1, "updated (changed by admission")
			if s.data(prodOne, "app")["a"] != s.data(management, "app")["a"] {
				t.Error("the copy is not the source's")
			}
			s.want(s.run(s.remove("app")...), 0, "1 deleted")
		})
	}
}

// Who may not read the UID of the source's cluster makes copies that do not record
// it. That is said, and a run that may read it fills it in.
func TestTheSourceClusterIsFilledIn(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	little := s.userOf(management, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{"app"}, Verbs: []string{"get"}})
	blind := []string{"app", "--from-kubeconfig", little, "-n", s.namespace, "--to-context", prodOne}
	const right = `"get" on the namespace kube-system of the source cluster`
	s.want(s.run(append([]string{"copy"}, blind...)...), 0, "1 created", right)
	recreate := func() {
		s.clusters[management].Kubectl(t, "delete", "secret", "app", "-n", s.namespace)
		s.secret(management, "app", map[string]string{"a": s.value()})
	}
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 updated", "source cluster")
	s.converged("app")
	recreate()
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 updated")
	// Who never can read it hears which right that takes.
	recreate()
	s.want(s.run(append([]string{"copy"}, blind...)...), 5, "1 conflict", right)
	s.want(s.run(append([]string{"delete"}, blind...)...), 5, "1 refused", right)
	s.want(s.run(s.remove("app")...), 0, "1 deleted")
}

// What was overwritten is a copy like any other, and its former owner no longer
// takes it for its own.
func TestOverwriteTakesOver(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for name, lines := range map[string]string{
		"helm": "  labels: {app.kubernetes.io/managed-by: Helm, team: web}\n  annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: " + s.namespace + "}",
		"omni": "  labels: {app.kubernetes.io/managed-by: omni-cluster-operator, omni.texashpc.com/secret-sync-uid: u, omni.texashpc.com/cluster: c, team: web}\n  annotations: {omni.texashpc.com/secret-sync-name: pull}",
	} {
		s.secret(management, name, map[string]string{"a": s.value()})
		s.foreign(prodOne, name, lines)
	}
	overwrite := func(name string, args ...string) []string {
		return append([]string{name, "--to-context", prodOne, "--on-conflict", "overwrite"}, args...)
	}
	// The release is there, then gone; Omni is in no cluster that could be asked.
	s.secret(prodOne, "sh.helm.release.v1.web.v1", map[string]string{"release": s.value()}, "  labels: {owner: helm, name: web, status: deployed}", "type: helm.sh/release.v1")
	s.want(s.copy(overwrite("helm")...), 5, "Helm release "+s.namespace+"/web is still there", "--allow-live-owner")
	s.clusters[prodOne].Kubectl(t, "delete", "secret", "sh.helm.release.v1.web.v1", "-n", s.namespace)
	s.want(s.copy(overwrite("helm")...), 0, "1 updated")
	s.want(s.copy(overwrite("omni")...), 5, "cannot be looked up", "--allow-live-owner")
	s.want(s.copy(overwrite("omni", "--allow-live-owner")...), 0, "1 updated")
	for _, name := range []string{"helm", "omni"} {
		s.converged(name)
		meta := s.get(prodOne, name)
		for key := range meta.GetLabels() {
			if strings.Contains(key, "helm") || strings.Contains(key, "omni") {
				t.Errorf("%s has the label %s of its former owner", name, key)
			}
		}
		for key := range meta.GetAnnotations() {
			if strings.Contains(key, "helm") || strings.Contains(key, "omni") || strings.Contains(key, "last-applied") {
				t.Errorf("%s has the annotation %s of its former owner", name, key)
			}
		}
		if meta.GetLabels()["team"] != "web" || s.data(prodOne, name)["theirs"] != "x" {
			t.Errorf("%s lost what was theirs", name)
		}
		s.want(s.run(s.remove(name)...), 0, "1 reduced")
		s.unmarked(name)
	}
}

// A manifest without an ID is copied once; the hint names the way on.
func TestAManifestWithoutASourceID(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	copied := func(args ...string) []string {
		return append([]string{"copy", "-f", "-", "-n", s.namespace, "--to-context", prodOne}, args...)
	}
	first, second := manifest("app", "", map[string][]byte{"a": []byte(s.value())}), manifest("app", "", map[string][]byte{"a": []byte(s.value())})
	s.want(s.call(s.stdin(first, copied()...)), 0, "1 created", "--source-id")
	s.want(s.call(s.stdin(second, copied()...)), 5, "1 conflict", "--source-id")
	s.want(s.call(s.stdin(second, copied("--source-id", "ci")...)), 5, "--on-conflict=adopt")
	s.want(s.call(s.stdin(second, copied("--source-id", "ci", "--on-conflict", "adopt")...)), 0, "1 updated")
	s.want(s.call(s.stdin(first, copied("--source-id", "ci")...)), 0, "1 updated")
	s.want(s.call(s.stdin(first, "copy", "--help")), 0, "--source-id deploy-token")
}

// Labels and annotations leave a copy as they came: with the flag, or with the
// source's label.
func TestLabelsLeave(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()}, "  labels: {fleet: all}")
	copied := []string{"--label", "team=a", "--annotation", "example.com/note=b", "--copy-labels", "fleet"}
	s.want(s.copy(append([]string{"app", "--to-context", prodOne}, copied...)...), 0, "1 created")
	s.patch("app", `{"metadata":{"labels":{"mine":"x","team":"z"}}}`)
	s.want(s.run(s.from("status", "app", "--to-context", prodOne)...), 1, "1 drifted")
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 updated")
	meta := s.get(prodOne, "app")
	for _, key := range []string{"team", "fleet"} {
		if _, there := meta.GetLabels()[key]; there {
			t.Errorf("label %s stayed", key)
		}
	}
	if _, there := meta.GetAnnotations()["example.com/note"]; there || meta.GetLabels()["mine"] != "x" {
		t.Error("the annotation stayed, or the label of others went")
	}
	s.converged("app")
}

// A label that charts and people set says nothing about who writes the object:
// it is a warning, and quoted as it is, with who has set it.
func TestAWeakMark(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 created")
	s.clusters[prodOne].Kubectl(t, "label", "secret", "app", "-n", s.namespace, "app.kubernetes.io/instance=shop")
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 updated", "label app.kubernetes.io/instance=shop, set by kubectl-label")
	s.clusters[prodOne].Kubectl(t, "label", "secret", "app", "-n", s.namespace, "app.kubernetes.io/instance=web", "--overwrite", "--field-manager=argocd-controller")
	s.want(s.copy("app", "--to-context", prodOne), 5, "label app.kubernetes.io/instance=web, set by argocd-controller")
	s.want(s.run(s.remove("app")...), 5, "label app.kubernetes.io/instance=web, set by argocd-controller")
}
