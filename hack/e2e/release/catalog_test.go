package release_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/fluxplugin"
)

// TestTheFluxCatalogFindsArchives takes the steps of the catalog's updater
// (update-plugin.yaml, fluxcd/plugins 3bde602) with the inputs of our update workflow:
// the checksums by their name, then each archive by its name.
func TestTheFluxCatalogFindsArchives(t *testing.T) {
	t.Parallel()
	d := built(t)
	with, client := updateInputs(t, d), newInternet(t, released(d, now(d), asIs)).client(t)
	version := strings.TrimPrefix(d.Tag, "v")
	prefix := with["bin"] + "_" + version + "_"
	base := "https://github.com/" + with["repo"] + "/releases/download/v" + version + "/"
	sums := download(t, client, base+prefix+"checksums.txt")
	for _, platform := range dist.Platforms() {
		file := prefix + strings.ReplaceAll(platform, "/", "_") + extension(platform)
		sum := sha256.Sum256([]byte(download(t, client, base+file)))
		if line := hex.EncodeToString(sum[:]) + "  " + file + "\n"; !strings.Contains(sums, line) {
			t.Errorf("no %q in\n%s", line, sums)
		}
	}
	if lines := strings.Count(sums, "\n"); lines != len(dist.Platforms()) {
		t.Errorf("%d checksums:\n%s", lines, sums)
	}
}

// updateInputs returns what the update workflow passes to the catalog's own, after a check
// that it updates our manifest.
func updateInputs(t *testing.T, d *dist.Dist) map[string]string {
	t.Helper()
	plugin, err := fluxplugin.Parse([]byte(read(t, filepath.Join(d.Dir, "flux", "plugins", "deps.yaml"))))
	if err != nil {
		t.Fatal(err)
	}
	var w struct {
		Jobs map[string]struct {
			Uses string
			With map[string]string
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, filepath.Join(d.Dir, "flux", ".github", "workflows", "update-deps.yaml"))), &w); err != nil {
		t.Fatal(err)
	}
	job := w.Jobs["update"]
	if job.Uses != "./.github/workflows/update-plugin.yaml" || job.With["plugin"] != plugin.Name || job.With["bin"] != plugin.Bin {
		t.Errorf("it runs %s with %v for %s", job.Uses, job.With, plugin.Name)
	}
	return job.With
}

// extension returns the ending of archives that the updater expects for a platform.
func extension(platform string) string {
	if strings.HasPrefix(platform, "windows/") {
		return ".zip"
	}
	return ".tar.gz"
}

func download(t *testing.T, client *http.Client, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", address, response.Status, err)
	}
	return string(data)
}
