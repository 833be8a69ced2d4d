package tree

import (
	"encoding/json"
	"maps"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// identity returns the ID of an object, and whether fluxdeps reads its kind.
func identity(raw json.RawMessage) (flux.ID, bool) {
	var head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"metadata"`
	}
	_ = json.Unmarshal(raw, &head) // of another shape it has no ID
	_, isFlux := flux.KindOf(head.APIVersion, head.Kind)
	return flux.ID{Kind: head.Kind, Namespace: head.Metadata.Namespace, Name: head.Metadata.Name}, isFlux
}

// add takes an object in, and plans its build if it is a Kustomization.
func (r *rendering) add(m *made) {
	switch m.id.Kind {
	case "ConfigMap", "Secret":
		r.addConfig(m.id, m.JSON)
		return
	case generatorKind:
		r.generators = append(r.generators, m)
		return
	}
	if before := r.byID[m.id]; before != nil && before.Origin == m.Origin && (before.Parent == nil || r.isItself(m)) {
		if before.Parent == nil {
			before.Object = m.Object // what the entry begins with is applied by itself
		}
		return
	}
	if r.byID[m.id] == nil {
		r.byID[m.id] = m
	}
	r.objects = append(r.objects, m)
	r.plan(m)
}

// isItself reports whether a Kustomization applies the document that it is.
func (r *rendering) isItself(m *made) bool { return m.Parent != nil && *m.Parent == m.id }

// plan adds the builds that an object asks for.
func (r *rendering) plan(m *made) {
	if m.id.Kind == flux.ResourceSet {
		r.literals(m)
	}
	if m.id.Kind != flux.Kustomization || r.built[m.id] {
		return
	}
	k := &kustomization{id: m.id, origin: m.Origin}
	if decodeSpec(m.JSON, &k.spec) != nil || k.spec.SourceRef.Name == "" {
		return // refused by the API server, which the reader of objects says
	}
	r.built[m.id] = true
	r.pending = append(r.pending, k)
}

// literals plans the builds of the Kustomizations that a ResourceSet states
// without a template.
func (r *rendering) literals(m *made) {
	var spec struct {
		Resources []json.RawMessage `json:"resources"`
	}
	_ = decodeSpec(m.JSON, &spec) // of another shape it is the API server's to refuse
	for _, raw := range spec.Resources {
		if id, ok := identity(raw); ok && id.Kind == flux.Kustomization && !isTemplate(raw) {
			r.plan(&made{id: id, Object: Object{JSON: raw, Origin: m.Origin}})
		}
	}
}

// labelled returns the JSON of an object with the labels that mark whose it is
// (kustomize-controller v1.9.5, SetOwnerLabels), and those of commonMetadata.
func (k *kustomization) labelled(raw []byte) []byte {
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil {
		return raw
	}
	metadata, _ := object["metadata"].(map[string]any)
	if metadata == nil {
		return raw
	}
	labels, _ := metadata["labels"].(map[string]any)
	merged := map[string]any{}
	maps.Copy(merged, labels)
	prefix := string(flux.KustomizeGroup)
	merged[prefix+"/name"], merged[prefix+"/namespace"] = k.id.Name, k.id.Namespace
	if common := k.spec.CommonMetadata; common != nil {
		for name, value := range common.Labels {
			merged[name] = value
		}
	}
	metadata["labels"] = merged
	with, err := json.Marshal(object)
	if err != nil {
		return raw
	}
	return with
}
