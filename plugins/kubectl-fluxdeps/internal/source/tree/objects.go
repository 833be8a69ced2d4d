package tree

import (
	"encoding/json"

	sigsjson "sigs.k8s.io/json"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/generate"
)

// made is an object that a build gave, with what the rest of the rendering needs
// of it.
type made struct {
	Object
	id     flux.ID
	parent *kustomization
}

// kustomization is a Flux Kustomization to build.
type kustomization struct {
	id     flux.ID
	origin flux.Origin
	spec   kustomizationSpec
}

// kustomizationSpec is what of the spec decides a build.
type kustomizationSpec struct {
	generate.Spec
	Path      string         `json:"path"`
	SourceRef flux.Reference `json:"sourceRef"`
	PostBuild *struct {
		Substitute         map[string]string `json:"substitute"`
		SubstituteStrategy string            `json:"substituteStrategy"`
		SubstituteFrom     []valuesFrom      `json:"substituteFrom"`
	} `json:"postBuild"`
	Decryption     *struct{} `json:"decryption"`
	KubeConfig     *struct{} `json:"kubeConfig"`
	CommonMetadata *struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"commonMetadata"`
}

// valuesFrom is an entry of substituteFrom.
type valuesFrom struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Optional bool   `json:"optional"`
}

// decodeSpec reads the spec of an object.
func decodeSpec(raw json.RawMessage, into any) error {
	var object struct {
		Spec json.RawMessage `json:"spec"`
	}
	if err := sigsjson.UnmarshalCaseSensitivePreserveInts(raw, &object); err != nil {
		return err
	}
	if len(object.Spec) == 0 {
		return nil
	}
	return sigsjson.UnmarshalCaseSensitivePreserveInts(object.Spec, into)
}

// values is what of a ConfigMap or Secret becomes variables.
type values struct {
	Data       map[string]string `json:"data"`
	StringData map[string]string `json:"stringData"`
	SOPS       json.RawMessage   `json:"sops"`
}

// gitRepository is what of a source decides which files it offers.
type gitRepository struct {
	URL    string          `json:"url"`
	Ignore string          `json:"ignore"`
	Ref    json.RawMessage `json:"ref"`
}

// artifactGenerator is source-watcher's object that copies files from sources to
// artifacts (source-watcher api v1beta1).
type artifactGenerator struct {
	Sources []struct {
		Alias     string `json:"alias"`
		Kind      string `json:"kind"`
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"sources"`
	Artifacts []struct {
		Name string     `json:"name"`
		Copy []copyRule `json:"copy"`
	} `json:"artifacts"`
}

type copyRule struct {
	From     string   `json:"from"`
	To       string   `json:"to"`
	Exclude  []string `json:"exclude"`
	Strategy string   `json:"strategy"`
}
