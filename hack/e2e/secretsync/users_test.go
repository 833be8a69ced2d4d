package secretsync_test

import (
	"encoding/pem"
	"net/http/httptest"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

func pemOf(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// user is the kubeconfig of somebody with the verbs on Secrets of the stage's
// namespace, and nothing else.
func (s *stage) user(cluster string, verbs ...string) string {
	s.Helper()
	return s.userOf(cluster, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: verbs})
}

func (s *stage) userOf(cluster string, rules ...rbacv1.PolicyRule) string {
	s.Helper()
	name := "user-" + strings.ToLower(s.value()[:12])
	return s.clusters[cluster].AddUser(s, controlplane.User{Name: name, Namespace: s.namespace, Rules: rules})
}

// The missing verb is named before anything is written.
func TestTheMissingVerbIsNamed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.secret(management, "old", map[string]string{"a": s.value()})
	s.want(s.copy("old", "--to-context", prodOne), 0, "1 created")
	s.secret(management, "old", map[string]string{"a": s.value()})

	reader, creator, patcher := s.user(prodOne, "get"), s.user(prodOne, "get", "create"), s.user(prodOne, "get", "patch")
	for _, c := range []struct {
		name, kubeconfig string
		args             []string
		code             int
		action           string
		words            string
	}{
		{"nothing at all", s.user(prodOne, "watch"), []string{"copy", "app"}, 4, "forbidden", `cannot get resource "secrets"`},
		{"no create", reader, []string{"copy", "app"}, 4, "forbidden", "may not create secrets"},
		{"no patch", creator, []string{"copy", "old"}, 4, "forbidden", "may not patch secrets"},
		{"no delete", patcher, []string{"copy", "old", "--type", "x/y", "--recreate"}, 4, "forbidden", "may not delete secrets"},
		{"no namespace to create", creator, []string{"copy", "app", "--to-namespace", "elsewhere"}, 4, "forbidden", "cannot get resource"},
		{"enough to create", creator, []string{"copy", "app"}, 0, "create", ""},
		{"enough to see that nothing is to be done", reader, []string{"copy", "app"}, 0, "unchanged", ""},
		{"enough to update", patcher, []string{"copy", "old"}, 0, "update", ""},
		{"no delete of copies", patcher, []string{"delete", "old"}, 4, "forbidden", "may not delete secrets"},
		{"enough to look", reader, []string{"diff", "old"}, 0, "unchanged", ""},
		{"enough to delete", s.user(prodOne, "get", "delete"), []string{"delete", "old"}, 0, "delete", ""},
	} {
		args := append(s.from(c.args...), "--to-kubeconfig", c.kubeconfig, "-o", "json")
		result := s.run(args...)
		if got := s.parse(result).Targets[0]; result.Code != c.code || got.Action != c.action || !strings.Contains(got.Message+got.Hint, c.words) {
			t.Errorf("%s: exit code %d, %+v", c.name, result.Code, got)
		}
	}
}

// A named copy takes get and nothing else of the source, by name even.
func TestTheSourceTakesLittle(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()}, "  labels: {fleet: all}")
	only := s.userOf(management, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{"app"}, Verbs: []string{"get"}})
	call := func(args ...string) testbed.Result {
		return s.run(append(args, "--from-kubeconfig", only, "--to-context", prodOne)...)
	}
	s.want(call("copy", "app"), 0, "1 created")
	s.want(call("status", "app"), 0, "1 in-sync")
	s.want(call("copy", "-l", "fleet=all"), 4, `cannot list resource "secrets"`, `grant the verb "list"`)
	s.want(call("copy", "other"), 4, `cannot get resource "secrets"`, `grant the verb "get"`)
	lister := s.user(management, "list")
	s.want(s.run("copy", "-l", "fleet=all", "--from-kubeconfig", lister, "--to-context", prodTwo), 0, "1 created")
	s.want(s.run("copy", "nope", "--from-context", management, "-n", s.namespace, "--to-context", prodOne), 4, `secrets "nope" not found`)
}

// Credentials that are no longer accepted ask for a login.
func TestExpiredCredentials(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	expired := s.kubeconfigWith(prodOne, "c", func(k *kubeconfig) { k.user = map[string]any{"token": s.value()} })
	s.want(s.copy("app", "--to-kubeconfig", expired), 6, "Unauthorized", "log in again")
	s.want(s.copy("app", "--to-kubeconfig", expired, "--to-context", prodTwo), 3, "Unauthorized", "1 created")
	s.want(s.run("copy", "app", "-n", s.namespace, "--from-kubeconfig", expired, "--to-context", prodTwo), 6, "Unauthorized")
	// A token that is good, and for somebody else.
	s.apply(prodOne, "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: bot, namespace: NS}\n")
	token := strings.TrimSpace(s.clusters[prodOne].Kubectl(t, "create", "token", "bot", "-n", s.namespace, "--audience", "https://another.example.com"))
	s.values = append(s.values, token)
	elsewhere := s.kubeconfigWith(prodOne, "c", func(k *kubeconfig) { k.user = map[string]any{"token": token} })
	s.want(s.copy("app", "--to-kubeconfig", elsewhere), 6, "Unauthorized", "log in again")
}

// Impersonation is of one side.
func TestImpersonation(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne, "--to-as", "nobody"), 4, `User "nobody" cannot get`)
	s.want(s.copy("app", "--to-context", prodOne, "--from-as", "nobody"), 4, `User "nobody" cannot get`)
	s.want(s.copy("app", "--to-context", prodOne, "--to-as", "root", "--to-as-group", "system:masters"), 0, "1 created")
	s.want(s.copy("app", "--to-kubeconfig", s.user(prodOne, "get"), "--to-as", "root"), 4, "cannot impersonate")
	s.want(s.copy("app", "--to-context", prodOne, "--to-as-group", "system:masters"), 2, "--to-as-group")
}
