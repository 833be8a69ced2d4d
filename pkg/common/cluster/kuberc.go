package cluster

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/plugin/pkg/client/auth/exec"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/kubectl/pkg/config/v1alpha1"
	"k8s.io/kubectl/pkg/config/v1beta1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// applyKuberc has client-go refuse the program of a kubeconfig where kubectl's
// preferences do. Where these cannot be read, kubectl warns and runs it; here it
// is refused, for what they say is not known.
func applyKuberc(config *rest.Config) error {
	if config.ExecProvider == nil {
		return nil
	}
	path, asked := kubercPath()
	if path == "" {
		return nil
	}
	policy, err := readKuberc(path)
	if errors.Is(err, fs.ErrNotExist) && !asked {
		return nil
	}
	if err == nil {
		err = exec.ValidatePluginPolicy(policy)
	}
	if err != nil {
		return failure.With(failure.BadInput, fmt.Errorf("kuberc %s, which says what may be run for credentials: %w", path, err), "KUBERC=off goes without it")
	}
	config.ExecProvider.PluginPolicy = policy
	return nil
}

// kubercPath is where kubectl looks (pkg/kuberc/kuberc.go LoadKuberc, v0.37), ""
// where it is told not to; asked tells that the file was named.
func kubercPath() (path string, asked bool) {
	named := os.Getenv("KUBERC")
	switch {
	case named == "off", strings.EqualFold(os.Getenv("KUBECTL_KUBERC"), "false"):
		return "", false
	case named != "":
		return named, true
	default:
		return filepath.Join(clientcmd.RecommendedConfigDir, "kuberc"), false
	}
}

// readKuberc returns the policy of the first document that holds preferences.
func readKuberc(path string) (policy clientcmdapi.PluginPolicy, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return policy, err
	}
	return parseKuberc(text)
}

func parseKuberc(text []byte) (policy clientcmdapi.PluginPolicy, err error) {
	empty := true
	for _, document := range bytes.Split(append([]byte("\n"), text...), []byte("\n---")) {
		if len(bytes.TrimSpace(document)) == 0 {
			continue
		}
		empty = false
		read, known, err := preferenceOf(document)
		if err != nil {
			return policy, err
		}
		if known {
			return policyOf(read)
		}
	}
	if !empty {
		return policy, errors.New("it holds no Preference of " + v1beta1.SchemeGroupVersion.String())
	}
	return policy, nil
}

// preferenceOf reads a document, if it holds preferences of a version that kubectl
// knows; others it passes over (pkg/kuberc/marshal.go decodePreference, v0.37). A
// field that is misspelt or given twice could be the policy.
func preferenceOf(document []byte) (read v1beta1.Preference, known bool, err error) {
	text, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return read, false, errors.New("it is not YAML that can be read")
	}
	var kind metav1.TypeMeta
	if err := strictly(text, &kind, false); err != nil || kind.Kind != "Preference" {
		return read, false, nil //nolint:nilerr // it is something else
	}
	switch kind.APIVersion {
	case v1beta1.SchemeGroupVersion.String():
		return read, true, strictly(text, &read, true)
	case v1alpha1.SchemeGroupVersion.String():
		// It knows of no policy.
		return read, true, strictly(text, &v1alpha1.Preference{}, true)
	default:
		return read, false, nil
	}
}

// strictly decodes as kubectl does, and where it has to be whole refuses fields
// that are unknown.
func strictly(text []byte, into any, whole bool) error {
	strict, err := json.UnmarshalStrict(text, into)
	if err == nil && whole && len(strict) > 0 {
		err = strict[0]
	}
	if err != nil {
		return fmt.Errorf("it is not a Preference that can be read: %w", err)
	}
	return nil
}

// policyOf takes a program's Name for its Command, as it was called before v1.36.
func policyOf(preference v1beta1.Preference) (clientcmdapi.PluginPolicy, error) {
	policy := clientcmdapi.PluginPolicy{PolicyType: clientcmdapi.PolicyType(preference.CredentialPluginPolicy)}
	if preference.CredentialPluginAllowlist != nil {
		policy.Allowlist = []clientcmdapi.AllowlistEntry{}
	}
	for _, program := range preference.CredentialPluginAllowlist {
		old := program.Name //nolint:staticcheck // kubectl still reads it
		if old != "" && program.Command != "" && old != program.Command {
			return policy, fmt.Errorf("credentialPluginAllowlist: command %q and name %q are not the same", program.Command, old)
		}
		policy.Allowlist = append(policy.Allowlist, clientcmdapi.AllowlistEntry{Command: cmp.Or(program.Command, old)})
	}
	return policy, nil
}
