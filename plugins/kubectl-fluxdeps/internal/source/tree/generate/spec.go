// Package generate writes the kustomization.yaml that kustomize-controller
// builds: that of the folder, or one that names its files, with what the Flux
// Kustomization adds.
package generate

import (
	"encoding/json"

	"sigs.k8s.io/kustomize/api/types"
)

// Spec is the part of a Flux Kustomization's spec that becomes part of the
// kustomization.yaml. A nil string is not set; an empty one overrides.
type Spec struct {
	TargetNamespace         *string           `json:"targetNamespace"`
	NamePrefix              *string           `json:"namePrefix"`
	NameSuffix              *string           `json:"nameSuffix"`
	Patches                 []Patch           `json:"patches"`
	PatchesStrategicMerge   []json.RawMessage `json:"patchesStrategicMerge"`
	PatchesJSON6902         []JSONPatch       `json:"patchesJson6902"`
	Images                  []types.Image     `json:"images"`
	Components              []string          `json:"components"`
	IgnoreMissingComponents bool              `json:"ignoreMissingComponents"`
	BuildMetadata           []string          `json:"buildMetadata"`
}

// Patch is one entry of spec.patches.
type Patch struct {
	Patch  string          `json:"patch"`
	Target *types.Selector `json:"target"`
}

// JSONPatch is one entry of spec.patchesJson6902.
type JSONPatch struct {
	Patch  json.RawMessage `json:"patch"`
	Target *types.Selector `json:"target"`
}
