package tree

import (
	"bytes"
	"encoding/json"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// syncJSON is the Kustomization that flux-operator makes for spec.sync.
func syncJSON(k *kustomization) json.RawMessage {
	raw, _ := json.Marshal(map[string]any{
		"apiVersion": string(flux.KustomizeGroup) + "/v1", "kind": flux.Kustomization,
		"metadata": map[string]any{"name": k.id.Name, "namespace": k.id.Namespace},
		"spec": map[string]any{
			"path": k.spec.Path, "prune": true,
			"sourceRef": map[string]any{"kind": k.spec.SourceRef.Kind, "name": k.spec.SourceRef.Name, "namespace": k.spec.SourceRef.Namespace},
		},
	}) // of strings only, which always works
	return raw
}

// isTemplate reports whether a resource of a ResourceSet is a template, whose
// marks Go's encoder may have escaped.
func isTemplate(raw []byte) bool {
	return bytes.Contains(raw, []byte("<<")) || bytes.Contains(raw, []byte(`\u003c\u003c`))
}
