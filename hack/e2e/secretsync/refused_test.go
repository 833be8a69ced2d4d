package secretsync_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// manifest is a Secret for -f.
func manifest(name, kind string, data map[string][]byte) string {
	text, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": kind, "metadata": map[string]string{"name": name}, "data": data,
	})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// What the API server refuses arrives in its own words, and nothing is tried
// twice that cannot succeed.
func TestTheServersRefusals(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	large := strings.Repeat("x", 100<<10)
	for _, c := range []struct {
		name, manifest string
		args           []string
		code           int
		words          []string
	}{
		{"larger than 1 MiB", manifest("large", "", map[string][]byte{"a": make([]byte, 1<<20+1)}), nil, 4, []string{"Too long: may not be more than 1048576 bytes"}},
		{"just 1 MiB", manifest("full", "", map[string][]byte{"a": make([]byte, 1<<20)}), nil, 0, []string{"1 created"}},
		{"a body of more than 3 MiB", manifest("huge", "", map[string][]byte{"a": make([]byte, 3<<20)}), nil, 4, []string{"Request entity too large"}},
		{"annotations of more than 256 KiB", manifest("notes", "", nil), []string{"--annotation", "a=" + large, "--annotation", "b=" + large, "--annotation", "c=" + large}, 4, []string{"Too long: may not be more than 262144 bytes"}},
		{"not a pull secret", manifest("pull", "", map[string][]byte{"a": {1}}), []string{"--type", "kubernetes.io/dockerconfigjson"}, 4, []string{"data[.dockerconfigjson]: Required value"}},
		{"not JSON", manifest("pull", "kubernetes.io/dockerconfigjson", map[string][]byte{".dockerconfigjson": []byte(s.value())}), nil, 4, []string{"<secret contents redacted>"}},
		{"a certificate that is none", manifest("tls", "kubernetes.io/tls", map[string][]byte{"tls.crt": []byte("x"), "tls.key": []byte("y")}), []string{"--show-server-messages"}, 0, []string{"1 created", "failed to find any PEM data"}},
		{"a bad key", manifest("key", "", map[string][]byte{"a b": {1}}), nil, 4, []string{"a valid config key must consist of"}},
		{"a bad label", manifest("label", "", nil), []string{"--label", "a=arn:aws:eks"}, 2, []string{"a valid label must be"}},
		{"a bad name", manifest("Bad", "", nil), nil, 4, []string{"Invalid value: \"Bad\""}},
		{"a bad type", manifest("type", "", nil), []string{"--type", "kubernetes.io/basic-auth"}, 4, []string{"Required value"}},
	} {
		call := s.stdin(c.manifest, append([]string{"copy", "-f", "-", "-n", s.namespace, "--to-context", prodOne, "-o", "json"}, c.args...)...)
		result := s.call(call)
		if c.code == 2 {
			s.want(result, c.code, c.words...)
			continue
		}
		read := s.parse(result)
		said := fmt.Sprint(read.Targets[0], read.Summary, result.Stderr)
		for _, word := range c.words {
			if !strings.Contains(said, strings.Replace(word, "1 created", "created:1", 1)) {
				t.Errorf("%s: nobody says %q: %s", c.name, word, said)
			}
		}
		if result.Code != c.code {
			t.Errorf("%s: exit code %d\n%s", c.name, result.Code, said)
		}
	}
}

// A namespace that goes away is told from a missing permission.
func TestATerminatingNamespace(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.secret(prodOne, "held", nil, "  finalizers: [example.com/hold]")
	kubeconfig := s.clusters[prodOne].AddUser(t, controlplane.User{
		Name:  "user-of-" + s.namespace,
		Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"create", "get", "patch"}}},
	})
	s.clusters[prodOne].Kubectl(t, "delete", "namespace", s.namespace, "--wait=false")
	t.Cleanup(func() {
		s.clusters[prodOne].Kubectl(t, "patch", "secret", "held", "-n", s.namespace, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
	})
	s.want(s.copy("app", "--to-context", prodOne), 4, "namespace \""+s.namespace+"\" is being deleted")
	s.want(s.copy("app", "--to-context", prodOne, "--create-namespace"), 4, "is being deleted")
	testbed.Eventually(t, "its Secrets are deleted", time.Minute, func() error {
		if s.get(prodOne, "held").GetDeletionTimestamp() == nil {
			return errors.New("not yet")
		}
		return nil
	})
	s.want(s.copy("app", "--to-context", prodOne, "--to-name", "held", "--on-conflict", "adopt"), 4, "the old Secret is being deleted, held by finalizer example.com/hold")
	// One that may not look at namespaces hears it from the server.
	result := s.call(testbed.Call{Kubeconfig: s.kubeconfigs(), Args: s.from("copy", "app", "--to-kubeconfig", kubeconfig, "-o", "json")})
	if got := s.parse(result).Targets[0]; got.Problem != "namespace-terminating" || !strings.Contains(got.Message, "because it is being terminated") {
		t.Errorf("%+v", got)
	}
}

// Quotas and policies are no missing permission either.
func TestQuotaAndPolicy(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.apply(prodOne, "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: none, namespace: NS}\nspec: {hard: {count/secrets: '0'}}\n")
	testbed.Eventually(t, "the quota counts", time.Minute, func() error {
		result := s.copy("app", "--to-context", prodOne, "-o", "json")
		if got := s.parse(result).Targets[0]; got.Problem != "quota" || !strings.Contains(got.Message, "exceeded quota: none") || result.Code != 4 {
			s.run(s.from("delete", "app", "--to-context", prodOne)...)
			return fmt.Errorf("%+v", got)
		}
		return nil
	})
	s.apply(prodTwo, `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: NS}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [secrets]}]
  validations: [{expression: "object.metadata.name != 'app'", message: name denied}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: NS}
spec:
  policyName: NS
  validationActions: [Deny]
  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NS}}}
`)
	t.Cleanup(func() {
		s.clusters[prodTwo].Kubectl(t, "delete", "validatingadmissionpolicy,validatingadmissionpolicybinding", s.namespace)
	})
	testbed.Eventually(t, "the policy holds", time.Minute, func() error {
		result := s.copy("app", "--to-context", prodTwo, "--dry-run=server", "--show-server-messages", "-o", "json")
		if got := s.parse(result).Targets[0]; got.Problem != "denied" || !strings.Contains(got.Message, "name denied") {
			return fmt.Errorf("%+v", got)
		}
		return nil
	})
}

// A webhook that quotes what it denies does not make us quote it; one that
// cannot be reached is waited for.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	secret := s.value()
	s.secret(management, "app", map[string]string{"a": secret})
	var down atomic.Bool
	hook := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		body, _ := io.ReadAll(r.Body)
		review := map[string]any{}
		_ = json.Unmarshal(body, &review)
		uid := review["request"].(map[string]any)["uid"]
		_ = json.NewEncoder(w).Encode(map[string]any{
			"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
			"response": map[string]any{"uid": uid, "allowed": false, "status": map[string]any{"message": "I do not like " + secret + " nor " + string(body)}},
		})
	}))
	t.Cleanup(hook.Close)
	ca := base64.StdEncoding.EncodeToString(pemOf(hook))
	s.clusters[prodOne].Apply(t, strings.NewReplacer("NS", s.namespace, "CA-BUNDLE", ca, "HOOK", hook.URL).Replace(`
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: NS}
webhooks:
- name: secrets.example.com
  clientConfig: {url: "HOOK", caBundle: CA-BUNDLE}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [secrets]}]
  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NS}}
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Fail
`))
	remove := func() {
		s.clusters[prodOne].Kubectl(t, "delete", "validatingwebhookconfiguration", s.namespace, "--ignore-not-found")
	}
	t.Cleanup(remove)
	testbed.Eventually(t, "the webhook denies", time.Minute, func() error {
		result := s.copy("app", "--to-context", prodOne, "--dry-run=server", "--show-server-messages", "-o", "json")
		got := s.parse(result).Targets[0]
		if got.Problem != "denied" || !strings.Contains(got.Message, `admission webhook "secrets.example.com" denied the request: I do not like`) || !strings.Contains(got.Message, "[redacted]") {
			return fmt.Errorf("%+v", got)
		}
		return nil
	})
	withheld := s.copy("app", "--to-context", prodOne, "--dry-run=server")
	s.want(withheld, 4, `admission webhook "secrets.example.com" denied the request`, "words are withheld")
	if strings.Contains(withheld.Stdout+withheld.Stderr, "I do not like") {
		t.Errorf("the webhook is quoted unasked: %s", withheld)
	}
	down.Store(true)
	result := s.copy("app", "--to-context", prodOne, "--timeout", "3s")
	s.want(result, 4, "create failed", "failed calling webhook")
	if s.has(prodOne, "app") {
		t.Error("it was created")
	}
	// While it is waited for, the webhook goes away.
	time.AfterFunc(2*time.Second, remove)
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 created")
}
