package secretsync_test

import (
	"strings"
	"testing"
)

// One Secret to two clusters: what arrives, what comes with it and what does
// not, and that a second run changes nothing.
func TestACopyHoldsWhatItsSourceHolds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	password, key := s.value(), s.value()
	s.secret(management, "app", map[string]string{"password": password, "key": key},
		"  labels: {team: a, argocd.argoproj.io/instance: app}",
		"  annotations: {note: b}", "  finalizers: [example.com/hold]")
	s.own(management, "app")
	s.clusters[management].Kubectl(t, "annotate", "secret", "app", "-n", s.namespace, "kubectl.kubernetes.io/last-applied-configuration="+s.value())
	t.Cleanup(func() {
		s.clusters[management].Kubectl(t, "patch", "secret", "app", "-n", s.namespace, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
	})

	s.want(s.copy("app", "--to-context", "prod-*", "--copy-labels", "*", "--copy-annotations", "*"), 0, "2 targets: 2 created")
	for _, cluster := range []string{prodOne, prodTwo} {
		if data := s.data(cluster, "app"); data["password"] != password || data["key"] != key || len(data) != 2 {
			t.Errorf("%s has other data", cluster)
		}
		s.checkMeta(cluster, "app")
	}
	before := s.get(prodOne, "app").GetResourceVersion()
	s.want(s.copy("app", "--to-context", "prod-*", "--copy-labels", "*", "--copy-annotations", "*"), 0, "2 targets: 2 unchanged")
	if s.get(prodOne, "app").GetResourceVersion() != before {
		t.Error("a second run wrote")
	}
}

// own gives a Secret an owner.
func (s *stage) own(cluster, name string) {
	s.Helper()
	s.apply(cluster, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: owner, namespace: NS}\n")
	uid := s.clusters[cluster].Get(s, "configmaps.v1.", s.namespace, "owner").GetUID()
	s.clusters[cluster].Kubectl(s, "patch", "secret", name, "-n", s.namespace, "--type=merge", "-p",
		`{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"owner","uid":"`+string(uid)+`"}]}}`)
}

// checkMeta checks what a copy must have, and must not.
func (s *stage) checkMeta(cluster, name string) {
	s.Helper()
	copied, source := s.get(cluster, name), s.get(management, name)
	for _, unwanted := range []string{"argocd.argoproj.io/instance"} {
		if _, ok := copied.GetLabels()[unwanted]; ok {
			s.Errorf("label %s was copied", unwanted)
		}
	}
	if copied.GetLabels()["team"] != "a" || copied.GetAnnotations()["note"] != "b" {
		s.Errorf("labels %v, annotations %v", copied.GetLabels(), copied.GetAnnotations())
	}
	if len(copied.GetOwnerReferences())+len(copied.GetFinalizers()) > 0 {
		s.Error("owners or finalizers were copied")
	}
	notes := copied.GetAnnotations()
	if _, ok := notes["kubectl.kubernetes.io/last-applied-configuration"]; ok {
		s.Error("the last applied configuration was copied")
	}
	if copied.GetLabels()[labelUID] != string(source.GetUID()) || copied.GetLabels()["app.kubernetes.io/managed-by"] != "kubectl-secretsync" {
		s.Errorf("labels %v", copied.GetLabels())
	}
	for _, key := range []string{"source-cluster", "source", "source-resource-version", "synced-at", "version", "keys"} {
		if notes[annotation+key] == "" {
			s.Errorf("no annotation %s%s in %v", annotation, key, notes)
		}
	}
	for key, value := range notes {
		s.checkLeak("annotation "+key, value)
	}
	if fields := copied.GetManagedFields(); len(fields) != 1 || fields[0].Manager != "secretsync.datum.net" || fields[0].Operation != "Apply" {
		s.Errorf("managed fields are %v", fields)
	}
}

// A rotation reaches the copies; what others added to them stays.
func TestAnUpdateLeavesWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value(), "old": s.value()})
	s.want(s.copy("app", "--to-context", prodOne), 0, "1 created")
	s.clusters[prodOne].Kubectl(t, "patch", "secret", "app", "-n", s.namespace, "--type=merge", "-p",
		`{"metadata":{"labels":{"mine":"x"},"annotations":{"note":"y"},"finalizers":["example.com/hold"]},"data":{"extra":"eA=="}}`)
	s.own(prodOne, "app")
	t.Cleanup(func() {
		s.clusters[prodOne].Kubectl(t, "patch", "secret", "app", "-n", s.namespace, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
	})
	rotated := s.value()
	s.clusters[management].Kubectl(t, "delete", "secret", "app", "-n", s.namespace)
	s.secret(management, "app", map[string]string{"a": rotated})

	s.want(s.copy("app", "--to-context", prodOne), 0, "1 updated")
	copied, data := s.get(prodOne, "app"), s.data(prodOne, "app")
	if data["a"] != rotated || data["extra"] != "x" || len(data) != 2 {
		t.Errorf("keys %d, extra %q", len(data), data["extra"])
	}
	if copied.GetLabels()["mine"] != "x" || copied.GetAnnotations()["note"] != "y" || len(copied.GetFinalizers()) != 1 || len(copied.GetOwnerReferences()) != 1 {
		t.Errorf("lost what others gave it: %v", copied.Object["metadata"])
	}
	s.want(s.copy("app", "--to-context", prodOne, "--mode", "exact"), 0, "1 updated")
	if data := s.data(prodOne, "app"); len(data) != 1 {
		t.Errorf("%d keys are left with --mode exact", len(data))
	}
}

// The ways to name and to change copies.
func TestNamesKeysAndTypes(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	crt := s.value()
	s.secret(management, "tls", map[string]string{"tls.crt": crt, "tls.key": s.value(), "ca.crt": "ca"}, "type: kubernetes.io/tls")
	s.secret(management, "two", map[string]string{"x": s.value()}, "  labels: {fleet: all}")
	s.secret(management, "three", map[string]string{"x": s.value()}, "  labels: {fleet: all}")

	s.want(s.copy("tls", "--to-context", prodOne, "--to-name", "ca", "--type", "Opaque", "--key", "ca.crt=bundle", "--key", "tls.c*"), 0, "1 created")
	if data := s.data(prodOne, "ca"); data["bundle"] != "ca" || data["tls.crt"] != crt || len(data) != 2 {
		t.Errorf("%d keys", len(data))
	}
	s.want(s.copy("tls", "--to-context", prodOne, "--key", "nope"), 5, `the source has no key "nope"`)
	s.want(s.copy("-l", "fleet=all", "--to-context", "prod-*", "--prefix", "m-"), 0, "4 targets: 4 created")
	if !s.has(prodTwo, "m-three") || !s.has(prodOne, "m-two") {
		t.Error("a copy is missing")
	}
	// Into another namespace of the very same cluster, which is made for it.
	other := s.namespace + "-other"
	t.Cleanup(func() { s.clusters[management].Kubectl(t, "delete", "namespace", other, "--wait=false") })
	s.want(s.copy("two", "--to-context", management, "--to-namespace", other), 5, "there is no namespace", "--create-namespace")
	s.want(s.copy("two", "--to-context", management, "--to-namespace", other, "--create-namespace", "--dry-run=server"), 0, "1 would create", "the namespace is not there yet")
	s.want(s.copy("two", "--to-context", management, "--to-namespace", other, "--create-namespace"), 0, "1 created")
	s.want(s.copy("two", "--to-context", management, "--suffix", "-b"), 0, "1 created")
}

// Manifests come from a pipe, as kubectl create writes them.
func TestManifests(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	token := s.value()
	kubectl := s.clusters[management].KubectlPath()
	made := pipe(t, kubectl, "create", "secret", "generic", "deploy", "--from-literal=token="+token, "--dry-run=client", "-o", "yaml")
	call := s.stdin(made, "copy", "-f", "-", "--source-id", "ci", "-n", s.namespace, "--to-context", "prod-*")
	s.want(s.call(call), 0, "2 targets: 2 created")
	if s.data(prodTwo, "deploy")["token"] != token {
		t.Error("another token arrived")
	}
	s.want(s.call(call), 0, "2 targets: 2 unchanged")
	call.Args[0] = "diff"
	s.want(s.call(call), 0, "2 unchanged")
	call.Args[0] = "delete"
	s.want(s.call(call), 0, "2 targets: 2 deleted")
	if s.has(prodOne, "deploy") {
		t.Error("the copy is still there")
	}
}

// Values are bytes: ESO makes text of them, and kubectl apply a copy in an
// annotation.
func TestBinaryValues(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	s.secret(management, "bin", map[string]string{"b": string(every), "empty": ""})
	s.want(s.copy("bin", "--to-context", prodOne), 0, "1 created")
	if data := s.data(prodOne, "bin"); data["b"] != string(every) || len(data) != 2 {
		t.Errorf("%d keys, %d bytes", len(data), len(data["b"]))
	}
	s.want(s.copy("bin", "--to-context", prodOne), 0, "1 unchanged")
}

// A source that is gone empties no copy (as it does with replicator), and one
// that comes back is followed.
func TestASourceThatGoesAndComesBack(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.value()
	s.secret(management, "app", map[string]string{"a": first})
	s.want(s.copy("app", "--to-context", "prod-*"), 0)
	s.clusters[management].Kubectl(t, "delete", "secret", "app", "-n", s.namespace)
	s.want(s.copy("app", "--to-context", "prod-*"), 4, "not found")
	if s.data(prodOne, "app")["a"] != first {
		t.Error("the copy was changed")
	}
	second := s.value()
	s.secret(management, "app", map[string]string{"a": second})
	s.want(s.copy("app", "--to-context", "prod-*"), 0, "2 updated")
	if s.data(prodTwo, "app")["a"] != second {
		t.Error("the copy was not changed")
	}
}

// -o manifest writes nothing, and prints what others may seal.
func TestManifestOutput(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": "plain"})
	result := s.copy("app", "-o", "manifest", "--to-namespace", "elsewhere")
	s.want(result, 0, "kind: Secret", "namespace: elsewhere", "a: cGxhaW4=")
	if strings.Contains(result.Stdout, "resourceVersion") && !strings.Contains(result.Stdout, "source-resource-version") {
		t.Error(result)
	}
	said := s.clusters[prodOne].Kubectl(t, "apply", "--dry-run=client", "-f", writeFile(t, result.Stdout))
	if !strings.Contains(said, "secret/app created") {
		t.Error(said)
	}
}
