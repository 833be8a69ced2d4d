package fluxplugin

import (
	"fmt"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
)

const repository = "https://github.com/datum-cloud/kubectl-plugins"

// Deps is the manifest of `flux deps`, as built.
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

// CatalogOf is the catalog of plugins of ours.
func CatalogOf(plugins ...*Plugin) *Catalog {
	catalog := &Catalog{APIVersion: APIVersion, Kind: CatalogKind}
	for _, p := range plugins {
		catalog.Plugins = append(catalog.Plugins, Entry{p.Name, p.Description, p.Homepage, p.Source, "Apache-2.0"})
	}
	return catalog
}
