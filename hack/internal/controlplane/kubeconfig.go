package controlplane

import (
	"context"
	"fmt"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/private"
)

// writeKubeconfig writes the administrator's kubeconfig.
func (c *Cluster) writeKubeconfig(context.Context) error {
	c.kubeconfig = c.dir("kubeconfig")
	return writeKubeconfig(c.kubeconfig, kubeconfigFor(c.Name(), User{Name: c.Name()}, c.config))
}

// kubeconfigFor makes a kubeconfig of one context, which is called as the user
// is: that tells the users of one cluster apart.
func kubeconfigFor(cluster string, user User, config *rest.Config) *api.Config {
	made := api.NewConfig()
	made.Clusters[cluster] = &api.Cluster{Server: config.Host, CertificateAuthorityData: config.CAData}
	made.AuthInfos[user.Name] = &api.AuthInfo{ClientCertificateData: config.CertData, ClientKeyData: config.KeyData}
	made.Contexts[user.Name] = &api.Context{Cluster: cluster, AuthInfo: user.Name, Namespace: user.Namespace}
	made.CurrentContext = user.Name
	return made
}

func writeKubeconfig(path string, made *api.Config) error {
	content, err := clientcmd.Write(*made)
	if err != nil {
		return fmt.Errorf("write kubeconfig %s: %w", path, err)
	}
	if err := private.WriteFile(path, content); err != nil {
		return fmt.Errorf("write kubeconfig: %w", err)
	}
	return nil
}

// MergeKubeconfigs writes one kubeconfig with the contexts of several, whose
// names must differ. The first one's current context is the current one.
func MergeKubeconfigs(path string, from ...string) error {
	rules := clientcmd.ClientConfigLoadingRules{Precedence: from}
	merged, err := rules.Load()
	if err != nil {
		return fmt.Errorf("merge kubeconfigs: %w", err)
	}
	return writeKubeconfig(path, merged)
}
