package release_test

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/servers"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/testbed"
)

// fluxUser is somebody with the real Flux CLI, which finds our plugin in its catalog.
type fluxUser struct {
	*shell
	cli, plugins string
}

// newFluxUser has change applied to what is downloaded.
func newFluxUser(t *testing.T, d *dist.Dist, change func(file string, data []byte) []byte) *fluxUser {
	t.Helper()
	provider, err := servers.New(os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := provider.Ensure(t.Context(), servers.FluxCLI)
	if err != nil {
		t.Fatal(err)
	}
	s := newShell(t, t.TempDir(), newInternet(t, released(d, now(d), change)).env()...)
	return &fluxUser{shell: s, cli: paths[servers.FluxCLI], plugins: filepath.Join(s.home, ".fluxcd", "plugins")}
}

func (u *fluxUser) flux(t *testing.T, args ...string) testbed.Result {
	t.Helper()
	return u.run(t, u.cli, args...)
}

func TestTheFluxCLIInstallsAndRunsDeps(t *testing.T) {
	t.Parallel()
	d := built(t)
	u := newFluxUser(t, d, asIs)
	want(t, u.flux(t, "plugin", "search"), "deps", "Show what Flux objects depend on")
	want(t, u.flux(t, "plugin", "install", "deps"), "installed deps v"+strings.TrimPrefix(d.Tag, "v"))
	want(t, u.flux(t, "plugin", "list"), filepath.Join(u.plugins, "flux-deps"))
	u.checkReceipt(t, d)

	want(t, u.flux(t, "deps", "version"), d.Tag)
	want(t, u.flux(t, "deps", "--help"), "flux deps graph")
	cluster := bed.Cluster(t)
	u.env = append(u.env, "KUBECONFIG="+cluster.Kubeconfig())
	namespace := cluster.Namespace(t)
	cluster.Apply(t, strings.ReplaceAll(twoSteps, "NS", namespace))
	want(t, u.flux(t, "deps", "graph", "-n", namespace), "Kustomization/base", "└─ Kustomization/app")

	want(t, u.flux(t, "plugin", "uninstall", "deps"), "uninstalled deps")
	if left, err := os.ReadDir(u.plugins); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// checkReceipt reads what the Flux CLI writes beside the program.
func (u *fluxUser) checkReceipt(t *testing.T, d *dist.Dist) {
	t.Helper()
	var receipt struct {
		Name, Version string
		Platform      struct{ OS, Arch, URL, Checksum string }
	}
	if err := yaml.Unmarshal([]byte(read(t, filepath.Join(u.plugins, "flux-deps.yaml"))), &receipt); err != nil {
		t.Fatal(err)
	}
	sum := "sha256:" + d.Sums[path.Base(receipt.Platform.URL)]
	if receipt.Name != "deps" || "v"+receipt.Version != d.Tag || receipt.Platform.Checksum != sum {
		t.Errorf("%+v", receipt)
	}
}

func TestTheFluxCLIRefusesWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	u := newFluxUser(t, built(t), tampered)
	got := u.flux(t, "plugin", "install", "deps")
	if got.Code == 0 || !strings.Contains(got.Stderr, "checksum verification failed") {
		t.Errorf("got %s", got)
	}
	if left, err := os.ReadDir(u.plugins); err != nil || len(left) > 0 {
		t.Errorf("installed: %v, %v", left, err)
	}
}
