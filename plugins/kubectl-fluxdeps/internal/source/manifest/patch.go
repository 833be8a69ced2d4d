package manifest

import (
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// lacks names a field that the API server requires of the kind and the document
// leaves out: it is a patch, or an object that is patched. It is empty for a
// complete object.
func lacks(h head) string {
	demanded := demandedOf(h.Kind)
	for _, field := range demanded {
		if raw, ok := h.Spec[field]; ok && string(raw) != "null" {
			return ""
		}
	}
	if len(demanded) == 0 {
		return ""
	}
	return "no spec." + strings.Join(demanded, " and no spec.")
}

// demandedOf lists fields of spec of which an object of the kind has one.
func demandedOf(kind string) []string {
	switch kind {
	case flux.Kustomization:
		return []string{"sourceRef"}
	case flux.HelmRelease:
		return []string{"chart", "chartRef"}
	case flux.GitRepository, flux.OCIRepository, flux.HelmRepository:
		return []string{"url"}
	case flux.Bucket:
		return []string{"bucketName"}
	case flux.HelmChart:
		return []string{"chart"}
	default:
		return nil
	}
}

// role is what kustomization.yaml files say a file is for.
type role struct{ resource, patch bool }

// roles of files by their path as it is shown.
type roles map[string]role

// isKustomization reports whether a document is kustomize's own.
func isKustomization(file, apiVersion, kind string) bool {
	if strings.HasPrefix(apiVersion, "kustomize.config.k8s.io/") {
		return true
	}
	base := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	return apiVersion == "" && kind == "" && base == "kustomization"
}

// note takes down the files that a kustomization names, and returns those that
// are its resources.
func (r roles) note(file string, root *yaml.Node) (resources []string) {
	var k struct {
		Resources []string
		Patches   []struct{ Path string }
		Merge     []string                `yaml:"patchesStrategicMerge"`
		JSON6902  []struct{ Path string } `yaml:"patchesJson6902"`
	}
	// What is of another shape is kustomize's to complain about.
	_ = guard(func() error { return root.Decode(&k) })
	for _, path := range k.Resources {
		if r.set(file, path, role{resource: true}) {
			resources = append(resources, beside(file, path))
		}
	}
	for _, path := range k.Merge {
		r.set(file, path, role{patch: true})
	}
	for _, patch := range append(k.Patches, k.JSON6902...) {
		r.set(file, patch.Path, role{patch: true})
	}
	return resources
}

// set gives a file a role, and returns false where it is no path.
func (r roles) set(from, path string, is role) bool {
	if path == "" || filepath.IsAbs(path) || strings.Contains(path, "\n") {
		return false
	}
	path = beside(from, path)
	was := r[path]
	r[path] = role{resource: was.resource || is.resource, patch: was.patch || is.patch}
	return true
}
