package secretsync_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// shell runs a line of a shell, in which kubectl finds the plugin.
func (s *stage) shell(line string) testbed.Result {
	s.Helper()
	plugin := bed.Plugin(s, "kubectl-secretsync").Path
	ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	path := strings.Join([]string{filepath.Dir(plugin), filepath.Dir(s.clusters[management].KubectlPath()), os.Getenv("PATH")}, ":")
	cmd.Env = []string{"PATH=" + path, "HOME=" + s.TempDir(), "KUBECONFIG=" + s.kubeconfigs()}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if cmd.ProcessState == nil || ctx.Err() != nil {
		s.Fatalf("%s: %v", line, err)
	}
	result := testbed.Result{Stdout: stdout.String(), Stderr: stderr.String(), Code: cmd.ProcessState.ExitCode()}
	s.checkLeak("the output", result.Stdout+result.Stderr)
	return result
}

// What kubectl prints is what we read, and what we print is, too.
func TestPipes(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, name := range []string{"one", "two"} {
		s.secret(management, name, map[string]string{"a": s.value()}, "  labels: {fleet: all}")
	}
	in := strings.NewReplacer("NS", s.namespace)
	s.want(s.shell(in.Replace("kubectl --context management get secrets -n NS -l fleet=all -o name | xargs kubectl secretsync copy -n NS --from-context management --to-context 'prod-*'")), 0, "4 targets: 4 created")
	if s.data(prodTwo, "two")["a"] != s.values[1] {
		t.Error("the copy holds something else")
	}
	s.want(s.shell(in.Replace("kubectl secretsync copy secret/NS/one NS/two --from-context management --to-context prod-1")), 0, "2 unchanged")
	// Drift in one target: its line goes through a pipe, and it alone is repaired.
	s.clusters[prodTwo].Kubectl(t, "patch", "secret", "one", "-n", s.namespace, "--type=merge", "-p", `{"data":{"a":"eA=="}}`)
	s.want(s.shell(in.Replace(`set -e; all='-n NS --from-context management --to-context prod-*'
kubectl secretsync status one two $all -o jsonpath='{range .targets[?(@.state=="drifted")]}secret/{.namespace}/{.name} {.cluster}{"\n"}{end}' > "$HOME/drifted" || true
kubectl secretsync copy one two $all --targets-from - < "$HOME/drifted"`)), 0, "1 target: 1 updated")
	s.want(s.shell(in.Replace("kubectl secretsync copy one two -n NS --from-context management --to-context 'prod-*' -o name | grep prod-1 | kubectl secretsync delete one two -n NS --from-context management --targets-from -")), 0, "2 targets: 2 deleted")
	if s.has(prodOne, "one") || !s.has(prodTwo, "one") {
		t.Error("the wrong copies were deleted")
	}
	s.want(s.shell("kubectl secretsync --version"), 0, "kubectl secretsync version ")
	s.want(s.shell(in.Replace("kubectl secretsync copy one -n NS --context prod-1")), 2, "--from-context", "--to-context")
	s.want(s.shell(in.Replace("kubectl secretsync copy none -n NS --from-context management --to-context prod-1")), 4, in.Replace(`namespace "NS"`), `secrets "none" not found`)
}

// Two contexts of one cluster under a pattern are one target, whatever they call its
// server; and the server that a Secret has chosen is shown, and can be refused.
func TestWhereASecretGoes(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	second := s.kubeconfigWith(prodOne, "prod-0", func(k *kubeconfig) {
		k.cluster["server"] = strings.Replace(k.cluster["server"].(string), "127.0.0.1", "localhost", 1)
	})
	third := s.kubeconfigWith(prodOne, "prod-00", func(*kubeconfig) {})
	call := testbed.Call{Kubeconfig: s.kubeconfigs() + ":" + second + ":" + third, Args: s.from("copy", "app", "--to-context", "prod-*")}
	s.want(s.call(call), 0, "2 created, 1 skipped", "the same cluster as prod-1", `context "prod-00" is the same cluster as context "prod-1"`)

	s.secret(management, "edge", map[string]string{"kubeconfig": s.admin(prodOne, "c").text(t)})
	server := s.admin(prodOne, "c").cluster["server"].(string)
	s.want(s.copy("app", "--to-kubeconfig-secret", s.namespace+"/edge"), 0, "SERVER", server, "1 unchanged")
	s.want(s.copy("app", "--to-kubeconfig-secret", s.namespace+"/edge", "--allow-server", "*.example.com"), 5, "no --allow-server allows the server "+server)
}

// What is wrong with a cluster is said by its cause, with one exit code for both sides.
func TestFaultsByCause(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.secret(management, "app", map[string]string{"a": s.value()})
	loaded, err := clientcmd.LoadFromFile(s.clusters[prodTwo].Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	var other []byte
	for _, entry := range loaded.Clusters {
		other = entry.CertificateAuthorityData
	}
	for name, c := range map[string]struct {
		change func(*kubeconfig)
		words  string
	}{
		"unknown CA": {func(k *kubeconfig) {
			k.cluster["certificate-authority-data"] = base64.StdEncoding.EncodeToString(other)
		}, "signed by unknown authority"},
		"wrong name": {func(k *kubeconfig) { k.cluster["tls-server-name"] = "wrong.example.com" }, "not wrong.example.com"},
		"refused":    {func(k *kubeconfig) { k.cluster["server"] = "https://127.0.0.1:1" }, "refuses connections"},
		"NXDOMAIN": {func(k *kubeconfig) {
			k.cluster["server"] = fmt.Sprintf("https://%s.invalid", strings.Repeat("x", 64))
		}, "does not exist"},
	} {
		broken := s.kubeconfigWith(prodOne, "c", c.change)
		for _, args := range [][]string{
			s.from("copy", "app", "--to-kubeconfig", broken),
			s.from("status", "app", "--to-kubeconfig", broken),
			{"copy", "app", "-n", s.namespace, "--from-kubeconfig", broken, "--to-context", prodTwo},
		} {
			result := s.run(args...)
			if result.Code != 4 || !strings.Contains(result.Stdout+result.Stderr, c.words) {
				t.Errorf("%s: %s", name, result)
			}
		}
	}
}
