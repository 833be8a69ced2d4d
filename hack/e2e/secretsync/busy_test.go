package secretsync_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// An API server that has no seat for somebody answers 429 with Retry-After: that
// is waited for, and one that stays busy is told as such. Others are not held up.
func TestABusyServer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	user := s.user(prodOne, "get", "create", "patch")
	who := s.clusters[prodOne].Kubectl(t, "--kubeconfig", user, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}")
	s.clusters[prodOne].Apply(t, strings.NewReplacer("NS", s.namespace, "WHO", who).Replace(`
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: {name: NS}
spec:
  type: Limited
  limited: {nominalConcurrencyShares: 0, lendablePercent: 0, borrowingLimitPercent: 0, limitResponse: {type: Reject}}
---
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: NS}
spec:
  priorityLevelConfiguration: {name: NS}
  matchingPrecedence: 2
  rules:
  - subjects: [{kind: User, user: {name: WHO}}]
    resourceRules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"], namespaces: ["*"], clusterScope: true}]
`))
	t.Cleanup(func() {
		s.clusters[prodOne].Kubectl(t, "delete", "flowschema,prioritylevelconfiguration,validatingwebhookconfiguration", s.namespace)
	})
	free := s.takeTheSeat(user)
	testbed.Eventually(t, "the server is too busy for the user", time.Minute, func() error {
		result := s.copy("app", "--to-kubeconfig", user, "--to-context", prodTwo, "--timeout", "2s", "-o", "json")
		got := s.parse(result).Targets
		if busy := got[0].Problem + got[1].Problem; busy != "busy" || !strings.Contains(got[0].Message+got[1].Message, "429 Too Many Requests") || result.Code != 3 {
			s.run(s.from("delete", "app", "--to-context", "prod-*")...)
			return fmt.Errorf("%s", result)
		}
		return nil
	})
	if s.has(prodOne, "app") || !s.has(prodTwo, "app") {
		t.Error("the wrong one was done")
	}
	time.AfterFunc(2*time.Second, free)
	s.want(s.copy("app", "--to-kubeconfig", user), 0, "1 created")
}

// takeTheSeat has a request of the user wait at a webhook until free is called: who
// has no seats may still have one request at a time.
func (s *stage) takeTheSeat(user string) (free func()) {
	s.Helper()
	released := make(chan struct{})
	free = sync.OnceFunc(func() { close(released) })
	hook := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-released:
		case <-r.Context().Done():
		}
		http.Error(w, "never", http.StatusServiceUnavailable)
	}))
	s.Cleanup(hook.Close)
	s.Cleanup(free)
	ca := base64.StdEncoding.EncodeToString(pemOf(hook))
	s.clusters[prodOne].Apply(s, strings.NewReplacer("NS", s.namespace, "CA-BUNDLE", ca, "HOOK", hook.URL).Replace(`
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: NS}
webhooks:
- name: slow.example.com
  clientConfig: {url: "HOOK", caBundle: CA-BUNDLE}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [secrets]}]
  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NS}}
  objectSelector: {matchLabels: {slow: "true"}}
  admissionReviewVersions: [v1]
  sideEffects: None
  timeoutSeconds: 30
  failurePolicy: Fail
`))
	manifest := writeFile(s.T, "apiVersion: v1\nkind: Secret\nmetadata: {name: slow, namespace: "+s.namespace+", labels: {slow: 'true'}}\n")
	ctx, cancel := context.WithCancel(context.Background())
	s.Cleanup(cancel)
	go func() {
		// Until the webhook is known, and whenever the seat is another's, it is over
		// at once.
		for ctx.Err() == nil {
			select {
			case <-released:
				return
			default:
			}
			create := exec.CommandContext(ctx, s.clusters[prodOne].KubectlPath(), "--kubeconfig", user, "create", "--validate=false", "-f", manifest)
			_ = create.Run()
		}
	}()
	return free
}
