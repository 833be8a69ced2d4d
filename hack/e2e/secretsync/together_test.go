package secretsync_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// Two runs at once that ask for different things: each write is whole, and the copy
// is in the end what one of them has asked for.
func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value(), "b": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 created")
	s.secret(management, "app", map[string]string{"a": s.value(), "b": s.value()})
	sides := [][]string{{"--label", "side=one", "--key", "a"}, {"--label", "side=two", "--key", "b"}}
	var group sync.WaitGroup
	for _, side := range sides {
		group.Go(func() { s.want(s.copy(append([]string{"app", "--to-context", prodOne}, side...)...), 0, "1 updated") })
	}
	group.Wait()
	side, data := s.get(prodOne, "app").GetLabels()["side"], s.data(prodOne, "app")
	key := map[string]string{"one": "a", "two": "b"}[side]
	if len(data) != 1 || data[key] != s.data(management, "app")[key] {
		t.Errorf("side %q has the keys %v", side, sortedKeys(data))
	}
}

// Two plans over one copy: it counts both, and has what the last run asked for. The
// first plan's next run makes it its own again; its end leaves the other's copy.
func TestTwoPlansOverOneCopy(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()}, "  labels: {fleet: all}")
	plan := func(name string) []string {
		return []string{"-l", "fleet=all", "--to-context", prodOne, "--plan", name, "--label", "of-" + name + "=x"}
	}
	labels := func() string {
		var all []string
		for key := range s.get(prodOne, "app").GetLabels() {
			if strings.HasPrefix(key, "of-") {
				all = append(all, key)
			}
		}
		return strings.Join(all, " ")
	}
	s.want(s.copy(plan("p")...), 0, "1 created")
	s.want(s.copy(plan("q")...), 0, "1 updated")
	if labels() != "of-q" || s.get(prodOne, "app").GetAnnotations()[annotation+"plans"] != "p,q" {
		t.Errorf("labels %s, annotations %v", labels(), s.get(prodOne, "app").GetAnnotations())
	}
	s.want(s.copy(plan("p")...), 0, "1 updated")
	if labels() != "of-p" {
		t.Errorf("labels %s", labels())
	}
	s.clusters[management].Kubectl(t, "delete", "secret", "app", "-n", s.namespace)
	gone := func(name string) []string {
		return s.from("delete", "--orphans", "-l", "fleet=all", "--to-context", prodOne, "--plan", name, "--allow-empty")
	}
	s.want(s.run(gone("p")...), 0, "1 released")
	s.patch("app", `{"data":{"theirs":"eA=="}}`)
	// Keys of others stay in an orphan, too.
	s.want(s.run(gone("q")...), 0, "1 reduced", "=theirs")
	if data := s.data(prodOne, "app"); len(data) != 1 || data["theirs"] != "x" {
		t.Errorf("it has the keys %v", sortedKeys(data))
	}
}

// --mode=exact removes keys that others have put there, and fights nobody who
// declares them.
func TestExactAndWhoDeclares(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 created")
	s.patch("app", `{"data":{"edited":"eA=="}}`)
	exact := []string{"app", "--to-context", prodOne, "--mode", "exact"}
	s.want(s.run(s.from(append([]string{"diff"}, exact...)...)...), 1, "- edited")
	s.want(s.copy(exact...), 0, "1 updated", "key edited is taken back from kubectl-patch")
	if len(s.data(prodOne, "app")) != 1 {
		t.Error("the key of others stayed")
	}
	declare := func(key, value string) {
		earlier{s, "app"}.kubectl(map[string]any{
			"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "app", "namespace": s.namespace}, "data": encoded(map[string]string{key: value}),
		}, "apply", "--server-side", "--force-conflicts", "--field-manager=deployer", "-f", "-")
	}
	declare("declared", "x")
	s.want(s.copy(exact...), 5, "others apply .data.declared (deployer)", "--on-conflict=overwrite")
	s.converged("app")
	// A key of ours that somebody declares is theirs, until it is overwritten.
	declare("a", "x")
	s.want(s.copy("app", "--to-context", prodOne), 5, "others apply .data.a (deployer)")
	s.want(s.run(s.from("status", "app", "--to-context", prodOne)...), 1, "1 drifted")
	s.want(s.copy("app", "--to-context", prodOne, "--on-conflict", "overwrite"), 0, "1 updated")
	s.converged("app")
	s.want(s.run(s.remove("app")...), 0, "1 deleted")
}

// A key that the source gets and that others have put into the copy already is
// theirs, until it is adopted.
func TestAKeyThatWasTheirsFirst(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 created")
	s.patch("app", `{"data":{"b":"eA=="}}`)
	s.secret(management, "app", map[string]string{"a": s.value(), "b": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 5, "others hold .data.b (kubectl-patch)", "--on-conflict=adopt")
	if s.data(prodOne, "app")["b"] != "x" {
		t.Error("the key of others was written")
	}
	s.want(s.copy("app", "--to-context", prodOne, "--on-conflict", "adopt"), 0, "1 updated")
	s.converged("app")
	s.want(s.run(s.remove("app")...), 0, "1 deleted")
}

// Two clusters, and just the rights that the guide names, through the whole life of
// a copy: the source is made anew, and its copies follow it and are deleted.
func TestMinimumRights(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	reader := s.userOf(management, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{"app"}, Verbs: []string{"get"}})
	cluster := s.clusterReader(management)
	named := rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{"app"}, Verbs: []string{"get", "create", "patch"}}
	writer, remover := s.userOf(prodOne, named), s.user(prodOne, "get", "delete")
	call := func(from, to string, args ...string) []string {
		return append(args, "--from-kubeconfig", from, "-n", s.namespace, "--to-kubeconfig", to)
	}
	const right = `"get" on the namespace kube-system of the source cluster`
	recreate := func() {
		s.clusters[management].Kubectl(t, "delete", "secret", "app", "-n", s.namespace)
		s.secret(management, "app", map[string]string{"a": s.value()})
	}
	s.want(s.run(call(reader, writer, "copy", "app")...), 0, "1 created", right)
	s.want(s.run(call(cluster, writer, "copy", "app")...), 0, "1 updated", "the UID of the source cluster is recorded")
	recreate()
	s.want(s.run(call(cluster, writer, "copy", "app")...), 0, "1 updated")
	s.want(s.run(call(cluster, writer, "copy", "app")...), 0, "1 unchanged")
	if s.data(prodOne, "app")["a"] != s.data(management, "app")["a"] {
		t.Error("the copy is not the source's")
	}
	recreate()
	s.want(s.run(call(reader, writer, "copy", "app")...), 5, "1 conflict", right)
	s.want(s.run(call(reader, remover, "delete", "app")...), 5, "1 refused", right)
	s.patch("app", `{"data":{"theirs":"eA=="}}`)
	s.want(s.run(call(cluster, remover, "delete", "app")...), 4, "1 forbidden", "other owners' keys", `grant the verb "patch"`)
	s.patch("app", `{"data":{"theirs":null}}`)
	s.want(s.run(call(cluster, remover, "delete", "app")...), 0, "1 deleted")
}

// Who may create and not patch makes copies as a whole; who may patch takes them over.
func TestCreateWithoutPatch(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-kubeconfig", s.user(prodOne, "get", "create")), 0, "1 created")
	s.want(s.copy("app", "--to-kubeconfig", s.user(prodOne, "get")), 0, "1 unchanged")
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 updated", "who holds its fields is recorded anew")
	s.converged("app")
}

// clusterReader may read the Secret app and the namespace kube-system, and nothing
// else.
func (s *stage) clusterReader(cluster string) string {
	s.Helper()
	name := "user-" + strings.ToLower(s.value()[:12])
	return s.clusters[cluster].AddUser(s, controlplane.User{Name: name, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{"app"}, Verbs: []string{"get"}},
		{APIGroups: []string{""}, Resources: []string{"namespaces"}, ResourceNames: []string{"kube-system"}, Verbs: []string{"get"}},
	}})
}

// A validating policy that refuses our write leaves the target as it was, keys of
// others and marks of a former owner included.
func TestAPolicyThatRefusesAChange(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 created")
	s.apply(prodOne, `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: NS}
spec:
  matchConstraints:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NS}}
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [UPDATE], resources: [secrets]}]
  validations: [{expression: "object.data == oldObject.data", message: "data is fixed"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: NS}
spec: {policyName: NS, validationActions: [Deny]}
`)
	t.Cleanup(func() {
		s.clusters[prodOne].Kubectl(s, "delete", "validatingadmissionpolicies,validatingadmissionpolicybindings", s.namespace, "--ignore-not-found")
	})
	s.secret(management, "app", map[string]string{"a": s.value()})
	testbed.Eventually(t, "the policy is in force", time.Minute, func() error {
		if result := s.copy("app", "--to-context", prodOne, "--dry-run=server"); result.Code != 4 {
			return fmt.Errorf("exit code %d", result.Code)
		}
		return nil
	})
	before := s.version("app")
	s.want(s.copy("app", "--to-context", prodOne), 4, "update failed", "denied request")
	if s.version("app") != before {
		t.Error("it was written all the same")
	}
}

// What is deleted and created anew keeps who held what: labels of others stay theirs,
// ours leave with their flag, and the former owner's marks do not come back.
func TestRecreateKeepsWhoHoldsWhat(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne, "--label", "team=a"), 0, "1 created")
	s.clusters[prodOne].Kubectl(t, "label", "secret", "app", "-n", s.namespace, "mine=x")
	s.patch("app", `{"immutable":true}`)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne, "--recreate"), 0, "1 recreated")
	if labels := s.get(prodOne, "app").GetLabels(); labels["mine"] != "x" || labels["team"] != "" {
		t.Errorf("labels %v", labels)
	}
	if managers := s.managers("app"); !strings.Contains(managers, "kubectl-label/Update") || !strings.Contains(managers, "secretsync.datum.net/Apply") {
		t.Errorf("it is held by %s", managers)
	}
	s.converged("app")

	s.secret(management, "web", map[string]string{"a": s.value()})
	s.secret(prodOne, "web", map[string]string{"a": "x"}, "  annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: "+s.namespace+"}", "type: example.com/theirs")
	s.want(s.copy("web", "--to-context", prodOne, "--recreate", "--on-conflict", "overwrite"), 0, "1 recreated")
	if annotations := s.get(prodOne, "web").GetAnnotations(); annotations["meta.helm.sh/release-name"] != "" {
		t.Errorf("annotations %v", annotations)
	}
	s.converged("web")
	s.want(s.run(s.remove("web")...), 0, "1 deleted")
}

// An owner reference goes with the owner: else the copy would be deleted as its
// dependent.
func TestOverwriteOfADependent(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.apply(prodOne, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: owner, namespace: NS}\n")
	uid := s.clusters[prodOne].Get(t, "configmaps.v1.", s.namespace, "owner").GetUID()
	s.foreign(prodOne, "app")
	s.patch("app", `{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"owner","controller":true,"uid":"`+string(uid)+`"}]}}`)
	overwrite := []string{"app", "--to-context", prodOne, "--on-conflict", "overwrite"}
	s.want(s.copy(overwrite...), 5, "ConfigMap/owner is still there", "--allow-live-owner")
	s.want(s.copy(append(overwrite, "--allow-live-owner")...), 0, "1 updated")
	if owners := s.get(prodOne, "app").GetOwnerReferences(); len(owners) > 0 {
		t.Errorf("owners %v", owners)
	}
	s.converged("app")
}
