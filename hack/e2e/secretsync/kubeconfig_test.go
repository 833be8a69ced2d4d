package secretsync_test

import (
	"encoding/json"
	"maps"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

// kubeconfig is one to be changed.
type kubeconfig struct {
	context       string
	cluster, user map[string]any
}

// text writes it.
func (k kubeconfig) text(t testing.TB) string {
	t.Helper()
	named := func(kind string, entry map[string]any) []any { return []any{map[string]any{"name": "x", kind: entry}} }
	written, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": k.context,
		"clusters": named("cluster", k.cluster), "users": named("user", k.user),
		"contexts": []any{map[string]any{"name": k.context, "context": map[string]any{"cluster": "x", "user": "x"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

// admin is an administrator's kubeconfig of a cluster.
func (s *stage) admin(cluster, context string) kubeconfig {
	s.Helper()
	loaded, err := clientcmd.LoadFromFile(s.clusters[cluster].Kubeconfig())
	if err != nil {
		s.Fatal(err)
	}
	k := kubeconfig{context: context, cluster: map[string]any{}, user: map[string]any{}}
	for _, entry := range loaded.Clusters {
		k.cluster["server"], k.cluster["certificate-authority-data"] = entry.Server, entry.CertificateAuthorityData
	}
	for _, entry := range loaded.AuthInfos {
		maps.Copy(k.user, map[string]any{"client-certificate-data": entry.ClientCertificateData, "client-key-data": entry.ClientKeyData})
	}
	return k
}

// kubeconfigWith writes an administrator's kubeconfig with a change.
func (s *stage) kubeconfigWith(cluster, context string, change func(*kubeconfig)) string {
	s.Helper()
	k := s.admin(cluster, context)
	change(&k)
	return writeFile(s.T, k.text(s))
}
