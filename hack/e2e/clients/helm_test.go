package clients_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// chart is a Helm chart of one ConfigMap.
func chart() map[string]string {
	return map[string]string{
		"Chart.yaml":               "apiVersion: v2\nname: demo\nversion: 0.1.0\n",
		"templates/configmap.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {by: helm}\n",
	}
}

// TestHelm installs and removes a release as the service account.
func TestHelm(t *testing.T) {
	client(t, "helm")
	m := newMachine(t)
	m.add(t, "helm")
	proxy := m.signIn(t)
	namespace := m.cluster.Namespace(t)
	for name, text := range chart() {
		path := m.path("chart/" + name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m.must(t, "helm install demo ./chart -n "+namespace)
	if by := m.cluster.Kubectl(t, "get", "configmap", "demo", "-n", namespace, "-o", "jsonpath={.data.by}"); by != "helm" {
		t.Errorf("the release made %q", by)
	}
	if said := m.must(t, "helm list -n "+namespace); !strings.Contains(said, "demo") || !strings.Contains(said, "deployed") {
		t.Errorf("helm lists\n%s", said)
	}
	m.must(t, "helm uninstall demo -n "+namespace)
	if proxy.Seen(plane) == 0 {
		t.Error("no request came through the control plane")
	}
	m.must(t, "kubectl datum-creds logout --session robot --local")
	if said, code := m.shell(t, "helm list -n "+namespace); code == 0 {
		t.Errorf("helm works without a session\n%s", said)
	}
}
