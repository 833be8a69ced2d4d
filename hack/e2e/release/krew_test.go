package release_test

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/krewstore"
	"github.com/datum-cloud/kubectl-plugins/krew"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
)

// manifests are the rendered ones, by name.
func manifests(t *testing.T, d *dist.Dist) map[string]*krew.Plugin {
	t.Helper()
	plugins := map[string]*krew.Plugin{}
	for _, name := range []string{"datum-creds", "fluxdeps", "secretsync"} {
		plugin, err := krew.Parse([]byte(read(t, filepath.Join(d.Dir, "krew", name+".yaml"))))
		if err != nil {
			t.Fatal(err)
		}
		plugins[name] = plugin
	}
	return plugins
}

// archiveOf is where the build has the archive for this machine.
func archiveOf(d *dist.Dist, p *krew.Plugin) string {
	return filepath.Join(d.Dir, path.Base(p.For(krewstore.Here()).URI))
}

// krewed is a machine on which krew has installed all three.
func krewed(t *testing.T) (s *shell, kubectl func(args ...string) (words func(...string))) {
	t.Helper()
	d, root := built(t), krewstore.Root(t.TempDir())
	for name, plugin := range manifests(t, d) {
		link, err := root.Install(plugin, krewstore.Here(), archiveOf(d, plugin))
		if err != nil {
			t.Fatal(err)
		}
		if want := "kubectl-" + strings.ReplaceAll(name, "-", "_"); filepath.Base(link) != want {
			t.Errorf("%s is linked as %s, want %s", name, link, want)
		}
	}
	cluster := bed.Cluster(t)
	s = newShell(t, root.Bin(), "KUBECONFIG="+cluster.Kubeconfig(), "DATUM_CREDS_HOME="+filepath.Join(t.TempDir(), "creds"))
	return s, func(args ...string) func(...string) {
		got := s.run(t, cluster.KubectlPath(), args...)
		return func(words ...string) { t.Helper(); want(t, got, words...) }
	}
}

func TestKubectlFindsWhatKrewInstalls(t *testing.T) {
	t.Parallel()
	d := built(t)
	s, kubectl := krewed(t)
	listed := s.run(t, bed.Cluster(t).KubectlPath(), "plugin", "list", "--name-only")
	if listed.Code != 0 || listed.Stderr != "" || !strings.HasSuffix(listed.Stdout, ":\n\nkubectl-datum_creds\nkubectl-fluxdeps\nkubectl-secretsync\n") {
		t.Errorf("kubectl plugin list: %s", listed)
	}
	for _, name := range []string{"datum-creds", "fluxdeps", "secretsync"} {
		kubectl(name, "version")("kubectl-" + strings.ReplaceAll(name, "-", "_") + " " + d.Tag)
		kubectl(name, "--help")("kubectl " + name)
	}
}

// One real job each, called as users call it.
func TestKrewedPluginsWork(t *testing.T) {
	t.Parallel()
	s, kubectl := krewed(t)
	cluster := bed.Cluster(t)
	namespace, other := cluster.Namespace(t), cluster.Namespace(t)

	cluster.Apply(t, strings.ReplaceAll(twoSteps, "NS", namespace))
	kubectl("fluxdeps", "graph", "-n", namespace)("Kustomization/base", "└─ Kustomization/app")

	cluster.Kubectl(t, "create", "secret", "generic", "pull", "-n", namespace, "--from-literal=token=none")
	kubectl("secretsync", "copy", "pull", "-n", namespace, "--to-kubeconfig", cluster.Kubeconfig(), "--to-namespace", other)("1 target: 1 created")
	if got := cluster.Kubectl(t, "get", "secret", "pull", "-n", other, "-o", "jsonpath={.data.token}"); got != "bm9uZQ==" {
		t.Errorf("the copy holds %q", got)
	}

	provider := authtest.New(t)
	key := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(key, []byte(provider.KeyFile(t, "https://api.datum.test")), 0o600); err != nil {
		t.Fatal(err)
	}
	kubectl("datum-creds", "login", "--credentials", key, "--ca-file", provider.CAFile, "--name", "robot")("robot")
	token := s.run(t, cluster.KubectlPath(), "datum-creds", "get-token", "--session", "robot", "-o", "json")
	if token.Code != 0 || !strings.Contains(token.Stdout, `"token"`) {
		t.Errorf("no token, exit code %d: %s", token.Code, token.Stderr)
	}
}

const twoSteps = `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: base, namespace: NS}
spec: {interval: 1h, prune: false, path: ./base, sourceRef: {kind: OCIRepository, name: none}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: NS}
spec: {interval: 1h, prune: false, path: ./app, dependsOn: [{name: base}], sourceRef: {kind: OCIRepository, name: none}}
`

// What validate-krew-manifest does: it installs each platform's archive, and wants
// a licence among what is installed.
func TestKrewInstallsEachPlatform(t *testing.T) {
	t.Parallel()
	d := built(t)
	for name, plugin := range manifests(t, d) {
		for _, machine := range krew.Pairs() {
			platform := plugin.For(machine)
			if platform == nil {
				continue
			}
			root := krewstore.Root(t.TempDir())
			link, err := root.Install(plugin, machine, filepath.Join(d.Dir, path.Base(platform.URI)))
			if err != nil {
				t.Errorf("%s for %s: %v", name, machine, err)
				continue
			}
			program, err := os.Readlink(link)
			if err != nil || filepath.Ext(link) != filepath.Ext(program) {
				t.Errorf("%s for %s: %s is %s, %v", name, machine, link, program, err)
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(program), "LICENSE")); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestKrewRefuses(t *testing.T) {
	d := built(t)
	plugins := manifests(t, d)
	fluxdeps, secretsync := plugins["fluxdeps"], plugins["secretsync"]
	here := fluxdeps.For(krewstore.Here())

	refused(t, "checksum does not match", fluxdeps, archiveOf(d, secretsync))
	bin := here.Bin
	here.Bin = "kubectl-other"
	refused(t, "bin is not in the archive", fluxdeps, archiveOf(d, fluxdeps))
	here.Bin = bin
	root := krewstore.Root(t.TempDir())
	for _, want := range []string{"", `plugin "fluxdeps" is installed already`} {
		if _, err := root.Install(fluxdeps, krewstore.Here(), archiveOf(d, fluxdeps)); want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("got: %v\nwant: %s", err, want)
		}
	}
	here.Selector.MatchLabels["os"] = "plan9"
	refused(t, `plugin "fluxdeps" offers nothing for `, fluxdeps, archiveOf(d, secretsync))
}

// refused wants an error, and nothing on PATH.
func refused(t *testing.T, want string, plugin *krew.Plugin, archive string) {
	t.Helper()
	root := krewstore.Root(t.TempDir())
	if _, err := root.Install(plugin, krewstore.Here(), archive); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got: %v\nwant: %s", err, want)
	}
	if links, err := os.ReadDir(root.Bin()); err == nil && len(links) > 0 {
		t.Errorf("%s: yet there is %v", want, links)
	}
}

func TestTheIndexIsOneThatKrewCanClone(t *testing.T) {
	d := built(t)
	index, clone := filepath.Join(t.TempDir(), "index"), filepath.Join(t.TempDir(), "clone")
	script := filepath.Join(d.Dir, "..", "hack", "krew-index.sh")
	for _, says := range []string{d.Tag + " of datum-creds.yaml fluxdeps.yaml secretsync.yaml", "nothing new"} {
		said, err := exec.CommandContext(t.Context(), script, index).CombinedOutput()
		if err != nil || !strings.Contains(string(said), says) {
			t.Fatalf("%v, want %q\n%s", err, says, said)
		}
	}
	if said, err := exec.CommandContext(t.Context(), "git", "clone", "--quiet", index, clone).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	files, err := filepath.Glob(filepath.Join(clone, "plugins", "*.yaml"))
	if err != nil || len(files) != 3 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, file := range files {
		plugin, err := krew.Parse([]byte(read(t, file)))
		if err != nil {
			t.Fatal(err)
		}
		if err := krew.Validate(file, plugin); err != nil {
			t.Error(err)
		}
	}
}
