package clients_test

import (
	"crypto/rand"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
)

// aksServer is the application of all AKS clusters.
const aksServer = "6dae42f8-4368-4678-94ff-3960e28e3630"

// TestKubelogin runs the hook for AKS from its own text with Azure's kubelogin, then the
// plugins with the kubeconfig that the hook has written. Of Azure there is a stand-in.
func TestKubelogin(t *testing.T) {
	client(t, "kubelogin")
	m := newMachine(t)
	m.add(t, "kubelogin")
	namespace := m.cluster.Namespace(t)
	e, env := newEntra(t, m, namespace)
	server, ca := m.cluster.Server()
	env = append(env, "CLUSTER_NAME=aks", "CLUSTER_SERVER="+server, "CLUSTER_CA="+base64.StdEncoding.EncodeToString(ca))
	hook := aksHook(t)
	if said := m.must(t, hook, env...); !strings.Contains(said, "system:serviceaccount:"+namespace+":writer") || e.issued.Load() == 0 {
		t.Errorf("%d tokens were issued\n%s", e.issued.Load(), said)
	}
	m.readBy(t, "aks", namespace, env...)
	if kept, err := os.ReadFile(m.path("kubeconfig")); err != nil || strings.Contains(string(kept), e.secret) {
		t.Errorf("the kubeconfig holds the secret, %v", err)
	}

	// The flag matters: without it kubelogin does not look at ARM_*.
	without := strings.Replace(hook, " --exec-arg=--use-azurerm-env-vars", "", 1)
	if said, code := m.shell(t, without, append(env, "KUBECONFIG="+m.path("without"))...); without == hook || code == 0 {
		t.Errorf("it works without --use-azurerm-env-vars\n%s", said)
	}
}

// TestKubeloginConverts: what kubelogin itself makes of a kubeconfig of AKS gets a token
// with the same variables.
func TestKubeloginConverts(t *testing.T) {
	client(t, "kubelogin")
	m := newMachine(t)
	m.add(t, "kubelogin")
	namespace := m.cluster.Namespace(t)
	e, env := newEntra(t, m, namespace)
	server, ca := m.cluster.Server()
	if err := os.WriteFile(m.path("ca.pem"), ca, 0o600); err != nil {
		t.Fatal(err)
	}
	// As az aks get-credentials writes it.
	m.must(t, `kubectl config set-cluster aks --server='`+server+`' --certificate-authority=ca.pem --embed-certs
kubectl config set-credentials aks --exec-api-version=client.authentication.k8s.io/v1beta1 --exec-command=kubelogin \
  --exec-arg=get-token --exec-arg=--environment --exec-arg=AzurePublicCloud --exec-arg=--server-id --exec-arg=`+aksServer+` \
  --exec-arg=--client-id --exec-arg=80faf920-1908-4b52-b5ef-a8e7bedfc67a --exec-arg=--tenant-id --exec-arg=`+e.tenant+` --exec-arg=--login --exec-arg=devicecode
kubectl config set-context aks --cluster=aks --user=aks
kubectl config use-context aks
kubelogin convert-kubeconfig -l spn --use-azurerm-env-vars`, env...)
	// The converted entry has no secret in it: the job exports it.
	m.readBy(t, "aks", namespace, append(env, "AZURE_CLIENT_SECRET="+e.secret)...)
}

// newEntra serves a stand-in for Entra ID that issues a token for the namespace, and
// returns the variables of Spacelift's integration that lead to it.
func newEntra(t *testing.T, m *machine, namespace string) (e *entra, env []string) {
	t.Helper()
	e = &entra{
		tenant: "11111111-2222-3333-4444-555555555555", clientID: "66666666-7777-8888-9999-000000000000",
		secret: rand.Text(), scope: aksServer + "/.default", token: m.token(t, namespace),
	}
	e.serve(t)
	if err := os.WriteFile(m.path("entra.pem"), e.ca, 0o600); err != nil {
		t.Fatal(err)
	}
	return e, []string{
		"HTTPS_PROXY=" + e.proxy, "SSL_CERT_FILE=" + m.path("entra.pem"),
		"ARM_CLIENT_ID=" + e.clientID, "ARM_CLIENT_SECRET=" + e.secret, "ARM_TENANT_ID=" + e.tenant,
	}
}

// aksHook is the text of the hook.
func aksHook(t *testing.T) string {
	t.Helper()
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "examples", "ci", "spacelift", "aks-spn.sh"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readBy has secretsync and fluxdeps use a context: one copies a Secret to its cluster, and
// the other asks it for Flux, which is not there.
func (m *machine) readBy(t *testing.T, context, namespace string, env ...string) {
	t.Helper()
	m.must(t, `head -c 12 /dev/urandom | base64 | kubectl create secret generic copied -n `+namespace+` --from-file=value=/dev/stdin --dry-run=client -o yaml |
  kubectl secretsync copy -f - --source-id clients --to-context `+context, env...)
	m.cluster.Kubectl(t, "get", "secret", "copied", "-n", namespace)
	if said, _ := m.shell(t, "kubectl fluxdeps --context "+context, env...); !strings.Contains(said, "the server has no Flux") {
		t.Errorf("fluxdeps was not answered\n%s", said)
	}
}
