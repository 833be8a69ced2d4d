// Package fluxplugin makes and checks what the Flux CLI needs to install a
// plugin: RFC-0013, flux2 v2.9.5 (pkg/plugin, internal/plugin), and the catalog's
// own checks at fluxcd/plugins f4b1c09 (schemas/, validate-catalog.yaml).
package fluxplugin

import (
	"fmt"

	"sigs.k8s.io/yaml"
)

// What the files say they are.
const (
	APIVersion  = "cli.fluxcd.io/v1beta1"
	PluginKind  = "Plugin"
	CatalogKind = "PluginCatalog"
)

// Plugin is a manifest, plugins/NAME.yaml in a catalog.
type Plugin struct {
	APIVersion  string `json:"apiVersion"`
	Kind        string `json:"kind"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Homepage    string `json:"homepage"`
	Source      string `json:"source"`
	// Bin is what the program is called in archives, and once installed; .exe
	// goes without saying.
	Bin string `json:"bin"`
	// Versions are in order, the newest first.
	Versions []Version `json:"versions"`
}

// Version is a released version.
type Version struct {
	// Version is semantic, without a leading v.
	Version   string     `json:"version"`
	Platforms []Platform `json:"platforms"`
}

// Platform is the archive for one kind of machine.
type Platform struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
	URL  string `json:"url"`
	// Checksum is sha256:HEX.
	Checksum string `json:"checksum"`
	// ExtractPath is where the program lies in the archive, if not at its root.
	ExtractPath string `json:"extractPath,omitempty"`
}

// Catalog lists plugins, in catalog.yaml.
type Catalog struct {
	APIVersion string  `json:"apiVersion"`
	Kind       string  `json:"kind"`
	Plugins    []Entry `json:"plugins"`
}

// Entry is what `flux plugin search` shows.
type Entry struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Homepage    string `json:"homepage"`
	Source      string `json:"source"`
	// License is an SPDX identifier.
	License string `json:"license"`
}

// Parse reads a manifest; unknown fields are errors, as in the catalog's schema.
func Parse(manifest []byte) (*Plugin, error) {
	var plugin Plugin
	if err := yaml.UnmarshalStrict(manifest, &plugin); err != nil {
		return nil, fmt.Errorf("flux plugin manifest: %w", err)
	}
	return &plugin, nil
}
