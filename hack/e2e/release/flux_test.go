package release_test

import (
	"net/http"
	"net/http/httptest"
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

// fluxUser is somebody with the real Flux CLI, and a catalog on loopback.
type fluxUser struct {
	*shell
	cli, plugins string
}

// newFluxUser serves the catalog as fluxcd/plugins does, and the archives as
// GitHub does, all under one address.
func newFluxUser(t *testing.T, d *dist.Dist, tamper func(file string, data []byte) []byte) *fluxUser {
	t.Helper()
	provider, err := servers.New(os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := provider.Ensure(t.Context(), servers.FluxCLI)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("GET /{file}", func(w http.ResponseWriter, r *http.Request) {
		file := r.PathValue("file")
		for _, folder := range []string{"", "flux", "flux/plugins"} {
			if data, err := os.ReadFile(filepath.Join(d.Dir, folder, file)); err == nil {
				data = []byte(strings.ReplaceAll(string(data), "https://github.com/datum-cloud/kubectl-plugins/releases/download/"+d.Tag, server.URL))
				_, _ = w.Write(tamper(file, data))
				return
			}
		}
		http.NotFound(w, r)
	})
	plugins := t.TempDir()
	s := newShell(t, t.TempDir(), "FLUXCD_PLUGIN_CATALOG="+server.URL+"/", "FLUXCD_PLUGINS="+plugins, "KUBECONFIG="+bed.Cluster(t).Kubeconfig())
	return &fluxUser{shell: s, cli: paths[servers.FluxCLI], plugins: plugins}
}

func (u *fluxUser) flux(t *testing.T, args ...string) testbed.Result {
	t.Helper()
	return u.run(t, u.cli, args...)
}

func asIs(_ string, data []byte) []byte { return data }

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
	u := newFluxUser(t, built(t), func(file string, data []byte) []byte {
		if strings.HasSuffix(file, ".tar.gz") {
			return append(data, 0)
		}
		return data
	})
	got := u.flux(t, "plugin", "install", "deps")
	if got.Code == 0 || !strings.Contains(got.Stderr, "checksum verification failed") {
		t.Errorf("got %s", got)
	}
	if left, err := os.ReadDir(u.plugins); err != nil || len(left) > 0 {
		t.Errorf("installed: %v, %v", left, err)
	}
}
