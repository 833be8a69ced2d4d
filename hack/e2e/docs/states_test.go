package docs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// states are what a block can ask for: each makes it so, whatever was before.
func (m *machine) states() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"":         func(*testing.T) {},
		"programs": func(*testing.T) {},
		"tree":     m.tree,
		"checkout": m.checkout,
		"typo":     m.typo,
		"broken":   m.broken,
		"fleet":    m.fleet,
		"conflict": m.conflict,
		"drifted":  m.drifted,
		"orphaned": m.orphaned,
		"capi":     m.capi,
		"key":      m.key,

		"signed-in": m.signedIn,
	}
}

// checkout has the examples where this repository has them.
func (m *machine) checkout(t *testing.T) {
	t.Helper()
	if err := os.Symlink(filepath.Join(m.root, "examples"), m.path("examples")); err != nil {
		t.Fatal(err)
	}
}

// tree is a checkout of a Git repository.
func (m *machine) tree(t *testing.T) {
	t.Helper()
	target := m.path("clusters/production")
	if err := os.RemoveAll(target); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(target, os.DirFS(filepath.Join(m.root, "examples", "activity", "base"))); err != nil {
		t.Fatal(err)
	}
}

// typo is a tree with a letter missing in a name.
func (m *machine) typo(t *testing.T) {
	t.Helper()
	m.tree(t)
	path := m.path("clusters/production/activity-apiserver.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(string(text), "name: clickhouse-migrations", "name: clickhouse-migration", 1)
	if wrong == string(text) {
		t.Fatal("the example has changed")
	}
	if err := os.WriteFile(path, []byte(wrong), 0o600); err != nil {
		t.Fatal(err)
	}
}

// broken is a cluster in which the same typo was rolled out, after all had
// become ready.
func (m *machine) broken(t *testing.T) {
	t.Helper()
	m.tree(t)
	const wrong = "missing ready ready ready ready ready waiting"
	if m.rolledOut(t) == wrong {
		return
	}
	example, cluster := filepath.Join(m.root, "examples", "activity"), m.cluster(management)
	cluster.Kubectl(t, "apply", "--server-side", "--force-conflicts", "-k", filepath.Join(example, "local"))
	cluster.Publish(t, "OCIRepository/flux-system/activity", "1.2.0", os.DirFS(filepath.Join(example, "artifact")))
	m.until(t, "ready ready ready ready ready ready")
	cluster.Kubectl(t, "patch", "kustomization", "activity-apiserver", "-n", "flux-system", "--type=json",
		"-p", `[{"op": "replace", "path": "/spec/dependsOn/0/name", "value": "clickhouse-migration"}]`)
	m.until(t, wrong)
}

// until waits for the states of the six steps.
func (m *machine) until(t *testing.T, states string) {
	t.Helper()
	testbed.Eventually(t, states, 3*time.Minute, func() error {
		if now := m.rolledOut(t); now != states {
			return fmt.Errorf("they are: %s", now)
		}
		return nil
	})
}

// rolledOut are the states of the steps, sorted.
func (m *machine) rolledOut(t *testing.T) string {
	t.Helper()
	said, _ := m.shell(t, `kubectl fluxdeps --context management -n flux-system -o 'jsonpath={.nodes[*].state}'`)
	states := strings.Fields(said)
	slices.Sort(states)
	return strings.Join(states, " ")
}

// fleet has a pull secret in the management cluster and no copies.
func (m *machine) fleet(t *testing.T) {
	t.Helper()
	for _, name := range []string{management, prodOne, prodTwo} {
		m.cluster(name).Apply(t, "apiVersion: v1\nkind: Namespace\nmetadata: {name: flux-system}\n")
		m.cluster(name).Kubectl(t, "delete", "secret", "-n", "flux-system", "ghcr-pull", "deploy-token", "--ignore-not-found")
	}
	m.must(t, `printf '{"auths":{"ghcr.io":{"auth":"%s"}}}' "$(head -c 18 /dev/urandom | base64)" > docker.json
kubectl --context management create secret generic ghcr-pull -n flux-system --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=docker.json
rm docker.json`)
}

// conflict has a Secret of Helm's in the place of a copy.
func (m *machine) conflict(t *testing.T) {
	t.Helper()
	m.fleet(t)
	m.cluster(prodTwo).Apply(t, `
apiVersion: v1
kind: Secret
type: kubernetes.io/dockerconfigjson
metadata:
  name: ghcr-pull
  namespace: flux-system
  labels: {app.kubernetes.io/managed-by: Helm}
  annotations: {meta.helm.sh/release-name: pull-secrets, meta.helm.sh/release-namespace: flux-system}
stringData: {.dockerconfigjson: "{}"}
`)
}

// drifted has copies, of which somebody has changed one.
func (m *machine) drifted(t *testing.T) {
	t.Helper()
	m.fleet(t)
	m.must(t, `kubectl secretsync copy ghcr-pull -n flux-system --from-context management --to-context 'prod-*'`)
	m.cluster(prodOne).Kubectl(t, "patch", "secret", "ghcr-pull", "-n", "flux-system", "--type=merge", "-p", `{"data": {".dockerconfigjson": "e30="}}`)
}

// orphaned has copies of two Secrets, of which one is gone since.
func (m *machine) orphaned(t *testing.T) {
	t.Helper()
	for _, name := range []string{management, prodOne, prodTwo} {
		m.cluster(name).Apply(t, "apiVersion: v1\nkind: Namespace\nmetadata: {name: shared}\n")
	}
	m.must(t, `for name in relay signing; do
  kubectl --context management create secret generic $name -n shared --from-literal=token="$(head -c 18 /dev/urandom | base64)"
  kubectl --context management label secret $name -n shared fleet=all
done
kubectl secretsync copy -l fleet=all -n shared --from-context management --to-context 'prod-*'
kubectl --context management delete secret relay -n shared`)
}

// capi has the kubeconfigs of the clusters in Secrets, as Cluster API does.
func (m *machine) capi(t *testing.T) {
	t.Helper()
	m.fleet(t)
	m.cluster(management).Apply(t, "apiVersion: v1\nkind: Namespace\nmetadata: {name: capi}\n")
	for _, name := range []string{prodOne, prodTwo} {
		m.must(t, fmt.Sprintf(`kubectl --context management create secret generic %[1]s-kubeconfig -n capi --type=cluster.x-k8s.io/secret \
  --from-file=value=%[2]q --dry-run=client -o yaml | kubectl --context management apply --server-side --force-conflicts -f -
kubectl --context management label --overwrite secret %[1]s-kubeconfig -n capi cluster.x-k8s.io/cluster-name=%[1]s`, name, m.cluster(name).Kubeconfig()))
	}
}

// key is the file of a service account. Its first token is had here, where the
// certificate of the machine's own counts: a kubeconfig's plugin does not heed
// SSL_CERT_FILE.
func (m *machine) key(t *testing.T) {
	t.Helper()
	if err := issuing.robot.WriteKeyFile(m.path("key.json"), issuing.provider.Issuer, issuing.api(m.T)); err != nil {
		t.Fatal(err)
	}
	m.must(t, "kubectl datum-creds get-token --credentials key.json -o json > /dev/null")
}

// signedIn is after a login.
func (m *machine) signedIn(t *testing.T) {
	t.Helper()
	m.key(t)
	m.must(t, `kubectl datum-creds login --credentials key.json --ca-file "$SSL_CERT_FILE" --name robot`)
}

// twoEntries writes a Git tree with an entry for each of two clusters.
func (m *machine) twoEntries(t *testing.T) {
	t.Helper()
	files := map[string]string{"two/apps/app.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app, namespace: default}\n"}
	for _, entry := range []string{"a", "b"} {
		files["two/clusters/"+entry+"/apps.yaml"] = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  prune: true
  path: ./apps
  sourceRef: {kind: GitRepository, name: flux-system}
`
	}
	for name, text := range files {
		path := m.path(name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}
