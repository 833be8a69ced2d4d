package krew

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// What a manifest says it is.
const (
	APIVersion = "krew.googlecontainertools.github.com/v1alpha2"
	Kind       = "Plugin"
)

// Plugin is a manifest.
type Plugin struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   Metadata `json:"metadata"`
	Spec       Spec     `json:"spec"`
}

// Metadata holds the name under which kubectl runs the plugin.
type Metadata struct {
	Name string `json:"name"`
}

// Spec describes a plugin and where to get it.
type Spec struct {
	// Version is semantic, with a leading v.
	Version          string `json:"version"`
	Homepage         string `json:"homepage,omitempty"`
	ShortDescription string `json:"shortDescription"`
	Description      string `json:"description,omitempty"`
	// Caveats are shown after an installation.
	Caveats   string     `json:"caveats,omitempty"`
	Platforms []Platform `json:"platforms"`
}

// Platform is an archive for the machines that its selector matches.
type Platform struct {
	URI string `json:"uri"`
	// SHA256 is in lower-case hex.
	SHA256   string                `json:"sha256"`
	Selector *metav1.LabelSelector `json:"selector,omitempty"`
	// Files are what is taken from the archive; nil takes all.
	Files []FileOperation `json:"files"`
	// Bin is the program in what was taken.
	Bin string `json:"bin"`
}

// FileOperation moves files of the archive, named by a pattern, to a folder.
type FileOperation struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Parse reads a manifest. Fields that krew does not know, or a field that is
// there twice, are errors.
func Parse(manifest []byte) (*Plugin, error) {
	var plugin Plugin
	if err := yaml.UnmarshalStrict(manifest, &plugin); err != nil {
		return nil, fmt.Errorf("krew manifest: %w", err)
	}
	return &plugin, nil
}
