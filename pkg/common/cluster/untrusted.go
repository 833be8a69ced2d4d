package cluster

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Allowance is something that a kubeconfig out of a Secret may not have unless
// the user says so: whoever can write the Secret would decide it.
type Allowance string

// The allowances, as flags write them.
const (
	// AllowExec lets it run a program.
	AllowExec Allowance = "exec"
	// AllowAuthProvider lets it use a plugin of client-go.
	AllowAuthProvider Allowance = "auth-provider"
	// AllowFiles lets it read local files, which it then sends to its server.
	AllowFiles Allowance = "files"
	// AllowInsecureTLS lets it leave the server's certificate unchecked.
	AllowInsecureTLS Allowance = "insecure-tls"
	// AllowHTTP lets it send Secrets in the clear.
	AllowHTTP Allowance = "http"
	// AllowProxy lets it send everything through a proxy of its choice.
	AllowProxy Allowance = "proxy"
)

// Allowances returns all of them.
func Allowances() []Allowance {
	return []Allowance{AllowExec, AllowAuthProvider, AllowFiles, AllowInsecureTLS, AllowHTTP, AllowProxy}
}

// AllowFlag is the flag that lifts refusals.
const AllowFlag = "allow-in-kubeconfig-secret"

// RefusedError is a kubeconfig that a rule refuses.
type RefusedError struct {
	// Name is the kubeconfig's.
	Name string
	// What it has, and the Allowance that would lift the refusal.
	What      string
	Allowance Allowance
}

// Error names the rule.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s: refused: a kubeconfig out of a Secret must not %s", e.Name, e.What)
}

// Hint names the flag that lifts the refusal.
func (e *RefusedError) Hint() string {
	return fmt.Sprintf("--%s=%s allows it; whoever can write the Secret then decides what happens", AllowFlag, e.Allowance)
}

// vet refuses what an untrusted kubeconfig's context may not have. It looks at
// the parsed text, before anything of it is acted upon.
func vet(config *clientcmdapi.Config, context, name string, allowed []Allowance) error {
	entry := config.Contexts[context]
	if entry == nil {
		return fmt.Errorf("%s: context %q does not exist", name, context)
	}
	for _, found := range slices.Concat(vetUser(config.AuthInfos[entry.AuthInfo]), vetCluster(config.Clusters[entry.Cluster])) {
		if !slices.Contains(allowed, found.Allowance) {
			found.Name = name
			return &found
		}
	}
	return nil
}

func vetUser(user *clientcmdapi.AuthInfo) (found []RefusedError) {
	if user == nil {
		return nil
	}
	if user.Exec != nil {
		found = append(found, RefusedError{What: "run a program (exec)", Allowance: AllowExec})
	}
	if user.AuthProvider != nil {
		found = append(found, RefusedError{What: "use an auth-provider", Allowance: AllowAuthProvider})
	}
	for _, file := range []struct{ field, path string }{
		{"tokenFile", user.TokenFile}, {"client-certificate", user.ClientCertificate}, {"client-key", user.ClientKey},
	} {
		if file.path != "" {
			found = append(found, RefusedError{What: "read a local file (" + file.field + ")", Allowance: AllowFiles})
		}
	}
	return found
}

func vetCluster(cluster *clientcmdapi.Cluster) (found []RefusedError) {
	if cluster == nil {
		return nil
	}
	if cluster.CertificateAuthority != "" {
		found = append(found, RefusedError{What: "read a local file (certificate-authority)", Allowance: AllowFiles})
	}
	if cluster.InsecureSkipTLSVerify {
		found = append(found, RefusedError{What: "skip the check of the server's certificate (insecure-skip-tls-verify)", Allowance: AllowInsecureTLS})
	}
	if server, err := url.Parse(cluster.Server); err != nil || !strings.EqualFold(server.Scheme, "https") {
		found = append(found, RefusedError{What: "name a server without https", Allowance: AllowHTTP})
	}
	if cluster.ProxyURL != "" {
		found = append(found, RefusedError{What: "choose a proxy (proxy-url)", Allowance: AllowProxy})
	}
	return found
}

// Untrusted returns the cluster of a kubeconfig out of a Secret. Its name is
// what errors call it; data are the Secret's fields; key says which one to
// read, empty where that is to be found out.
func (a Access) Untrusted(name string, data map[string][]byte, key string, allowed []Allowance) (Member, error) {
	config, err := fromSecret(data, key)
	if err != nil {
		return Member{}, fmt.Errorf("%s: %w", name, err)
	}
	context, err := theContext(config)
	if err != nil {
		return Member{}, fmt.Errorf("%s: %w", name, err)
	}
	if err := vet(config, context, name, allowed); err != nil {
		return Member{}, err
	}
	if slices.Contains(allowed, AllowFiles) {
		// A path relative to a Secret means nothing.
		if err := clientcmd.ResolveLocalPaths(config); err != nil {
			return Member{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	return a.member(config, context, name)
}

// theContext is the current context, or the only one.
func theContext(config *clientcmdapi.Config) (string, error) {
	if config.CurrentContext != "" {
		return config.CurrentContext, nil
	}
	if len(config.Contexts) == 1 {
		for name := range config.Contexts {
			return name, nil
		}
	}
	return "", fmt.Errorf("no current-context among %d contexts", len(config.Contexts))
}
