package docs_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// application has the fields of Argo CD's Application (argoproj.io/v1alpha1) that
// the example uses; any other fails.
type application struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct{ Name, Namespace string }
	Spec       struct {
		Project     string
		Source      struct{ RepoURL, TargetRevision, Path string }
		Destination struct{ Server, Namespace string }
		SyncPolicy  struct {
			Automated struct{ Prune, SelfHeal bool }
		}
	}
}

func TestArgoCDApplication(t *testing.T) {
	_, text := example(t, "argocd/application.yaml")
	var app application
	if err := yaml.UnmarshalStrict(text, &app); err != nil || app.APIVersion != "argoproj.io/v1alpha1" || app.Kind != "Application" || app.Spec.Source.RepoURL == "" {
		t.Fatalf("%+v, %v", app, err)
	}
	if _, job := example(t, strings.TrimPrefix(app.Spec.Source.Path, "examples/ci/")+"/job.yaml"); len(job) == 0 {
		t.Error("its folder holds no job")
	}
}

// TestArgoCDJob runs the Job's arguments with the rights of its own service
// account, to the clusters of Argo CD's Secrets. A Pod's cluster cannot be had
// here, so it is named by a kubeconfig.
func TestArgoCDJob(t *testing.T) {
	m := newMachine(t)
	m.fleet(t)
	job := argoJob(t)
	control := m.cluster(management)
	control.Apply(t, "apiVersion: v1\nkind: Namespace\nmetadata: {name: argocd}\n")
	_, rbac := example(t, "argocd/fleet-secrets/rbac.yaml")
	control.Apply(t, string(rbac))
	path, _ := example(t, "argocd/fleet-secrets/job.yaml")
	control.Kubectl(t, "create", "--dry-run=server", "-f", path)
	m.must(t, `kubectl --context management get secret ghcr-pull -n flux-system -o 'jsonpath={.data.\.dockerconfigjson}' | base64 -d |
  kubectl create secret generic ghcr-pull -n argocd --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=/dev/stdin --dry-run=client -o yaml |
  kubectl --context management apply --server-side --force-conflicts -f -`)
	for _, name := range []string{prodOne, prodTwo} {
		control.Apply(t, argoCluster(t, m, name))
	}

	token := strings.TrimSpace(control.Kubectl(t, "create", "token", job.ServiceAccountName, "-n", "argocd"))
	server, ca := control.Server()
	asJob := "KUBECONFIG=" + m.path("kubeconfig.job")
	m.must(t, fmt.Sprintf(`base64 -d <<< %q > ca.crt
kubectl config set-cluster c --server=%q --certificate-authority=ca.crt --embed-certs
kubectl config set-credentials u --token="$TOKEN"; kubectl config set-context c --cluster=c --user=u; kubectl config use-context c`,
		base64.StdEncoding.EncodeToString(ca), server), asJob, "TOKEN="+token)
	container := job.Containers[0]
	args := slices.DeleteFunc(slices.Clone(container.Args), func(arg string) bool { return arg == "--from-in-cluster" })
	if len(args) != len(container.Args)-1 {
		t.Fatalf("%v", container.Args)
	}
	m.must(t, strings.Join(container.Command, " ")+" '"+strings.Join(args, "' '")+"'", asJob)
	for _, name := range []string{prodOne, prodTwo} {
		m.cluster(name).Kubectl(t, "get", "secret", "ghcr-pull", "-n", "flux-system")
	}
}

func argoJob(t *testing.T) corev1.PodSpec {
	t.Helper()
	_, text := example(t, "argocd/fleet-secrets/job.yaml")
	var job batchv1.Job
	if err := yaml.UnmarshalStrict(text, &job); err != nil || job.Annotations["argocd.argoproj.io/hook"] != "PostSync" {
		t.Fatalf("%v, %v", job.Annotations, err)
	}
	return job.Spec.Template.Spec
}

// argoCluster is the Secret by which Argo CD knows a cluster.
func argoCluster(t *testing.T, m *machine, name string) string {
	t.Helper()
	config := m.cluster(name).Config()
	text, err := json.Marshal(map[string]any{"tlsClientConfig": map[string]any{"caData": config.CAData, "certData": config.CertData, "keyData": config.KeyData}})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`
apiVersion: v1
kind: Secret
metadata: {name: %[1]s, namespace: argocd, labels: {argocd.argoproj.io/secret-type: cluster}}
stringData: {name: %[1]s, server: %[2]q, config: %[3]q}
`, name, config.Host, text)
}

// TestArgoCDCluster runs what the comment of the cluster Secret says, and then its
// program as Argo CD does: without a word about the server.
func TestArgoCDCluster(t *testing.T) {
	m := newMachine(t)
	m.key(t)
	_, text := example(t, "argocd/cluster.yaml")
	here := strings.NewReplacer("/etc/datum", m.home, "/datum-creds", m.path("creds")).Replace(string(text))
	for line := range strings.Lines(here) {
		if command, ok := strings.CutPrefix(line, "#   "); ok {
			m.must(t, command, "DATUM_CREDS_HOME="+m.path("creds"))
		}
	}
	var secret corev1.Secret
	if err := yaml.UnmarshalStrict([]byte(here), &secret); err != nil {
		t.Fatal(err)
	}
	var config struct {
		ExecProviderConfig struct {
			APIVersion, Command string
			Args                []string
			Env                 map[string]string
		}
	}
	if err := json.Unmarshal([]byte(secret.StringData["config"]), &config); err != nil {
		t.Fatal(err)
	}
	exec := config.ExecProviderConfig
	env := []string{fmt.Sprintf(`KUBERNETES_EXEC_INFO={"apiVersion":%q,"kind":"ExecCredential","spec":{"interactive":false}}`, exec.APIVersion)}
	for name, value := range exec.Env {
		env = append(env, name+"="+value)
	}
	if said, code := m.shell(t, exec.Command+" "+strings.Join(exec.Args, " "), env...); code != 0 || !strings.Contains(said, `"token":`) {
		t.Errorf("exit code %d\n%s", code, said)
	}
}
