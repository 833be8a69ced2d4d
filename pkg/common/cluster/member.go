package cluster

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
)

// Member is one cluster out of those that references name.
type Member struct {
	// Name is what people know it by: a context's name, a file, a Secret.
	Name string
	// Context is the kubeconfig context, empty in a Pod.
	Context string
	// Namespace is the context's, empty where it names none.
	Namespace string
	// Matched reports whether the context was not named but found by a pattern.
	Matched bool
	// FromSecret is true if the kubeconfig was in a Secret: whoever can write that
	// Secret has chosen the server.
	FromSecret bool
	Config     *rest.Config

	// endpoint is equal for kubeconfig entries that lead to the same server, empty
	// without one.
	endpoint string
	// named is the server's address in the kubeconfig, zero without one.
	named address.Address
}

// Access says how the clusters of one side are asked.
type Access struct {
	UserAgent string
	// RequestTimeout bounds each request; 0 does not.
	RequestTimeout time.Duration
	// As and AsGroups are whom to impersonate.
	As       string
	AsGroups []string
	// Notices takes lines about a session that is being renewed; nil drops them.
	Notices io.Writer
}

// overrides are what the access puts over any kubeconfig.
func (a Access) overrides() *clientcmd.ConfigOverrides {
	overrides := &clientcmd.ConfigOverrides{}
	overrides.AuthInfo.Impersonate = a.As
	overrides.AuthInfo.ImpersonateGroups = a.AsGroups
	return overrides
}

// finish sets what holds for every request.
func (a Access) finish(config *rest.Config) *rest.Config {
	config.UserAgent = a.UserAgent
	config.Timeout = a.RequestTimeout
	// Fairness is the server's business; a limiter here would only add waits.
	config.QPS = -1
	return config
}

// member builds what one context of a kubeconfig says. What stands in it has
// been read from its files before.
func (a Access) member(config *clientcmdapi.Config, context, name string) (Member, error) {
	if _, ok := config.Contexts[context]; !ok {
		return Member{}, fmt.Errorf("%s: context %q does not exist", name, context)
	}
	entry := config.Clusters[config.Contexts[context].Cluster]
	if err := checkEntry(entry); err != nil {
		return Member{}, fmt.Errorf("%s: context %q: %w", name, context, err)
	}
	client := clientcmd.NewNonInteractiveClientConfig(*config, context, a.overrides(), nil)
	built, err := client.ClientConfig()
	if err != nil {
		return Member{}, fmt.Errorf("%s: context %q: %w", name, context, address.RedactError(err))
	}
	if err := applyKuberc(built); err != nil {
		return Member{}, err
	}
	return Member{
		Name: name, Context: context, Namespace: config.Contexts[context].Namespace,
		Config: a.finish(built), named: address.Parse(serverOf(entry)), endpoint: endpointOf(entry),
	}, nil
}

// serverOf returns the server of a cluster entry, empty without one.
func serverOf(entry *clientcmdapi.Cluster) string {
	if entry == nil {
		return ""
	}
	return entry.Server
}

// InCluster is the cluster whose Pod the program runs in.
func (a Access) InCluster() (Member, error) {
	config, err := rest.InClusterConfig()
	if err != nil {
		return Member{}, fmt.Errorf("in-cluster: %w", err)
	}
	config.Impersonate = rest.ImpersonationConfig{UserName: a.As, Groups: a.AsGroups}
	return Member{Name: "in-cluster", Config: a.finish(config)}, nil
}

var lineNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`line (\d+)`) })

// errParse returns the error of a kubeconfig that cannot be read, and never quotes it: the
// parsers' own words do, and it is full of credentials.
func errParse(err error) error {
	if line := lineNumber().FindString(err.Error()); line != "" {
		return errors.New("not a kubeconfig that can be read, see " + line)
	}
	return errors.New("not a kubeconfig that can be read")
}

// parse reads a kubeconfig.
func parse(text []byte) (*clientcmdapi.Config, error) {
	config, err := clientcmd.Load(text)
	if err != nil {
		return nil, errParse(err)
	}
	return config, nil
}
