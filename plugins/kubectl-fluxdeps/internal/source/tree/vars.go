package tree

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/source/tree/substitute"
)

// configID is the ID of a ConfigMap or Secret that a Kustomization takes values
// from: it is in the same namespace.
func (k *kustomization) configID(from valuesFrom) flux.ID {
	return flux.ID{Kind: from.Kind, Namespace: k.id.Namespace, Name: from.Name}
}

// lacks reports whether values that the build needs are not there yet.
func (r *rendering) lacks(k *kustomization) bool {
	if k.spec.PostBuild == nil {
		return false
	}
	return slices.ContainsFunc(k.spec.PostBuild.SubstituteFrom, func(from valuesFrom) bool { return r.configs[k.configID(from)] == nil })
}

// variables returns the variables of a build, in the order in which Flux lets the
// later win; nil where it substitutes nothing.
func (r *rendering) variables(k *kustomization) *substitute.Vars {
	if k.spec.PostBuild == nil {
		return nil
	}
	vars := substitute.New()
	for _, name := range slices.Sorted(maps.Keys(r.vars)) {
		vars.Set(name, r.vars[name])
	}
	for _, from := range k.spec.PostBuild.SubstituteFrom {
		config := r.configs[k.configID(from)]
		if config == nil {
			r.note(k, flux.RuleVariable, fmt.Sprintf("the values of %s/%s are not known here; --resource %s/%s/%s=FILE or --var gives them", from.Kind, from.Name, from.Kind, k.id.Namespace, from.Name))
			vars.Open()
			continue
		}
		config.addTo(vars, from.Kind)
	}
	for _, name := range slices.Sorted(maps.Keys(k.spec.PostBuild.Substitute)) {
		vars.Set(name, k.spec.PostBuild.Substitute[name])
	}
	if vars.Len() == 0 && k.spec.PostBuild.SubstituteStrategy != "Always" {
		return nil
	}
	return vars
}

// addTo adds the values. Those that SOPS has encrypted are set to something.
func (v *values) addTo(vars *substitute.Vars, kind string) {
	encrypted := len(v.SOPS) > 0
	for _, name := range slices.Sorted(maps.Keys(v.Data)) {
		value := v.Data[name]
		if isEncrypted(encrypted, value) {
			vars.SetUnknown(name)
			continue
		}
		if kind == "Secret" {
			decoded, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(value, "\n", ""))
			if err != nil {
				vars.SetUnknown(name)
				continue
			}
			value = string(decoded)
		}
		vars.Set(name, value)
	}
	for _, name := range slices.Sorted(maps.Keys(v.StringData)) {
		if isEncrypted(encrypted, v.StringData[name]) {
			vars.SetUnknown(name)
			continue
		}
		vars.Set(name, v.StringData[name])
	}
}

func isEncrypted(byStanza bool, value string) bool {
	return byStanza && strings.HasPrefix(value, "ENC[")
}

// addConfig takes in a ConfigMap or Secret.
func (r *rendering) addConfig(id flux.ID, raw json.RawMessage) {
	var v values
	if json.Unmarshal(raw, &v) == nil && r.configs[id] == nil {
		r.configs[id] = &v
	}
}
