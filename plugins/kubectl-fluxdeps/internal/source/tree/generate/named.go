package generate

import (
	"path"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// Named returns a kustomization file in a folder that names resources, relative
// to it, and does nothing else.
func Named(dir string, resources []string) (Generated, error) {
	content, err := yaml.Marshal(types.Kustomization{
		TypeMeta:      types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind},
		Resources:     resources,
		BuildMetadata: []string{types.OriginAnnotations, types.TransformerAnnotations},
	})
	return Generated{Path: path.Join(dir, konfig.DefaultKustomizationFileName()), Content: content, Made: true}, err
}
