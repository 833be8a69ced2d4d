package secretsync_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// token is a real token of a service account that may write Secrets in the
// stage's namespace.
func (s *stage) token(cluster string) string {
	s.Helper()
	s.apply(cluster, `
apiVersion: v1
kind: ServiceAccount
metadata: {name: writer, namespace: NS}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: writer, namespace: NS}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get, list, create, patch, delete]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: writer, namespace: NS}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: writer}
subjects: [{kind: ServiceAccount, name: writer, namespace: NS}]
`)
	token := strings.TrimSpace(s.clusters[cluster].Kubectl(s, "create", "token", "writer", "-n", s.namespace))
	s.values = append(s.values, token)
	return token
}

// program writes a program that prints the token to whoever calls it with just
// the arguments, and returns the folder to put on PATH.
func program(t *testing.T, name string, args []string, apiVersion, token string) string {
	t.Helper()
	dir := t.TempDir()
	script := fmt.Sprintf(`#!/bin/sh
[ "$*" = %q ] || { echo "called with $*" >&2; exit 1; }
case "$KUBERNETES_EXEC_INFO" in *%s*) ;; *) echo "no exec info" >&2; exit 1 ;; esac
printf '{"apiVersion":"%%s","kind":"ExecCredential","status":{"token":"%%s"}}' %s "$(cat %s/token)"
`, strings.Join(args, " "), apiVersion, apiVersion, dir)
	for path, text := range map[string]string{name: script, "token": token} {
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// behind serves the cluster's API below a path, as GitLab's agent server and
// Datum's control planes do.
func (s *stage) behind(cluster, path string) (server string, ca []byte) {
	s.Helper()
	target, err := url.Parse(s.clusters[cluster].Config().Host)
	if err != nil {
		s.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	front := httptest.NewTLSServer(http.StripPrefix(path, proxy))
	s.Cleanup(front.Close)
	return front.URL + path, pemOf(front)
}

// The kubeconfigs that clouds and tools write all work, each with a program
// that gives a real token.
func TestKubeconfigsAsOthersWriteThem(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	token := s.token(prodOne)
	const v1, beta = "client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"
	for _, c := range []struct {
		name, context, path string
		command, api        string
		args                []string
		exec                map[string]any
	}{
		{
			"eks", "arn:aws:eks:eu-west-1:123456789012:cluster/prod", "", "aws", beta,
			[]string{"--region", "eu-west-1", "eks", "get-token", "--cluster-name", "prod", "--output", "json"},
			map[string]any{"env": []any{map[string]any{"name": "AWS_PROFILE", "value": "prod"}}},
		},
		{
			"aks", "prod-admin", "", "kubelogin", beta,
			[]string{"get-token", "--environment", "AzurePublicCloud", "--server-id", "6dae42f8", "--login", "azurecli"},
			map[string]any{"installHint": "install kubelogin", "provideClusterInfo": false},
		},
		{
			"gke", "gke_project_europe-west1_prod", "", "gke-gcloud-auth-plugin", beta, nil,
			map[string]any{"provideClusterInfo": true, "installHint": "Install gke-gcloud-auth-plugin"},
		},
		{"gitlab", "group/project:agent", "/k8s-proxy", "glab", v1, []string{"cluster", "agent", "get-token", "--agent", "7"}, map[string]any{"interactiveMode": "Never"}},
		{"datumctl", "datum-project-x", "/apis/resourcemanager.miloapis.com/v1alpha1/projects/x/control-plane", "datumctl", v1, []string{"auth", "get-token", "--output=" + v1}, map[string]any{"interactiveMode": "IfAvailable", "provideClusterInfo": false}},
		{"omni", "org-prod-user@example.com", "", "kubectl", beta, []string{"oidc-login", "get-token", "--oidc-issuer-url=https://omni.example.com/oidc", "--oidc-client-id=native"}, map[string]any{"interactiveMode": "IfAvailable"}},
		{"datum-creds", "datum/x", "/apis/resourcemanager.miloapis.com/v1alpha1/projects/x/control-plane", "kubectl-datum_creds", v1, []string{"get-token", "--project", "x"}, map[string]any{"interactiveMode": "IfAvailable", "provideClusterInfo": true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := program(t, c.command, c.args, c.api, token)
			given := map[string]any{"apiVersion": c.api, "command": c.command, "args": c.args}
			for key, value := range c.exec {
				given[key] = value
			}
			file := s.kubeconfigWith(prodOne, c.context, func(k *kubeconfig) {
				k.user = map[string]any{"exec": given}
				if c.path != "" {
					k.cluster["server"], k.cluster["certificate-authority-data"] = s.behind(prodOne, c.path)
				}
			})
			call := testbed.Call{
				Kubeconfig: s.kubeconfigs() + ":" + file, Env: []string{"PATH=" + path + ":" + os.Getenv("PATH")},
				Args: s.from("copy", "app", "--to-context", c.context, "--to-name", c.name),
			}
			s.want(s.call(call), 0, "1 created", c.context)
			s.want(s.call(call), 0, "1 unchanged")
			if !s.has(prodOne, c.name) {
				t.Error("nothing arrived")
			}
		})
	}
}

// Two files that call their entries the same: kubectl gives the user of the first
// to the server of the second; here each file has its own.
func TestFilesOfTheSameNames(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	// Both call their cluster and their user x.
	first := s.kubeconfigWith(prodOne, "first", func(k *kubeconfig) { k.user = map[string]any{"token": s.token(prodOne)} })
	second := s.kubeconfigWith(prodTwo, "second", func(*kubeconfig) {})
	call := testbed.Call{Kubeconfig: s.kubeconfigs() + ":" + first + ":" + second, Args: s.from("copy", "app", "--to-context", "second")}
	s.want(s.call(call), 0, "1 created", `context "second": `, "which kubectl would take")
	if s.has(prodOne, "app") || !s.has(prodTwo, "app") {
		t.Error("it went to the cluster of the other file")
	}
	call.Args = s.from("copy", "app", "--to-context", "first", "--to-name", "b")
	s.want(s.call(call), 0, "1 created")
	if !s.has(prodOne, "b") {
		t.Error("it did not arrive")
	}
}

// What kubectl's preferences let no program do, it does not do here: the same
// kubeconfig and kuberc, side by side with kubectl.
func TestKubercsPolicy(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	const v1 = "client.authentication.k8s.io/v1"
	path := program(t, "give-token", []string{"now"}, v1, s.token(prodOne))
	file := s.kubeconfigWith(prodOne, "c", func(k *kubeconfig) {
		k.user = map[string]any{"exec": map[string]any{"apiVersion": v1, "command": "give-token", "args": []string{"now"}, "interactiveMode": "Never"}}
	})
	known := true
	for i, c := range []struct {
		policy string
		runs   bool
		words  string
	}{
		{"credentialPluginPolicy: Nonsense", false, "kuberc"},
		{"credentialPluginPolicy: DenyAll", false, "credentialPluginPolicy"},
		{"credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: aws}]", false, "credential plugin allowlist"},
		{"credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: give-token}]", true, ""},
		{"", true, ""},
	} {
		kuberc := writeFile(t, "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n"+c.policy+"\n")
		env := []string{"PATH=" + path + ":" + os.Getenv("PATH"), "KUBERC=" + kuberc}
		kubectl := exec.CommandContext(t.Context(), s.clusters[prodOne].KubectlPath(), "--kubeconfig", file, "get", "secrets", "-n", s.namespace)
		kubectl.Env = slices.Concat(env, []string{"HOME=" + t.TempDir()})
		said, err := kubectl.CombinedOutput()
		if i == 0 && err == nil {
			t.Log("this kubectl is older than kuberc's policies, and is not compared with")
			known = false
		}
		if known && (err == nil) != c.runs {
			t.Errorf("%q: kubectl: %v\n%s", c.policy, err, said)
		}
		result := s.call(testbed.Call{Kubeconfig: s.kubeconfigs(), Env: env, Args: s.from("copy", "app", "--to-kubeconfig", file)})
		if (result.Code == 0) != c.runs || !strings.Contains(result.Stdout+result.Stderr, c.words) {
			t.Errorf("%q: want to run: %v, and %q\n%s", c.policy, c.runs, c.words, result)
		}
	}
}

// The same program out of a Secret does not run, unless somebody says so.
func TestKubeconfigsOutOfSecrets(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	token := s.token(prodOne)
	plain := s.admin(prodOne, "c")
	plain.user = map[string]any{"token": token}
	ran := filepath.Join(t.TempDir(), "ran")
	hostile := s.admin(prodOne, "c")
	hostile.user = map[string]any{"exec": map[string]any{"apiVersion": "client.authentication.k8s.io/v1", "command": "touch", "args": []string{ran}, "interactiveMode": "Never"}}
	thief := s.admin(prodOne, "c")
	thief.user = map[string]any{"tokenFile": writeFile(t, s.value())}
	fleet := "  labels: {fleet: x}"
	s.secret(management, "prod-kubeconfig", map[string]string{"value": plain.text(t)}, fleet, "type: cluster.x-k8s.io/secret")
	s.secret(management, "hostile", map[string]string{"kubeconfig": hostile.text(t)}, fleet)
	s.secret(management, "thief", map[string]string{"kubeconfig": thief.text(t)}, fleet)
	s.secret(management, "argo", map[string]string{
		"name": "prod", "server": s.clusters[prodOne].Config().Host,
		"config": `{"bearerToken":"` + token + `","tlsClientConfig":{"caData":"` + caData(s.clusters[prodOne].Config().CAData) + `"}}`,
	}, "  labels: {argocd.argoproj.io/secret-type: cluster}")

	result := s.copy("app", "--to-kubeconfig-secret-namespace", s.namespace, "--to-kubeconfig-secret-selector", "fleet=x", "-o", "json")
	read := s.parse(result)
	outcomes := map[string]string{}
	for _, target := range read.Targets {
		outcomes[strings.TrimPrefix(target.Cluster, "secret "+s.namespace+"/")] = target.Action + " " + target.Outcome
		if strings.HasSuffix(target.Cluster, "hostile") && !strings.Contains(target.Hint, "--allow-in-kubeconfig-secret=exec") {
			t.Errorf("no way out is named: %+v", target)
		}
	}
	if result.Code != 3 || outcomes["prod-kubeconfig"] != "create done" || outcomes["hostile"] != "refused failed" || outcomes["thief"] != "refused failed" {
		t.Errorf("exit code %d, %v\n%s", result.Code, outcomes, result)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("the program out of the Secret ran")
	}
	s.want(s.copy("app", "--to-kubeconfig-secret-namespace", s.namespace, "--to-kubeconfig-secret", "argo", "--to-name", "by-argo"), 0, "1 created")
	s.want(s.copy("app", "--to-kubeconfig-secret-namespace", s.namespace, "--to-kubeconfig-secret", "hostile"), 5, "refused: a kubeconfig out of a Secret must not run a program")
	s.copy("app", "--to-kubeconfig-secret-namespace", s.namespace, "--to-kubeconfig-secret", "hostile", "--allow-in-kubeconfig-secret", "exec", "--timeout", "2s")
	if _, err := os.Stat(ran); err != nil {
		t.Error("the program did not run though it was allowed to")
	}
}
