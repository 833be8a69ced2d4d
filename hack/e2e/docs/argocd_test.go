package docs_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
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
	if _, job := example(t, strings.TrimPrefix(app.Spec.Source.Path, "examples/ci/")+"/cronjob.yaml"); len(job) == 0 {
		t.Error("its folder has no CronJob")
	}
}

// TestArgoCDCronJob runs the CronJob's arguments with the rights of its own service
// account, to the clusters of Argo CD's Secrets. No Pod runs here, so a kubeconfig stands
// for the Pod's cluster.
func TestArgoCDCronJob(t *testing.T) {
	m := newMachine(t)
	m.fleet(t)
	job := argoJob(t)
	control := m.cluster(management)
	control.Apply(t, "apiVersion: v1\nkind: Namespace\nmetadata: {name: argocd}\n")
	_, rbac := example(t, "argocd/fleet-secrets/rbac.yaml")
	control.Apply(t, string(rbac))
	path, _ := example(t, "argocd/fleet-secrets/cronjob.yaml")
	control.Kubectl(t, "create", "--dry-run=server", "-f", path)
	m.must(t, `kubectl --context management get secret ghcr-pull -n flux-system -o 'jsonpath={.data.\.dockerconfigjson}' | base64 -d |
  kubectl create secret generic ghcr-pull -n argocd --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=/dev/stdin --dry-run=client -o yaml |
  kubectl --context management apply --server-side --force-conflicts -f -`)
	for _, name := range []string{prodOne, prodTwo} {
		control.Apply(t, argoCluster(t, m, name))
	}
	control.Apply(t, argoOnly)

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
	said, code := m.shell(t, strings.Join(container.Command, " ")+" '"+strings.Join(args, "' '")+"'", asJob)
	if code != 0 || !strings.Contains(said, "2 created, 2 skipped") {
		t.Errorf("exit code %d\n%s", code, said)
	}
	for _, name := range []string{"eks", "in-cluster"} {
		if !strings.Contains(said, "warning: secret argocd/"+name+" is skipped: ") {
			t.Errorf("%s is not named\n%s", name, said)
		}
	}
	for _, name := range []string{prodOne, prodTwo} {
		m.cluster(name).Kubectl(t, "get", "secret", "ghcr-pull", "-n", "flux-system")
	}
}

// argoOnly are clusters that only Argo CD can use by their Secrets.
const argoOnly = `
apiVersion: v1
kind: Secret
metadata: {name: eks, namespace: argocd, labels: {argocd.argoproj.io/secret-type: cluster}}
stringData: {name: eks, server: "https://eks.example.com", config: '{"awsAuthConfig":{"clusterName":"production"}}'}
---
apiVersion: v1
kind: Secret
metadata: {name: in-cluster, namespace: argocd, labels: {argocd.argoproj.io/secret-type: cluster}}
stringData: {name: in-cluster, server: "https://kubernetes.default.svc", config: '{"tlsClientConfig":{"insecure":false}}'}
`

func argoJob(t *testing.T) corev1.PodSpec {
	t.Helper()
	_, text := example(t, "argocd/fleet-secrets/cronjob.yaml")
	var job batchv1.CronJob
	if err := yaml.UnmarshalStrict(text, &job); err != nil || job.Spec.ConcurrencyPolicy != batchv1.ForbidConcurrent {
		t.Fatalf("%+v, %v", job.Spec, err)
	}
	return job.Spec.JobTemplate.Spec.Template.Spec
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

// TestArgoCDCluster runs the commands in the comment of the cluster Secret, and then kubectl
// with what Argo CD makes of the Secret: since 3.5 it passes the cluster to the program,
// before it did not.
func TestArgoCDCluster(t *testing.T) {
	m := newMachine(t)
	m.key(t)
	_, text := example(t, "argocd/cluster.yaml")
	here := strings.NewReplacer("/etc/datum", m.home, "/datum-creds", m.path("creds")).Replace(string(text))
	var commands []string
	for line := range strings.Lines(here) {
		if command, ok := strings.CutPrefix(line, "#     "); ok {
			commands = append(commands, command)
		}
	}
	if len(commands) != 2 {
		t.Fatalf("%q", commands)
	}
	creds := "DATUM_CREDS_HOME=" + m.path("creds")
	m.must(t, commands[0], creds)
	m.argoKubeconfig(t, here, true)
	m.must(t, `rm "$DATUM_CREDS_HOME"/sessions/*/token.json`, creds) // so that it is renewed
	if said, code := m.shell(t, argoAsks, creds); code != 0 || !strings.HasSuffix(said, "4711") {
		t.Errorf("Argo CD 3.5: exit code %d\n%s", code, said)
	}
	m.argoKubeconfig(t, here, false)
	if said, code := m.shell(t, argoAsks, creds); code == 0 || !strings.Contains(said, "--without-cluster-info") {
		t.Errorf("before 3.5, without trust: exit code %d\n%s", code, said)
	}
	m.must(t, commands[1], creds)
	if said, code := m.shell(t, argoAsks, creds); code != 0 || !strings.HasSuffix(said, "4711") {
		t.Errorf("before 3.5: exit code %d\n%s", code, said)
	}
}

const argoAsks = `kubectl --kubeconfig kubeconfig.argocd auth whoami -o 'jsonpath={.status.userInfo.username}'`

// argoKubeconfig writes what Argo CD makes of a cluster Secret
// (argo-cd pkg/apis/application/v1alpha1, Cluster.RawRestConfig) as a kubeconfig. Its
// server stands for Datum's.
func (m *machine) argoKubeconfig(t *testing.T, text string, knowsClusterInfo bool) {
	t.Helper()
	var secret corev1.Secret
	if err := yaml.UnmarshalStrict([]byte(text), &secret); err != nil {
		t.Fatal(err)
	}
	var config struct {
		ExecProviderConfig struct {
			APIVersion, Command string
			Args                []string
			Env                 map[string]string
			ProvideClusterInfo  bool
		}
		TLSClientConfig struct{ Insecure bool }
	}
	decoder := json.NewDecoder(strings.NewReader(secret.StringData["config"]))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&config); err != nil || !config.ExecProviderConfig.ProvideClusterInfo {
		t.Fatalf("%+v, %v", config, err)
	}
	if want := m.server(t, "https://api.datum.net"); secret.StringData["server"] != want {
		t.Errorf("the server is %s, and the plugin writes %s", secret.StringData["server"], want)
	}
	exec := config.ExecProviderConfig
	env := []map[string]string{}
	for name, value := range exec.Env {
		env = append(env, map[string]string{"name": name, "value": value})
	}
	user := map[string]any{"exec": map[string]any{
		"apiVersion": exec.APIVersion, "command": exec.Command, "args": exec.Args, "env": env, "interactiveMode": "Never",
		"provideClusterInfo": exec.ProvideClusterInfo && knowsClusterInfo,
	}}
	cluster := map[string]any{"server": m.plane(t)} // kubectl trusts SSL_CERT_FILE
	written, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": "c",
		"clusters": []any{map[string]any{"name": "c", "cluster": cluster}},
		"users":    []any{map[string]any{"name": "c", "user": user}},
		"contexts": []any{map[string]any{"name": "c", "context": map[string]any{"cluster": "c", "user": "c"}}},
	})
	if err == nil {
		err = os.WriteFile(m.path("kubeconfig.argocd"), written, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// plane is the address of my-project that the key's API host serves here.
func (m *machine) plane(t *testing.T) string {
	t.Helper()
	var key struct {
		API string `json:"api_endpoint"`
	}
	if err := json.Unmarshal([]byte(m.read(t, "key.json")), &key); err != nil || key.API == "" {
		t.Fatalf("no API host in the key: %v", err)
	}
	return key.API + plane
}
