package secretsync_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
)

// between is the kubeconfig of prod-1 behind a proxy that does something just
// before the first request of a method for a Secret arrives: whatever comes of it
// is the real API server's answer. With lost, the answer never arrives.
func (s *stage) between(method string, lost bool, act func()) string {
	s.Helper()
	config := s.clusters[prodOne].Config()
	transport, err := rest.TransportFor(config)
	if err != nil {
		s.Fatal(err)
	}
	upstream, err := url.Parse(config.Host)
	if err != nil {
		s.Fatal(err)
	}
	forward := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(upstream)
		r.Out.Header.Del("Authorization")
	}}
	var once sync.Once
	proxy := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first := false
		if r.Method == method && strings.Contains(r.URL.Path, "/secrets") && !r.URL.Query().Has("dryRun") {
			once.Do(func() { first = true })
		}
		if first {
			act()
		}
		if !first || !lost {
			forward.ServeHTTP(w, r)
			return
		}
		forward.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}))
	s.Cleanup(proxy.Close)
	ca := base64.StdEncoding.EncodeToString(pemOf(proxy))
	return s.kubeconfigWith(prodOne, "between", func(k *kubeconfig) {
		k.cluster = map[string]any{"server": proxy.URL, "certificate-authority-data": ca}
		k.user = map[string]any{"token": "none"}
	})
}

// What happens between plan and write, and what the API server then says.
func TestBetweenPlanAndWrite(t *testing.T) {
	t.Parallel()
	kubectl := func(s *stage, args ...string) {
		s.clusters[prodOne].Kubectl(s, append(args, "-n", s.namespace)...)
	}
	label := func(s *stage) { kubectl(s, "label", "secret", "app", "mine=x") }
	gone := func(s *stage) { kubectl(s, "delete", "secret", "app") }
	replaced := func(s *stage) { gone(s); s.foreign(prodOne, "app") }
	const foreign, ours, none = "foreign", "ours", "none"
	for _, c := range []struct {
		name, method string
		// there reports whether an older copy is there; immutable that it has to be
		// recreated.
		there, immutable bool
		act              func(*stage)
		args             []string
		code             int
		words            string
		left             string
	}{
		{"update: somebody writes", "PATCH", true, false, label, []string{"copy"}, 0, "1 updated", ours},
		{"update: another in its place", "PATCH", true, false, replaced, []string{"copy"}, 5, "owned by nobody known", foreign},
		{"update: it is gone", "PATCH", true, false, gone, []string{"copy"}, 0, "1 created", ours},
		{"create: somebody is faster", "PATCH", false, false, func(s *stage) { s.foreign(prodOne, "app") }, []string{"copy"}, 5, "owned by nobody known", foreign},
		{"create: an old one goes away", "PATCH", false, false, goingAway, []string{"copy"}, 0, "1 created", ours},
		{"delete: somebody writes", "DELETE", true, false, label, []string{"delete"}, 0, "1 deleted", none},
		{"delete: another in its place", "DELETE", true, false, replaced, []string{"delete"}, 5, "never deleted", foreign},
		{"delete: it is gone", "DELETE", true, false, gone, []string{"delete"}, 0, "1 deleted", none},
		{"recreate: somebody writes", "DELETE", true, true, label, []string{"copy", "--recreate"}, 0, "1 recreated", ours},
		{"recreate: another in its place", "DELETE", true, true, replaced, []string{"copy", "--recreate"}, 5, "owned by nobody known", foreign},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.secret(management, "app", map[string]string{"a": s.value()})
			if c.there {
				s.want(s.copy("app", "--to-context", prodOne), 0, "1 created")
				s.secret(management, "app", map[string]string{"a": s.value()})
			}
			if c.immutable {
				kubectl(s, "patch", "secret", "app", "--type=merge", "-p", `{"immutable":true}`)
			}
			target := s.between(c.method, false, func() { c.act(s) })
			s.want(s.run(s.from(append(c.args, "app", "--to-kubeconfig", target)...)...), c.code, c.words)
			left := none
			if s.has(prodOne, "app") {
				left = ours
				if _, theirs := s.data(prodOne, "app")["theirs"]; theirs {
					left = foreign
				}
			}
			if left != c.left {
				t.Errorf("%s is left, want %s", left, c.left)
			}
			if left == ours && s.data(prodOne, "app")["a"] != s.data(management, "app")["a"] {
				t.Error("the copy is not the source's")
			}
		})
	}
}

// goingAway puts a Secret into the copy's place that is being deleted, and gone a
// second later.
func goingAway(s *stage) {
	s.foreign(prodOne, "app", "  finalizers: [example.com/hold]")
	s.clusters[prodOne].Kubectl(s, "delete", "secret", "app", "-n", s.namespace, "--wait=false")
	time.AfterFunc(time.Second, func() {
		s.clusters[prodOne].Kubectl(s, "patch", "secret", "app", "-n", s.namespace, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
	})
}

// The answer to a write is lost, and the write is not done twice.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method string
		there  bool
		args   []string
		words  string
	}{
		"create": {"PATCH", false, []string{"copy"}, "1 created"},
		"update": {"PATCH", true, []string{"copy"}, "1 updated"},
		"delete": {"DELETE", true, []string{"delete"}, "1 deleted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.secret(management, "app", map[string]string{"a": s.value()})
			if c.there {
				s.want(s.copy("app", "--to-context", prodOne), 0, "1 created")
				s.secret(management, "app", map[string]string{"a": s.value()})
			}
			target := s.between(c.method, true, func() {})
			s.want(s.run(s.from(append(c.args, "app", "--to-kubeconfig", target)...)...), 0, c.words)
			if c.args[0] == "copy" {
				s.want(s.copy("app", "--to-context", prodOne), 0, "1 unchanged")
			} else if s.has(prodOne, "app") {
				t.Error("it is still there")
			}
		})
	}
}

// The answer to the deletion within a recreation is lost: what others gave the old
// Secret is on the new one, other plans included.
func TestLostAnswerOfARecreation(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne, "--plan", "p"), 0, "1 created")
	s.want(s.copy("app", "--to-context", prodOne, "--plan", "q"), 0, "1 updated")
	s.clusters[prodOne].Kubectl(t, "label", "secret", "app", "mine=x", "-n", s.namespace)
	s.clusters[prodOne].Kubectl(t, "patch", "secret", "app", "-n", s.namespace, "--type=merge", "-p", `{"immutable":true}`)
	s.secret(management, "app", map[string]string{"a": s.value()})
	target := s.between("DELETE", true, func() {})
	s.want(s.run(s.from("copy", "app", "--recreate", "--plan", "p", "--to-kubeconfig", target)...), 0, "1 recreated")
	made := s.get(prodOne, "app")
	if made.GetLabels()["mine"] != "x" || made.GetAnnotations()[annotation+"plans"] != "p,q" {
		t.Errorf("labels %v, annotations %v", made.GetLabels(), made.GetAnnotations())
	}
	if s.data(prodOne, "app")["a"] != s.data(management, "app")["a"] {
		t.Error("the copy is not the source's")
	}
}

// Somebody who may write Secrets and not look at namespaces hears of these from
// the server's answers to writes.
func TestNamespacesUnseen(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	user := func(name string, rules ...rbacv1.PolicyRule) string {
		rules = append(rules, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get", "create", "patch"}})
		return s.clusters[prodOne].AddUser(t, controlplane.User{Name: name + "-" + s.namespace, Rules: rules})
	}
	writer := user("writer")
	maker := user("maker", rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"namespaces"}, Verbs: []string{"create"}})
	missing := s.namespace + "-new"
	t.Cleanup(func() {
		s.clusters[prodOne].Kubectl(t, "delete", "namespace", missing, "--wait=false", "--ignore-not-found")
	})
	target := func(kubeconfig string, more ...string) []string {
		return append([]string{"app", "--to-kubeconfig", kubeconfig, "--to-namespace", missing, "-o", "json"}, more...)
	}
	if got := s.parse(s.copy(target(writer)...)).Targets[0]; got.Problem != "namespace-missing" || !strings.Contains(got.Message, "not found") || got.Hint == "" {
		t.Errorf("a missing namespace: %+v", got)
	}
	if got := s.parse(s.copy(target(writer, "--create-namespace")...)).Targets[0]; got.Action != "forbidden" && got.Problem != "forbidden" {
		t.Errorf("a namespace that may not be made: %+v", got)
	}
	s.want(s.copy(target(maker, "--create-namespace")...), 0, `"outcome": "done"`)
	// One that is going, and kept.
	s.clusters[prodOne].Kubectl(t, "patch", "secret", "app", "-n", missing, "--type=merge", "-p", `{"metadata":{"finalizers":["example.com/hold"]}}`)
	s.clusters[prodOne].Kubectl(t, "delete", "namespace", missing, "--wait=false")
	t.Cleanup(func() {
		s.clusters[prodOne].Kubectl(t, "patch", "secret", "app", "-n", missing, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
	})
	got := s.parse(s.copy(target(maker, "--create-namespace", "--to-name", "another")...)).Targets[0]
	if got.Problem != "namespace-terminating" {
		t.Errorf("a namespace that is going: %+v", got)
	}
}

// A selection of more Secrets than one page has.
func TestAListOfManyPages(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var all strings.Builder
	for i := range 120 {
		all.WriteString("---\napiVersion: v1\nkind: Secret\nmetadata: {namespace: NS, labels: {fleet: many}, name: s" + strings.Repeat("i", i) + "}\n")
	}
	s.apply(management, all.String())
	s.want(s.copy("-l", "fleet=many", "--to-context", prodOne), 0, "120 targets: 120 created")
	s.clusters[management].Kubectl(t, "delete", "secret", "-n", s.namespace, "-l", "fleet=many", "--field-selector", "metadata.name!=s")
	s.want(s.run(s.from("delete", "--orphans", "-l", "fleet=many", "--to-context", prodOne)...), 0, "119 targets: 119 deleted")
	if !s.has(prodOne, "s") {
		t.Error("the copy whose source is there was deleted")
	}
}

// Special types that flags let through: a service account's token never as one.
func TestSpecialTypesOnDemand(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.apply(management, "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: bot, namespace: NS}\n")
	s.secret(management, "sa", nil, "  annotations: {kubernetes.io/service-account.name: bot}", "type: kubernetes.io/service-account-token")
	s.secret(management, "boot", map[string]string{"token-id": "abcdef", "token-secret": s.value()}, "type: bootstrap.kubernetes.io/token")
	s.want(s.copy("sa", "--to-context", prodOne, "--allow-type", "kubernetes.io/service-account-token"), 5, "--type=Opaque")
	if s.has(prodOne, "sa") {
		t.Error("the token was copied as one")
	}
	s.want(s.copy("boot", "--to-context", prodOne, "--allow-type", "bootstrap.kubernetes.io/token"), 0, "1 created")
	s.want(s.copy("boot", "--to-context", prodOne, "--to-name", "x", "--type", "kubernetes.io/service-account-token"), 5, "a bootstrap token")
}
