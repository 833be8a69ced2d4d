package secretsync_test

import (
	"bytes"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// pod is a file system as a Pod has it: the plugin, a service account's files,
// and nothing else.
type pod struct {
	*stage
	root string
	env  []string
}

// newPod makes the Pod of a service account that may do the verbs on Secrets.
func (s *stage) newPod(cluster, verbs string) *pod {
	s.Helper()
	s.apply(cluster, strings.ReplaceAll(`
apiVersion: v1
kind: ServiceAccount
metadata: {name: bot, namespace: NS}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: bot, namespace: NS}
rules: [{apiGroups: [""], resources: [secrets], verbs: [VERBS]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: bot, namespace: NS}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: bot}
subjects: [{kind: ServiceAccount, name: bot, namespace: NS}]
`, "VERBS", verbs))
	token := strings.TrimSpace(s.clusters[cluster].Kubectl(s, "create", "token", "bot", "-n", s.namespace))
	s.values = append(s.values, token)
	server, ca := s.clusters[cluster].Server()
	at, err := url.Parse(server)
	if err != nil {
		s.Fatal(err)
	}
	p := &pod{stage: s, root: s.TempDir(), env: []string{"KUBERNETES_SERVICE_HOST=" + at.Hostname(), "KUBERNETES_SERVICE_PORT=" + at.Port()}}
	binary, err := os.ReadFile(bed.Plugin(s, "kubectl-secretsync").Path)
	if err != nil {
		s.Fatal(err)
	}
	p.write("/kubectl-secretsync", binary, 0o755)
	const account = "/var/run/secrets/kubernetes.io/serviceaccount/"
	p.write(account+"token", []byte(token), 0o600)
	p.write(account+"ca.crt", ca, 0o600)
	p.write(account+"namespace", []byte(s.namespace), 0o600)
	return p
}

func (p *pod) write(path string, content []byte, mode os.FileMode) {
	p.Helper()
	path = filepath.Join(p.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(path, content, mode); err != nil {
		p.Fatal(err)
	}
}

// kubeconfig brings an administrator's kubeconfig of a cluster into the Pod.
func (p *pod) kubeconfig(cluster string) {
	p.Helper()
	text, err := os.ReadFile(p.clusters[cluster].Kubeconfig())
	if err != nil {
		p.Fatal(err)
	}
	p.write("/"+cluster, text, 0o600)
}

// exec runs the plugin in the Pod.
func (p *pod) exec(env []string, args ...string) (code int, said string) {
	p.Helper()
	cmd := exec.CommandContext(p.Context(), "/kubectl-secretsync", args...)
	cmd.Dir, cmd.Env = "/", env
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: p.root}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if errors.Is(err, syscall.EPERM) {
		p.Skipf("this machine lets no test change its root: %v", err)
	}
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		p.Fatal(err)
	}
	p.checkLeak("the output", out.String())
	return cmd.ProcessState.ExitCode(), out.String()
}

func (p *pod) expect(code int, words string, env []string, args ...string) {
	p.Helper()
	if got, said := p.exec(env, args...); got != code || !strings.Contains(said, words) {
		p.Errorf("%s: exit code %d, want %d and %q\n%s", strings.Join(args, " "), got, code, words, said)
	}
}

// In a Pod, with its service account, at either end.
func TestInCluster(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	reader := s.newPod(management, "get")
	reader.kubeconfig(prodOne)
	// Without a kubeconfig the source is the Pod's own cluster.
	reader.expect(0, "1 created", reader.env, "copy", "app", "-n", s.namespace, "--to-kubeconfig", "/"+prodOne)
	reader.expect(0, "1 in-sync", reader.env, "status", "app", "-n", s.namespace, "--from-in-cluster", "--to-kubeconfig", "/"+prodOne)
	if s.data(prodOne, "app")["a"] != s.data(management, "app")["a"] {
		t.Error("another value arrived")
	}
	reader.expect(4, `User "system:serviceaccount:`+s.namespace+`:bot" cannot list`, reader.env, "copy", "--all", "-n", s.namespace, "--to-kubeconfig", "/"+prodOne)
	reader.expect(2, "no source cluster", nil, "copy", "app", "-n", s.namespace, "--to-kubeconfig", "/"+prodOne)
	reader.expect(2, "in-cluster", nil, "copy", "app", "-n", s.namespace, "--from-in-cluster", "--to-kubeconfig", "/"+prodOne)
	reader.write("/var/run/secrets/kubernetes.io/serviceaccount/token", []byte(s.value()), 0o600)
	reader.expect(6, "Unauthorized", reader.env, "copy", "app", "-n", s.namespace, "--to-kubeconfig", "/"+prodOne)

	writer := s.newPod(prodTwo, "get, create, patch, delete")
	writer.kubeconfig(management)
	pull := []string{"app", "-n", s.namespace, "--from-kubeconfig", "/" + management, "--to-in-cluster"}
	writer.expect(0, "1 created", writer.env, append([]string{"copy"}, pull...)...)
	writer.expect(0, "1 deleted", writer.env, append([]string{"delete"}, pull...)...)
}
