package generate

import (
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// Files is the tree to build from. Paths are relative to its root.
type Files interface {
	IsDir(name string) bool
	IsFile(name string) bool
	// Names returns the names in a folder, in order.
	Names(dir string) []string
	Read(name string) ([]byte, error)
}

// Generated is a kustomization file to build.
type Generated struct {
	// Path is where it takes the place of a file, or would stand.
	Path    string
	Content []byte
	// Made is true where the folder has no such file of its own.
	Made bool
	// Keep are the annotations of the build's own that the user asked for.
	Keep []string
}

// Kustomization returns what kustomize-controller builds for the folder
// (fluxcd/pkg/kustomize v1.35.6, kustomize_generator.go, GenerateManifest). Fields
// of the folder's own file that kustomize does not know vanish, as there.
func Kustomization(tree Files, dir string, spec Spec) (Generated, error) {
	name, text, err := find(tree, dir)
	if err != nil {
		return Generated{}, err
	}
	k := types.Kustomization{TypeMeta: types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind}}
	out := Generated{Path: name, Made: text == nil}
	if out.Made {
		err = scan(tree, dir, &k)
		out.Path = path.Join(dir, konfig.DefaultKustomizationFileName())
	} else if err = yaml.Unmarshal(text, &k); err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	if err != nil {
		return out, err
	}
	if err := spec.addTo(&k, tree, dir); err != nil {
		return out, err
	}
	out.Keep = k.BuildMetadata
	k.BuildMetadata = []string{types.OriginAnnotations, types.TransformerAnnotations}
	out.Content, err = yaml.Marshal(k)
	return out, err
}

// find returns the kustomization file of a folder; no text where there is none.
func find(tree Files, dir string) (string, []byte, error) {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if file := path.Join(dir, name); tree.IsFile(file) {
			text, err := tree.Read(file)
			return file, text, err
		}
	}
	return "", nil, nil
}

// addTo adds what the Flux Kustomization asks for.
func (s Spec) addTo(k *types.Kustomization, tree Files, dir string) error {
	for value, field := range map[*string]*string{s.TargetNamespace: &k.Namespace, s.NamePrefix: &k.NamePrefix, s.NameSuffix: &k.NameSuffix} {
		if value != nil {
			*field = *value
		}
	}
	for _, p := range s.Patches {
		k.Patches = append(k.Patches, types.Patch{Patch: p.Patch, Target: p.Target})
	}
	for _, component := range s.Components {
		if !isLocal(component) {
			return fmt.Errorf("component path '%s' must be local and relative", component)
		}
		at := path.Join(dir, component)
		if s.IgnoreMissingComponents && !tree.IsDir(at) && !tree.IsFile(at) {
			continue
		}
		k.Components = append(k.Components, component)
	}
	for _, p := range s.PatchesStrategicMerge {
		k.PatchesStrategicMerge = append(k.PatchesStrategicMerge, types.PatchStrategicMerge(p)) //nolint:staticcheck // a field of v1beta1 and v1beta2
	}
	for _, p := range s.PatchesJSON6902 {
		k.PatchesJson6902 = append(k.PatchesJson6902, types.Patch{Patch: string(p.Patch), Target: p.Target}) //nolint:staticcheck // a field of v1beta1 and v1beta2
	}
	for _, image := range s.Images {
		addImage(k, image)
	}
	if len(s.BuildMetadata) > 0 {
		k.BuildMetadata = s.BuildMetadata
	}
	return nil
}

// isLocal reports whether the path of a component is one of this tree
// (fluxcd/pkg/kustomize v1.35.6, IsLocalRelativePath).
func isLocal(component string) bool {
	lower := strings.ToLower(component)
	for _, remote := range []string{"git::", "gh:", "ssh://", "https://", "http://", "git@", "github.com:", "github.com/"} {
		if strings.HasPrefix(lower, remote) {
			return false
		}
	}
	return !path.IsAbs(component) && !path.IsAbs(strings.TrimPrefix(lower, "file://"))
}

// addImage merges an image into that of the same name.
func addImage(k *types.Kustomization, image types.Image) {
	for i := range k.Images {
		have := &k.Images[i]
		if have.Name != image.Name {
			continue
		}
		if image.NewName != "" {
			have.NewName = image.NewName
		}
		if image.NewTag != "" || image.Digest != "" {
			have.NewTag, have.Digest = image.NewTag, image.Digest
		}
		return
	}
	k.Images = append(k.Images, image)
}

// placeholder is the namespace of a kustomization without content, which
// kustomize would refuse.
const placeholder = "_placeholder"

// scan names what is in a folder: folders with a kustomization file, and YAML
// files, which must all be of Kubernetes.
func scan(tree Files, dir string, k *types.Kustomization) error {
	resources, err := manifests(tree, dir, ".")
	if err != nil {
		return err
	}
	if k.Resources = resources; len(resources) == 0 {
		k.Namespace = placeholder
	}
	return nil
}

// manifests returns the resources in the folder rel below dir. kustomize-controller
// walks in the order of names.
func manifests(tree Files, dir, rel string) ([]string, error) {
	var found []string
	for _, name := range tree.Names(path.Join(dir, rel)) {
		below := path.Join(rel, name)
		file := path.Join(dir, below)
		if tree.IsDir(file) {
			inner, err := folder(tree, dir, below)
			if err != nil {
				return nil, err
			}
			found = append(found, inner...)
			continue
		}
		if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" {
			continue
		}
		if err := IsKubernetes(tree, file); err != nil {
			return nil, err
		}
		found = append(found, "./"+below)
	}
	return found, nil
}

// folder names a folder that has a kustomization file, else what is in it.
func folder(tree Files, dir, rel string) ([]string, error) {
	if name, _, err := find(tree, path.Join(dir, rel)); err != nil || name != "" {
		return []string{"./" + rel}, err
	}
	return manifests(tree, dir, rel)
}

// IsKubernetes returns an error for a file that kustomize cannot take as
// resources.
func IsKubernetes(tree Files, file string) (err error) {
	text, err := tree.Read(file)
	if err != nil {
		return err
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("failed to decode Kubernetes YAML from %s: %v", file, r)
		}
	}()
	if _, err := provider.NewDefaultDepProvider().GetResourceFactory().SliceFromBytes(text); err != nil {
		return fmt.Errorf("failed to decode Kubernetes YAML from %s: %w", file, err)
	}
	return nil
}
