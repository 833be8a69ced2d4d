package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// load lets kubectl's own code read a kubeconfig.
func load(t *testing.T, path string) *api.Config {
	t.Helper()
	config, err := clientcmd.LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func TestUpdateKubeconfig(t *testing.T) {
	b := newBed(t)
	b.session("one", fresh())
	b.session("two", fresh())
	path := filepath.Join(t.TempDir(), "config")
	old := "# mine\napiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [] # none\n"
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	file := []string{"KUBECONFIG=" + path}
	if r := b.run(file, "update-kubeconfig", "--project", "p1", "--session", "one", "--dry-run"); r.code != 0 || !contains(r.out, "+  name: datum-project-p1") && !contains(r.out, "name: datum-project-p1") {
		t.Errorf("dry run: %+v", r)
	}
	if text, _ := os.ReadFile(path); string(text) != old {
		t.Error("a dry run changes the file")
	}
	if r := b.run(file, "update-kubeconfig", "--project", "p1", "--session", "one"); r.code != 0 || !contains(r.said, "command=kubectl-datum_creds") {
		t.Fatalf("first: %+v", r)
	}
	// The same project as somebody else must not turn the first into that.
	b.run(file, "update-kubeconfig", "--project", "p1", "--session", "two").wantFailure(t, 5, "already", "--name")
	if r := b.run(file, "update-kubeconfig", "--project", "p1", "--session", "two", "--name", "second", "--no-switch"); r.code != 0 {
		t.Fatalf("second: %+v", r)
	}
	if r := b.run(file, "update-kubeconfig", "--project", "p1", "--session", "one"); r.code != 0 || !contains(r.said, "Nothing to change") {
		t.Errorf("again: %+v", r)
	}
	got := load(t, path)
	if got.CurrentContext != "datum-project-p1" || len(got.AuthInfos) != 2 || len(got.Contexts) != 2 {
		t.Errorf("%+v", got)
	}
	exec := got.AuthInfos[got.Contexts["second"].AuthInfo].Exec
	if exec.Command != "kubectl-datum_creds" || !slices.Equal(exec.Args, []string{"get-token", "--session", "two"}) || !exec.ProvideClusterInfo || exec.InteractiveMode != api.NeverExecInteractiveMode {
		t.Errorf("exec: %+v", exec)
	}
	if server := got.Clusters["second"].Server; server != apiHost+"/apis/resourcemanager.miloapis.com/v1alpha1/projects/p1/control-plane" {
		t.Errorf("server: %s", server)
	}
	for _, name := range []string{"second", "datum-project-p1"} {
		if r := b.run(file, "update-kubeconfig", "--remove", "--name", name); r.code != 0 {
			t.Fatalf("remove: %+v", r)
		}
	}
	if got = load(t, path); len(got.AuthInfos)+len(got.Contexts)+len(got.Clusters) != 0 {
		t.Errorf("left: %+v", got)
	}
	if text, _ := os.ReadFile(path); !strings.HasPrefix(string(text), "# mine\n") {
		t.Errorf("comments are gone:\n%s", text)
	}
}

func TestUpdateKubeconfigRefuses(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	path := filepath.Join(t.TempDir(), "config")
	file := []string{"KUBECONFIG=" + path}
	b.run(file, "update-kubeconfig").wantFailure(t, 2, "--project")
	b.run(file, "update-kubeconfig", "--project", "p", "--platform").wantFailure(t, 2)
	b.run(file, "update-kubeconfig", "--project", "../x").wantFailure(t, 2, "project")
	b.run(file, "update-kubeconfig", "--project", "p", "--session", "none").wantFailure(t, 6, "no session none")
	b.run(file, "update-kubeconfig", "--project", "p", "--exec-interactive-mode", "x").wantFailure(t, 2)
	b.run(file, "update-kubeconfig", "--remove", "--name", "x").wantFailure(t, 2, "no context x")
	other := "apiVersion: v1\nkind: Config\nclusters:\n- name: datum-project-p\n  cluster: {server: https://other.test}\ncontexts:\n- name: own\n  context: {cluster: c, user: u}\n"
	if err := os.WriteFile(path, []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	b.run(file, "update-kubeconfig", "--project", "p").wantFailure(t, 5, "https://other.test")
	b.run(file, "update-kubeconfig", "--remove", "--name", "own").wantFailure(t, 5, "not made by this plugin")
	if text, _ := os.ReadFile(path); string(text) != other {
		t.Errorf("changed:\n%s", text)
	}
}

func TestKubeconfigFromTheEnvironmentAlone(t *testing.T) {
	b := newBed(t)
	key := b.server.KeyFile(t, apiHost)
	b.env = []string{"DATUM_SA_CREDENTIALS=" + key}
	r := b.run(nil, "kubeconfig", "--organization", "o1", "--stdout")
	if r.code != 0 || contains(r.out, "PRIVATE") {
		t.Fatalf("%+v", r)
	}
	config, err := clientcmd.Load([]byte(r.out))
	if err != nil {
		t.Fatal(err)
	}
	exec := config.AuthInfos[config.Contexts[config.CurrentContext].AuthInfo].Exec
	if !slices.Equal(exec.Args, []string{"get-token"}) || !contains(config.Clusters[config.CurrentContext].Server, "/organizations/o1/control-plane") {
		t.Errorf("%s", r.out)
	}
}

const datumctlConfig = `apiVersion: v1
kind: Config
# two projects of datumctl
clusters:
- cluster: {server: https://api.datum.test/apis/resourcemanager.miloapis.com/v1alpha1/projects/p1/control-plane}
  name: datum-project-p1
- cluster: {server: https://elsewhere.test}
  name: other
contexts:
- context:
    cluster: datum-project-p1
    user: datum-user
    namespace: kept
    extensions: [{name: e, extension: {a: 1}}]
  name: datum-project-p1
- context: {cluster: other, user: datum-user}
  name: other
current-context: datum-project-p1
users:
- name: datum-user
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: /usr/local/bin/datumctl
      args: [auth, get-token, --output=client.authentication.k8s.io/v1, --session=s]
      interactiveMode: IfAvailable
      provideClusterInfo: false
- name: own
  user: {token: keep-this-token-unseen}
`

func TestConvertKubeconfig(t *testing.T) {
	b := newBed(t)
	b.session("s", fresh())
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path, []byte(datumctlConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	r := b.run(nil, "convert-kubeconfig", "--kubeconfig", path)
	if r.code != 0 || !contains(r.out, "+      - s") && !contains(r.out, "- s\n") || contains(r.out+r.said, "keep-this-token-unseen") {
		t.Fatalf("%+v", r)
	}
	if !contains(r.said, "context other is left as it is") {
		t.Errorf("said: %s", r.said)
	}
	got := load(t, path)
	context := got.Contexts["datum-project-p1"]
	if context.AuthInfo != "datum-creds:s" || context.Namespace != "kept" || len(context.Extensions) != 1 {
		t.Errorf("%+v", context)
	}
	if got.AuthInfos["datum-user"] == nil || got.Contexts["other"].AuthInfo != "datum-user" {
		t.Error("what is not ours was changed")
	}
	backups, _ := filepath.Glob(path + ".before-convert-*")
	if len(backups) != 1 {
		t.Fatalf("backups: %v", backups)
	}
	if text, err := os.ReadFile(backups[0]); err != nil || string(text) != datumctlConfig {
		t.Errorf("backup: %v\n%s", err, text)
	}
	if again := b.run(nil, "convert-kubeconfig", "--kubeconfig", path); again.code != 0 || !contains(again.said, "Nothing to convert") {
		t.Errorf("again: %+v", again)
	}
}
