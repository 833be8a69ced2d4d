package secretsync_test

import (
	"encoding/base64"
	"strings"
	"testing"
)

// foreign puts a Secret of somebody else where the copy would go.
func (s *stage) foreign(cluster, name string, lines ...string) {
	s.Helper()
	s.secret(cluster, name, map[string]string{"theirs": "x"}, lines...)
}

// Omni, ESO, kubed and others overwrite what is not theirs, and delete it
// later; here each owner is named and left alone.
func TestWhatIsSomebodyElsesStays(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	for _, c := range []struct{ name, lines, owner string }{
		{"plain", "", "nobody known (written by kubectl)"},
		{"helm", "  annotations: {meta.helm.sh/release-name: web}", "Helm release web"},
		{"flux", "  labels: {kustomize.toolkit.fluxcd.io/name: apps, kustomize.toolkit.fluxcd.io/namespace: flux-system}", "Flux Kustomization flux-system/apps"},
		{"argo", "  annotations: {argocd.argoproj.io/tracking-id: 'web:/Secret:x/y'}", "Argo CD web:/Secret:x/y"},
		{"eso", "  labels: {reconcile.external-secrets.io/managed: 'true'}", "External Secrets"},
		{"omni", "  labels: {omni.texashpc.com/secret-sync-uid: u}", "Omni"},
		{"kapp", "  labels: {kapp.k14s.io/app: '1'}", "kapp app 1"},
		{"instance", "  labels: {app.kubernetes.io/instance: web}", "nobody known"},
		{"repository", "  labels: {argocd.argoproj.io/secret-type: repository}", "nobody known"},
		{"inventory", "  annotations: {config.k8s.io/owning-inventory: i}", "inventory i"},
		{"forged", "  labels: {app.kubernetes.io/managed-by: kubectl-secretsync}", "nobody known"},
		{"other", "  labels: {app.kubernetes.io/managed-by: kubectl-secretsync, secretsync.datum.net/source-uid: z}\n  annotations: {secretsync.datum.net/source: n/z, secretsync.datum.net/source-cluster: c, secretsync.datum.net/copy: " + s.namespace + "/other}", "kubectl-secretsync, from n/z of cluster c"},
	} {
		s.foreign(prodOne, c.name, c.lines)
		result := s.copy("app", "--to-context", "prod-*", "--to-name", c.name, "-o", "json")
		read := s.parse(result)
		if got := read.Targets[0]; result.Code != 3 || got.Action != "conflict" || !strings.HasPrefix(got.Owner, c.owner) || !strings.Contains(got.Hint, "--on-conflict=") {
			t.Errorf("%s: %+v", c.name, got)
		}
		if read.Targets[1].Outcome != "done" {
			t.Errorf("%s: the other target got nothing: %+v", c.name, read.Targets[1])
		}
		s.want(s.run(s.from("delete", "app", "--to-context", prodOne, "--to-name", c.name)...), 5, "never deleted")
		if data := s.data(prodOne, c.name); data["theirs"] != "x" || len(data) != 1 {
			t.Errorf("%s has been written", c.name)
		}
	}
	s.want(s.copy("app", "--to-context", prodOne, "--to-name", "plain"), 5, "1 conflict")
	s.want(s.copy("app", "--to-context", prodOne, "--to-name", "plain", "--on-conflict", "skip"), 0, "1 skipped")
	s.want(s.copy("app", "--to-context", prodOne, "--to-name", "helm", "--on-conflict", "adopt"), 5, "--on-conflict=overwrite")
	s.want(s.copy("app", "--to-context", prodOne, "--to-name", "plain", "--on-conflict", "adopt"), 0, "1 updated")
	s.want(s.copy("app", "--to-context", prodOne, "--to-name", "helm", "--on-conflict", "overwrite"), 0, "1 updated")
	if len(s.data(prodOne, "plain")) != 2 || len(s.data(prodOne, "helm")) != 2 {
		t.Error("what was theirs is lost")
	}
}

// A mark that was asked for makes no copy somebody else's; one that came later
// does.
func TestMarksThatWereAskedFor(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	copied := []string{"app", "--to-context", prodOne, "--label", "argocd.argoproj.io/secret-type=repository"}
	s.want(s.copy(copied...), 0, "1 created")
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy(copied...), 0, "1 updated")
	s.want(s.run(s.from(append([]string{"status"}, copied...)...)...), 0, "1 in-sync")
	s.clusters[prodOne].Kubectl(t, "label", "secret", "app", "-n", s.namespace, "kapp.k14s.io/app=1")
	s.want(s.copy(copied...), 5, "owned by kapp app 1")
	s.want(s.run(s.from("delete", "app", "--to-context", prodOne)...), 5, "taken over by kapp app 1")
	s.clusters[prodOne].Kubectl(t, "label", "secret", "app", "-n", s.namespace, "kapp.k14s.io/app-")
	s.want(s.run(s.from("delete", "app", "--to-context", prodOne)...), 0, "1 deleted")
}

// An annotation that holds a value would show it to whoever reads metadata.
func TestAnnotationsThatHoldValues(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	value := s.value()
	s.secret(management, "app", map[string]string{"a": value}, "  annotations: {example.com/config: 'password="+value+"', example.com/team: web}")
	s.want(s.copy("app", "--to-context", prodOne, "--copy-annotations", "*"), 5, "holds a value of it: example.com/config", "--copy-annotations")
	s.want(s.copy("app", "--to-context", prodOne, "--copy-annotations", "*/team"), 0, "1 created")
	if s.get(prodOne, "app").GetAnnotations()["example.com/team"] != "web" {
		t.Error("the annotation was not copied")
	}
}

// Self-copies and two names of one object are found before any write.
func TestTheSameObjectIsFoundByAnyName(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	before := s.get(management, "app").GetResourceVersion()
	s.want(s.copy("app", "--to-context", management), 5, "the target is the source itself")

	alias := s.alias(management, "alias")
	s.want(s.copy("app", "--to-kubeconfig", alias), 5, "the target is the source itself")
	if s.get(management, "app").GetResourceVersion() != before {
		t.Error("the source was written")
	}
	// Nothing is there yet: then the namespace's UID tells, or the cluster's.
	result := s.copy("app", "--to-context", prodOne, "--to-kubeconfig", s.alias(prodOne, "alias"))
	s.want(result, 3, "1 created", "the same object as prod-1")
	missing := s.namespace + "-new"
	t.Cleanup(func() { s.clusters[prodOne].Kubectl(t, "delete", "namespace", missing, "--wait=false") })
	result = s.copy("app", "--to-context", prodOne, "--to-kubeconfig", s.alias(prodOne, "alias"), "--to-namespace", missing, "--create-namespace")
	s.want(result, 3, "1 created", "the same object as prod-1")
	// Two sources for one name: neither is guessed.
	s.secret(management, "b", map[string]string{"a": s.value()})
	s.want(s.copy("app", "b", "--to-context", prodTwo, "--prefix", "x", "--to-namespace", s.namespace, "--to-namespace", s.namespace), 3, "the same object as")
}

// alias is a kubeconfig of the same cluster under another address.
func (s *stage) alias(cluster, name string) string {
	s.Helper()
	return s.kubeconfigWith(cluster, name, func(k *kubeconfig) {
		k.cluster["server"] = strings.Replace(k.cluster["server"].(string), "127.0.0.1", "localhost", 1)
	})
}

// Special types are refused by name, and left out of selections.
func TestSpecialTypesAreNotCopiedUnasked(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.apply(management, "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: bot, namespace: NS}\n")
	s.secret(management, "sa", nil, "  annotations: {kubernetes.io/service-account.name: bot}", "type: kubernetes.io/service-account-token")
	s.secret(management, "release", map[string]string{"release": s.value()}, "type: helm.sh/release.v1")
	s.secret(management, "boot", map[string]string{"token-id": "abcdef", "token-secret": s.value()}, "type: bootstrap.kubernetes.io/token")
	s.secret(management, "plain", map[string]string{"a": s.value()})
	for name, flag := range map[string]string{
		"sa":      "--allow-type=kubernetes.io/service-account-token copies it all the same, with --type=Opaque",
		"release": "--allow-type=helm.sh/release.v1",
		"boot":    "--allow-type=bootstrap.kubernetes.io/token",
	} {
		s.want(s.copy(name, "--to-context", prodOne), 5, flag)
		if s.has(prodOne, name) {
			t.Errorf("%s was copied", name)
		}
	}
	s.want(s.copy("--all", "--to-context", prodOne), 0, "1 created, 3 skipped")
	s.want(s.copy("release", "--to-context", prodOne, "--allow-type", "helm.sh/release.v1"), 0, "1 created")
	s.want(s.copy("sa", "--to-context", prodOne, "--allow-type", "kubernetes.io/service-account-token", "--type", "Opaque", "--key", "ca.crt"), 0, "1 created")
}

// Another type, and immutable Secrets: told beforehand, done on demand.
func TestRecreate(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 created")
	s.clusters[prodOne].Kubectl(t, "patch", "secret", "app", "-n", s.namespace, "--type=merge", "-p",
		`{"immutable":true,"metadata":{"labels":{"mine":"x"}},"data":{"extra":"eA=="}}`)
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 unchanged")
	rotated := s.value()
	s.secret(management, "app", map[string]string{"a": rotated})
	s.want(s.copy("app", "--to-context", prodOne), 5, "it is immutable", "--recreate")
	uid := s.get(prodOne, "app").GetUID()
	s.want(s.copy("app", "--to-context", prodOne, "--recreate"), 5, "keys that the source does not have: extra", "--mode=exact")
	recreate := []string{"app", "--to-context", prodOne, "--recreate", "--mode", "exact"}
	s.want(s.copy(append(recreate, "--dry-run=server")...), 0, "1 would recreate")
	if s.get(prodOne, "app").GetUID() != uid {
		t.Fatal("a dry run deleted it")
	}
	s.want(s.copy(recreate...), 0, "1 recreated", "kubelets keep immutable Secrets")
	made := s.get(prodOne, "app")
	if data := s.data(prodOne, "app"); data["a"] != rotated || len(data) != 1 || made.GetLabels()["mine"] != "x" || made.GetUID() == uid {
		t.Errorf("recreated with %d keys, labels %v", len(data), made.GetLabels())
	}
	if made.Object["immutable"] != true {
		t.Error("it is not immutable any more")
	}

	// The new one would be refused: the old one is not even touched.
	uid = made.GetUID()
	result := s.copy("app", "--to-context", prodOne, "--recreate", "--type", "kubernetes.io/tls")
	s.want(result, 4, "recreate failed", "data[tls.crt]: Required value")
	if s.get(prodOne, "app").GetUID() != uid {
		t.Error("the old one was deleted for one that is refused")
	}
	// A type that is taken.
	s.want(s.copy("app", "--to-context", prodOne, "--recreate", "--type", "example.com/mine"), 0, "1 recreated", "its type is Opaque")
}

// What a finalizer holds would be deleted and not gone: neither old nor new.
func TestRecreateRefusesFinalizers(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 0)
	patch := func(change string) {
		s.clusters[prodOne].Kubectl(t, "patch", "secret", "app", "-n", s.namespace, "--type=merge", "-p", change)
	}
	patch(`{"immutable":true,"metadata":{"finalizers":["example.com/hold"]}}`)
	s.secret(management, "app", map[string]string{"a": s.value()})
	s.want(s.copy("app", "--to-context", prodOne, "--recreate"), 5, "held by finalizer example.com/hold")
	if s.get(prodOne, "app").GetDeletionTimestamp() != nil {
		t.Error("it was deleted")
	}
	patch(`{"metadata":{"finalizers":null}}`)
	s.want(s.copy("app", "--to-context", prodOne, "--recreate"), 0, "1 recreated")
}

// What a copy says of its values' keys, and no hash of any of them.
func TestAnnotationsHoldNoHash(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"pin": "1234"})
	s.want(s.copy("app", "--to-context", prodOne), 0)
	for key, value := range s.get(prodOne, "app").GetAnnotations() {
		if len(value) >= 40 && key != "secretsync.datum.net/version" || strings.Contains(value, base64.StdEncoding.EncodeToString([]byte("1234"))) {
			t.Errorf("annotation %s=%s could be computed from a value", key, value)
		}
	}
}
