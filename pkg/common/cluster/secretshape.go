package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// kubeconfigKeys are the keys under which Flux, Cluster API, Omni, kubeadm and
// others keep a kubeconfig, in the order in which they are tried.
func kubeconfigKeys() []string {
	return []string{"kubeconfig", "value", "value.yaml", "kubeconfig.conf", "admin.conf", "config"}
}

// fromSecret reads the kubeconfig in a Secret's data. Argo CD keeps its own
// form; a Secret of one key is read whatever that is called, as Sveltos has it.
func fromSecret(data map[string][]byte, key string) (*clientcmdapi.Config, error) {
	if key != "" {
		text, ok := data[key]
		if !ok {
			return nil, fmt.Errorf("no key %q; there are: %s", key, strings.Join(keys(data), ", "))
		}
		return parseKey(key, text)
	}
	if isArgo(data) {
		return fromArgo(data)
	}
	found := slices.DeleteFunc(kubeconfigKeys(), func(key string) bool { return !looksLikeKubeconfig(data[key]) })
	switch {
	case len(found) == 1:
		return parseKey(found[0], data[found[0]])
	case len(found) > 1:
		return nil, fmt.Errorf("several keys hold a kubeconfig: %s; name one of them", strings.Join(found, ", "))
	case len(data) == 1:
		only := keys(data)[0]
		return parseKey(only, data[only])
	default:
		return nil, fmt.Errorf("no key holds a kubeconfig among: %s", strings.Join(keys(data), ", "))
	}
}

func parseKey(key string, text []byte) (*clientcmdapi.Config, error) {
	config, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("key %q: %w", key, err)
	}
	if len(config.Contexts) == 0 {
		return nil, fmt.Errorf("key %q: a kubeconfig without a context", key)
	}
	return config, nil
}

func looksLikeKubeconfig(text []byte) bool {
	config, err := parse(text)
	return err == nil && len(config.Contexts) > 0
}

func keys(data map[string][]byte) []string { return slices.Sorted(maps.Keys(data)) }

// argoConfig is the field config of Argo CD's cluster Secrets
// (argo-cd pkg/apis/application/v1alpha1, ClusterConfig).
type argoConfig struct {
	Username           string    `json:"username"`
	Password           string    `json:"password"`
	BearerToken        string    `json:"bearerToken"`
	TLS                argoTLS   `json:"tlsClientConfig"`
	AWSAuth            *argoAWS  `json:"awsAuthConfig"`
	ExecProvider       *argoExec `json:"execProviderConfig"`
	DisableCompression bool      `json:"disableCompression"`
	ProxyURL           string    `json:"proxyUrl"`
}

type argoTLS struct {
	Insecure   bool   `json:"insecure"`
	ServerName string `json:"serverName"`
	CertData   []byte `json:"certData"`
	KeyData    []byte `json:"keyData"`
	CAData     []byte `json:"caData"`
}

type argoExec struct {
	Command    string            `json:"command"`
	Args       []string          `json:"args"`
	Env        map[string]string `json:"env"`
	APIVersion string            `json:"apiVersion"`
	// ProvideClusterInfo is known to Argo CD since 3.5.
	ProvideClusterInfo bool `json:"provideClusterInfo"`
}

func isArgo(data map[string][]byte) bool { return len(data["server"]) > 0 && len(data["config"]) > 0 }

func parseArgo(data map[string][]byte) (argoConfig, error) {
	var argo argoConfig
	if err := json.Unmarshal(data["config"], &argo); err != nil {
		// The parser's own words could quote credentials.
		return argo, errors.New(`key "config": not the JSON that Argo CD writes`)
	}
	return argo, nil
}

// fromArgo turns Argo CD's form into a kubeconfig.
func fromArgo(data map[string][]byte) (*clientcmdapi.Config, error) {
	argo, err := parseArgo(data)
	if err != nil {
		return nil, err
	}
	name := string(data["name"])
	config := clientcmdapi.NewConfig()
	config.Clusters[name] = &clientcmdapi.Cluster{
		Server: string(data["server"]), TLSServerName: argo.TLS.ServerName, InsecureSkipTLSVerify: argo.TLS.Insecure,
		CertificateAuthorityData: argo.TLS.CAData, ProxyURL: argo.ProxyURL, DisableCompression: argo.DisableCompression,
	}
	config.AuthInfos[name] = &clientcmdapi.AuthInfo{
		Token: argo.BearerToken, Username: argo.Username, Password: argo.Password,
		ClientCertificateData: argo.TLS.CertData, ClientKeyData: argo.TLS.KeyData, Exec: argo.login().exec(),
	}
	config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	config.CurrentContext = name
	return config, nil
}

func (e *argoExec) exec() *clientcmdapi.ExecConfig {
	if e == nil {
		return nil
	}
	exec := &clientcmdapi.ExecConfig{
		Command: e.Command, Args: e.Args, APIVersion: e.APIVersion, ProvideClusterInfo: e.ProvideClusterInfo,
		InteractiveMode: clientcmdapi.NeverExecInteractiveMode,
	}
	for _, key := range slices.Sorted(maps.Keys(e.Env)) {
		exec.Env = append(exec.Env, clientcmdapi.ExecEnvVar{Name: key, Value: e.Env[key]})
	}
	return exec
}
