package release_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
)

// now is a build as a release on its own.
func now(d *dist.Dist) map[string]string { return map[string]string{d.Tag: d.Dir} }

// TestKrewLifeCycle: from the first version to the last plugin uninstalled, with
// completion, as users of our index go through it.
func TestKrewLifeCycle(t *testing.T) {
	t.Parallel()
	d := built(t)
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	before := older(t, root)
	ours := newIndex(t, root, before)
	u := newKrewUser(t, newInternet(t, released(d, map[string]string{d.Tag: d.Dir, olderTag: before}, asIs)))

	u.does(t, []string{"krew", "index", "add", "datum", ours.dir})
	for _, plugin := range pluginNames() {
		u.does(t, []string{"krew", "install", "datum/" + plugin}, "Installed plugin: "+plugin)
		u.does(t, []string{plugin, "version"}, " "+olderTag+"\n") // in the words of that commit
		u.does(t, []string{plugin, "completion", "install"}, "installed "+u.ownBin())
	}
	u.does(t, []string{"krew", "list"}, "datum/fluxdeps")
	ours.update(t, d.Tag+" of datum-creds.yaml fluxdeps.yaml secretsync.yaml")
	ours.update(t, "nothing new")
	u.does(t, []string{"krew", "upgrade"}, "Upgraded plugin: datum/datum-creds", "Upgraded plugin: datum/fluxdeps", "Upgraded plugin: datum/secretsync")
	for _, plugin := range pluginNames() {
		u.does(t, []string{plugin, "version"}, binaryOf(plugin)+" "+d.Tag)
		u.does(t, []string{"krew", "info", "datum/" + plugin}, "VERSION: "+d.Tag, "HOMEPAGE: https://github.com/datum-cloud/kubectl-plugins/tree/main/docs/"+plugin)
		u.does(t, []string{"__complete", plugin, "comp"}, "completion")
	}
	for _, plugin := range pluginNames() {
		u.does(t, []string{"krew", "uninstall", plugin}, "Uninstalled plugin: "+plugin)
	}
	holds(t, u.bin())
	holds(t, u.ownBin(), "kubectl_complete-datum_creds", "kubectl_complete-fluxdeps", "kubectl_complete-secretsync")
	u.does(t, []string{"krew", "list"})
	u.does(t, []string{"krew", "search", "fluxdeps"}, "Show what Flux objects depend on and wait for", "no")
	if got := u.run(t, filepath.Join(u.ownBin(), "kubectl_complete-fluxdeps"), ""); got.Code != 0 || got.Stdout+got.Stderr != "" {
		t.Errorf("completion of a plugin that is gone: %s", got)
	}

	u.does(t, []string{"krew", "install", "datum/fluxdeps"}, "Installed plugin: fluxdeps")
	u.does(t, []string{"fluxdeps", "completion", "uninstall"}, "removed "+u.ownBin())
	holds(t, u.ownBin(), "kubectl_complete-datum_creds", "kubectl_complete-secretsync")
}

// krewed is a machine on which krew has installed all three.
func krewed(t *testing.T, env ...string) *krewUser {
	t.Helper()
	d := built(t)
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	u := newKrewUser(t, newInternet(t, released(d, now(d), asIs)), env...)
	u.does(t, []string{"krew", "index", "add", "datum", newIndex(t, root, filepath.Join(d.Dir, "krew")).dir})
	u.does(t, []string{"krew", "install", "datum/datum-creds", "datum/fluxdeps", "datum/secretsync"})
	return u
}

func TestKubectlFindsWhatKrewInstalls(t *testing.T) {
	t.Parallel()
	u := krewed(t)
	listed := u.run(t, u.kubectl, "plugin", "list", "--name-only")
	if listed.Code != 0 || listed.Stderr != "" || !strings.HasSuffix(listed.Stdout, ":\n\nkubectl-datum_creds\nkubectl-fluxdeps\nkubectl-secretsync\nkubectl-krew\n") {
		t.Errorf("kubectl plugin list: %s", listed)
	}
	for _, name := range pluginNames() {
		u.does(t, []string{name, "--help"}, "kubectl "+name)
	}
}

// One real job each, called as users call it.
func TestKrewedPluginsWork(t *testing.T) {
	t.Parallel()
	cluster := bed.Cluster(t)
	u := krewed(t, "KUBECONFIG="+cluster.Kubeconfig(), "DATUM_CREDS_HOME="+filepath.Join(t.TempDir(), "creds"))
	namespace, other := cluster.Namespace(t), cluster.Namespace(t)

	cluster.Apply(t, strings.ReplaceAll(twoSteps, "NS", namespace))
	u.does(t, []string{"fluxdeps", "graph", "-n", namespace}, "Kustomization/base", "└─ Kustomization/app")

	cluster.Kubectl(t, "create", "secret", "generic", "pull", "-n", namespace, "--from-literal=token=none")
	u.does(t, []string{"secretsync", "copy", "pull", "-n", namespace, "--to-kubeconfig", cluster.Kubeconfig(), "--to-namespace", other}, "1 target: 1 created")
	if got := cluster.Kubectl(t, "get", "secret", "pull", "-n", other, "-o", "jsonpath={.data.token}"); got != "bm9uZQ==" {
		t.Errorf("the copy holds %q", got)
	}

	provider := authtest.New(t)
	key := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(key, []byte(provider.KeyFile(t, "https://api.datum.test")), 0o600); err != nil {
		t.Fatal(err)
	}
	u.env = append(u.env, "HTTPS_PROXY=") // the provider is on loopback
	u.does(t, []string{"datum-creds", "login", "--credentials", key, "--ca-file", provider.CAFile, "--name", "robot"}, "robot")
	token := u.run(t, u.kubectl, "datum-creds", "get-token", "--session", "robot", "-o", "json")
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

// TestKrewIndexAcceptsTheManifests runs krew-index's own check: krew installs each
// platform's archive from its address, and a license must be among the files.
func TestKrewIndexAcceptsTheManifests(t *testing.T) {
	t.Parallel()
	d := built(t)
	net := newInternet(t, released(d, now(d), asIs))
	u := newKrewUser(t, net)
	// The validator passes on nothing of its environment but PATH.
	wrapper := "#!/bin/sh\nexport " + strings.Join(net.env(), " ") + "\nexec " + u.kubectl + " \"$@\"\n"
	replace(t, filepath.Join(u.tools, "kubectl"), wrapper)
	for _, plugin := range pluginNames() {
		want(t, u.run(t, u.validator, "-manifest", filepath.Join(d.Dir, "krew", plugin+".yaml")), "all 6 spec.platforms installed fine")
	}
}

func replace(t *testing.T, path, text string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

// TestKrewOnWindows: krew links programs there as .exe, which they are.
func TestKrewOnWindows(t *testing.T) {
	t.Parallel()
	d := built(t)
	for _, arch := range []string{"amd64", "arm64"} {
		u := newKrewUser(t, newInternet(t, released(d, now(d), asIs)))
		u.machine("windows", arch)
		for _, plugin := range pluginNames() {
			u.does(t, []string{"krew", "install", "--manifest", filepath.Join(d.Dir, "krew", plugin+".yaml")}, "Installed plugin: "+plugin)
			if program := read(t, filepath.Join(u.bin(), binaryOf(plugin)+".exe")); !strings.HasPrefix(program, "MZ") {
				t.Errorf("%s for %s is no Windows program", plugin, arch)
			}
		}
		holds(t, u.bin(), "kubectl-datum_creds.exe", "kubectl-fluxdeps.exe", "kubectl-secretsync.exe")
		holds(t, filepath.Join(u.root, "store", "fluxdeps", d.Tag), "LICENSE", "THIRD_PARTY_NOTICES", "kubectl-fluxdeps.exe", "man")
	}
}

func TestKrewRefusesWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	d := built(t)
	u := newKrewUser(t, newInternet(t, released(d, now(d), tampered)))
	got := u.run(t, u.kubectl, "krew", "install", "--manifest", filepath.Join(d.Dir, "krew", "fluxdeps.yaml"))
	if got.Code == 0 || !strings.Contains(got.Stderr, "checksum does not match") {
		t.Errorf("got %s", got)
	}
	holds(t, u.bin())
}

// TestKrewLocal runs the script behind `make krew-local`, which compiles.
func TestKrewLocal(t *testing.T) {
	t.Parallel()
	d := built(t)
	root := filepath.Join(t.TempDir(), "root")
	said, err := exec.CommandContext(t.Context(), filepath.Join(d.Dir, "..", "hack", "krew-local.sh"), root).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, plugin := range pluginNames() {
		want(t, testbed.Result{Stdout: string(said)}, "Installed plugin: "+plugin, binaryOf(plugin)+" "+d.Tag+"\n")
	}
	holds(t, filepath.Join(root, "bin"), "kubectl-datum_creds", "kubectl-fluxdeps", "kubectl-secretsync")
}
