package completion_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/controlplane"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// TestTAB: names from the cluster and the kubeconfig, in each shell.
func TestTAB(t *testing.T) {
	u, namespace := newUser(t), objects(t)
	shells(t, u, func(t *testing.T, s *shell) {
		t.Helper()
		in := " -n " + namespace + " "
		s.lists(t, "kubectl fluxdeps graph"+in+"kustomization/", "kustomization/postgres-operator", "kustomization/postgres-database", "kustomization/website")
		s.becomes(t, "kubectl fluxdeps graph"+in+"ks/web", "kubectl fluxdeps graph"+in+"ks/website")
		s.becomes(t, "flux deps graph"+in+"ks/web", "flux deps graph"+in+"ks/website")
		s.becomes(t, "kubectl fluxdeps -n "+namespace[:len(namespace)-1], "kubectl fluxdeps -n "+namespace)
		s.becomes(t, "kubectl fluxdeps --context arn:aws:eks:eu", "kubectl fluxdeps --context "+oddContext)
		s.becomes(t, "kubectl fluxdeps graph --status susp", "kubectl fluxdeps graph --status suspended")
		s.becomes(t, "kubectl secretsync copy"+in+"reg", "kubectl secretsync copy"+in+"registry-pull")
		s.becomes(t, "kubectl secretsync copy -n "+namespace[:len(namespace)-1], "kubectl secretsync copy -n "+namespace)
		from := "kubectl secretsync copy x --to-kubeconfig-secret-namespace " + namespace + " --to-kubeconfig-secret "
		s.becomes(t, from+"registry", from+"registry-pull")
		s.lists(t, "kubectl secretsync copy x --to-context ", oddContext, "testbed")
		s.becomes(t, "kubectl secretsync copy x --on-conflict over", "kubectl secretsync copy x --on-conflict overwrite")
		s.becomes(t, "kubectl datum-creds get-token -o head", "kubectl datum-creds get-token -o header")
		s.lists(t, "kubectl datum-creds ", "update-kubeconfig", "doctor", "completion")
	})
}

// TestTABCompletesFiles: the plugin leaves files to the shell.
func TestTABCompletesFiles(t *testing.T) {
	u := newUser(t)
	if err := os.WriteFile(filepath.Join(u.home, "edge-kubeconfig"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	shells(t, u, func(t *testing.T, s *shell) {
		t.Helper()
		s.becomes(t, "kubectl secretsync copy x --to-kubeconfig edge-", "kubectl secretsync copy x --to-kubeconfig edge-kubeconfig")
	})
}

// complete asks the plugin as kubectl does.
func (u *user) complete(t *testing.T, program string, words ...string) (said string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(u.programs, program), words...)
	cmd.Env = u.environment()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestTABOfLittleRights: who may not list all namespaces gets the names of the
// context's.
func TestTABOfLittleRights(t *testing.T) {
	cluster, namespace := bed.Cluster(t), objects(t)
	alone := newUser(t)
	alone.kubeconfig = cluster.AddUser(t, controlplane.User{Name: "developer-" + namespace, Namespace: namespace})
	cluster.Apply(t, strings.NewReplacer("NS", namespace).Replace(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: flux, namespace: NS}
rules: [{apiGroups: [kustomize.toolkit.fluxcd.io], resources: [kustomizations], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: flux, namespace: NS}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: flux}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: developer-NS}]
`))
	alone.says(t, "ks/postgres-database\nks/postgres-operator\n:4\n", "kubectl_complete-fluxdeps", "graph", "ks/post")
	alone.says(t, ":4\n", "kubectl_complete-secretsync", "copy", "")
}

// says asks until the answer is there: busy machines give up.
func (u *user) says(t *testing.T, want, program string, words ...string) {
	t.Helper()
	testbed.Eventually(t, want, patience, func() error {
		said, err := u.complete(t, program, words...)
		if err == nil && said != want {
			err = fmt.Errorf("it says %q", said)
		}
		return err
	})
}

// TestFluxAsks its plugin for completions by cobra's own command.
func TestFluxAsks(t *testing.T) {
	u, namespace := newUser(t), objects(t)
	u.says(t, "ks/postgres-database\nks/postgres-operator\n:4\n", "flux-deps", "__complete", "graph", "-n", namespace, "ks/post")
}

// silent servers take connections and never say a word.
func silent(t *testing.T) (address string) {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

// TestGivesUpSilently: a server or proxy that hangs, or a credential program
// that would ask, leaves the shell with no names, no message and no waiting.
func TestGivesUpSilently(t *testing.T) {
	u := newUser(t)
	hung, asked := silent(t), filepath.Join(t.TempDir(), "asked")
	asks := filepath.Join(t.TempDir(), "oidc-login")
	if err := os.WriteFile(asks, []byte("#!/bin/sh\ntouch "+asked+"\nread -r answer </dev/tty\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ server, user, cluster string }{
		"a server that hangs":       {"https://" + hung, "token: t", ""},
		"a proxy that hangs":        {"https://cluster.invalid", "token: t", ", proxy-url: http://" + hung},
		"a proxy that is dead":      {"https://cluster.invalid", "token: t", ", proxy-url: http://127.0.0.1:1"},
		"a program that would ask":  {"https://" + hung, "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: IfAvailable, command: " + asks + "}", ""},
		"a program that is missing": {"https://" + hung, "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: /no/such/kubectl-datum_creds}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n" +
				"clusters: [{name: c, cluster: {server: '" + c.server + "', insecure-skip-tls-verify: true" + c.cluster + "}}]\nusers: [{name: u, user: {" + c.user + "}}]\n"
			alone := *u
			alone.kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
			if err := os.WriteFile(alone.kubeconfig, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for program, words := range map[string][]string{
				"kubectl_complete-fluxdeps":   {"graph", "ks/"},
				"kubectl_complete-secretsync": {"copy", ""},
			} {
				// The requests' own limits are 20 and 60 seconds, and the test has none.
				if said, err := alone.complete(t, program, words...); err != nil || strings.TrimSpace(said) != ":4" {
					t.Errorf("%s: %v, %q", program, err, said)
				}
			}
			if _, err := os.Stat(asked); err == nil {
				t.Error("the program was run")
			}
		})
	}
}

// TestKubectlAsks our script by the command that kubectl's scripts for all shells run.
func TestKubectlAsks(t *testing.T) {
	u := newUser(t)
	testbed.Eventually(t, "kubectl completes a flag's value", patience, func() error {
		said, err := u.complete(t, "kubectl", "__complete", "datum-creds", "get-token", "-o", "head")
		if err == nil && !strings.Contains("\n"+said, "\nheader\n:4\n") {
			err = fmt.Errorf("kubectl answers %q", said)
		}
		return err
	})
}

// TestPowerShell has PowerShell's own engine complete a line, with kubectl's script loaded
// as the help of `completion install` says.
func TestPowerShell(t *testing.T) {
	pwsh, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("PowerShell (pwsh) is not on PATH, and Debian has no package that hack/install-deps.sh could install")
	}
	u := newUser(t)
	const script = `kubectl completion powershell | Out-String | Invoke-Expression
$line = 'kubectl fluxdeps graph --status susp'
(TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText`
	testbed.Eventually(t, "PowerShell completes a flag's value", patience, func() error {
		cmd := exec.CommandContext(t.Context(), pwsh, "-NoProfile", "-NonInteractive", "-Command", script)
		cmd.Env = u.environment()
		said, err := cmd.CombinedOutput()
		if err == nil && !strings.Contains(string(said), "suspended") {
			err = fmt.Errorf("PowerShell says %q", said)
		}
		return err
	})
}
