package fluxplugin

import (
	"fmt"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
)

const repository = "https://github.com/datum-cloud/kubectl-plugins"

// Deps returns the manifest of `flux deps`, as built.
func Deps(built *dist.Dist) *Plugin {
	version := Version{Version: strings.TrimPrefix(built.Tag, "v")}
	for _, archive := range built.Of("flux-deps") {
		version.Platforms = append(version.Platforms, Platform{
			OS: archive.OS, Arch: archive.Arch,
			URL:      fmt.Sprintf("%s/releases/download/%s/%s", repository, built.Tag, archive.Name),
			Checksum: "sha256:" + built.Sums[archive.Name],
		})
	}
	return &Plugin{
		APIVersion: APIVersion, Kind: PluginKind, Name: "deps", Bin: "flux-deps",
		Description: "Show what Flux objects depend on and wait for",
		Homepage:    repository + "/tree/main/docs/fluxdeps",
		Source:      repository,
		Versions:    []Version{version},
	}
}

// Checksums returns the checksums of the plugin's archives, in the format of
// sha256sum, and the name under which the updater of fluxcd/plugins looks for them:
// <bin>_<version>_checksums.txt, beside <bin>_<version>_<os>_<arch>.tar.gz.
func Checksums(built *dist.Dist) (name string, text []byte) {
	for _, archive := range built.Of("flux-deps") {
		text = fmt.Appendf(text, "%s  %s\n", built.Sums[archive.Name], archive.Name)
	}
	return "flux-deps_" + strings.TrimPrefix(built.Tag, "v") + "_checksums.txt", text
}

// CatalogOf returns a catalog of our plugins.
func CatalogOf(plugins ...*Plugin) *Catalog {
	catalog := &Catalog{APIVersion: APIVersion, Kind: CatalogKind}
	for _, p := range plugins {
		catalog.Plugins = append(catalog.Plugins, Entry{p.Name, p.Description, p.Homepage, p.Source, "Apache-2.0"})
	}
	return catalog
}
