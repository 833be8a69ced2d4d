// Package cluster turns the flags that name a cluster into a checked
// rest.Config.
package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"github.com/spf13/pflag"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // auth providers that kubeconfigs name
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/klog/v2"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// defaultRequestTimeout bounds a request where --request-timeout is not given:
// a pipeline must not hang on a server that accepts and never answers.
const defaultRequestTimeout = time.Minute

// Flags are kubectl's connection flags.
type Flags struct {
	// Notices takes lines about a session that is being renewed; nil drops them.
	Notices io.Writer

	rules     *clientcmd.ClientConfigLoadingRules
	overrides *clientcmd.ConfigOverrides
	userExtra []string
	datum     datumFlags
	set       *pflag.FlagSet
}

// NewFlags returns connection flags that read kubeconfigs where kubectl does.
func NewFlags() *Flags {
	return &Flags{
		rules:     clientcmd.NewDefaultClientConfigLoadingRules(),
		overrides: &clientcmd.ConfigOverrides{},
	}
}

// AddFlags adds the flags to a command's set.
func (f *Flags) AddFlags(set *pflag.FlagSet) {
	f.set = set
	connection := pflag.NewFlagSet("", pflag.ContinueOnError)
	connection.StringVar(&f.rules.ExplicitPath, clientcmd.RecommendedConfigPathFlag, "",
		"Path to the kubeconfig file to use for CLI requests.")
	names := clientcmd.RecommendedConfigOverrideFlags("")
	names.ClusterOverrideFlags.APIServer.ShortName = "s"
	clientcmd.BindOverrideFlags(f.overrides, connection, names)
	connection.StringArrayVar(&f.userExtra, "as-user-extra", nil,
		"User extras to impersonate for the operation as KEY=VALUE, this flag can be repeated.")
	connection.Lookup(clientcmd.FlagTimeout).DefValue = defaultRequestTimeout.String()
	cli.GroupFlags(connection, "Connection flags")
	// -n chooses what a command looks at, not only how it connects.
	connection.Lookup(clientcmd.FlagNamespace).Annotations = nil
	set.AddFlagSet(connection)
	f.datum.add(set)
}

// Target is a cluster that a command works with.
type Target struct {
	Config *rest.Config
	// Context is the kubeconfig context's name, empty in a Pod.
	Context string
	// Namespace is the one given with -n, else the context's, else "default".
	Namespace string
	// NamespaceGiven reports whether -n was given.
	NamespaceGiven bool

	// named is the server's address in the kubeconfig or flag, zero without one.
	named address.Address
}

// Target reads the kubeconfig and returns the cluster that the flags name.
func (f *Flags) Target(userAgent string) (Target, error) {
	if err := f.impersonateExtra(); err != nil {
		return Target{}, err
	}
	if err := f.check(); err != nil {
		return Target{}, err
	}
	if f.datum.given() {
		return f.datumTarget(userAgent)
	}
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(f.rules, f.overrides)
	entry := f.entry(loader)
	if err := checkEntry(entry); err != nil {
		return Target{}, failure.Input(fmt.Errorf("kubeconfig: %w", err))
	}
	config, err := loader.ClientConfig()
	if err != nil {
		return Target{}, f.explainLoad(loader, err)
	}
	named := address.Parse(serverOf(entry))
	if serverURL(config) == nil {
		return Target{}, failure.Input(fmt.Errorf("server %s: want https://HOST:PORT", addressOf(config, named)))
	}
	if err := applyKuberc(config); err != nil {
		return Target{}, err
	}
	namespace, _, err := loader.Namespace()
	if err != nil {
		return Target{}, f.explainLoad(loader, err)
	}
	quiet()
	config.UserAgent = userAgent
	// The few requests of a command must not wait for a client-side limiter.
	config.QPS = -1
	if !f.set.Changed(clientcmd.FlagTimeout) {
		config.Timeout = defaultRequestTimeout
	}
	return Target{
		Config: config, Context: f.context(loader), Namespace: namespace,
		NamespaceGiven: f.GivenNamespace() != "", named: named,
	}, nil
}

// quiet drops what client-go logs: it comes back as an error too, which says it
// better, and which is safe to print.
func quiet() { klog.SetLogger(logr.Discard()) }

// impersonateExtra takes over --as-user-extra, which clientcmd knows in a
// kubeconfig only.
func (f *Flags) impersonateExtra() error {
	extra := map[string][]string{}
	for _, text := range f.userExtra {
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			return failure.Input(fmt.Errorf("--as-user-extra=%q: want KEY=VALUE", text))
		}
		extra[key] = append(extra[key], value)
	}
	if len(extra) > 0 {
		f.overrides.AuthInfo.ImpersonateUserExtra = extra
	}
	return nil
}

func (f *Flags) notices() io.Writer {
	if f.Notices == nil {
		return io.Discard
	}
	return f.Notices
}

// GivenNamespace returns what -n says, empty where it was not given.
func (f *Flags) GivenNamespace() string { return f.overrides.Context.Namespace }

// entry returns the cluster entry that the flags name, with what flags replace
// in it; nil where there is none, which is for clientcmd to say.
func (f *Flags) entry(loader clientcmd.ClientConfig) *clientcmdapi.Cluster {
	raw, err := loader.RawConfig()
	if err != nil {
		return nil
	}
	name := f.overrides.Context.Cluster
	if context := raw.Contexts[f.context(loader)]; name == "" && context != nil {
		name = context.Cluster
	}
	entry := clientcmdapi.Cluster{Server: f.overrides.ClusterInfo.Server, ProxyURL: f.overrides.ClusterInfo.ProxyURL}
	if found := raw.Clusters[name]; found != nil {
		entry.Server, entry.ProxyURL = cmp.Or(entry.Server, found.Server), cmp.Or(entry.ProxyURL, found.ProxyURL)
	}
	return &entry
}

// context returns the context's name for messages; it is only a name, so a
// kubeconfig that cannot be read again leaves it empty.
func (f *Flags) context(loader clientcmd.ClientConfig) string {
	if f.overrides.CurrentContext != "" {
		return f.overrides.CurrentContext
	}
	raw, err := loader.RawConfig()
	if err != nil {
		return ""
	}
	return raw.CurrentContext
}

// check refuses what clientcmd would refuse too, but without naming the flag.
func (f *Flags) check() error {
	if _, err := clientcmd.ParseTimeout(f.overrides.Timeout); f.overrides.Timeout != "" && err != nil {
		return failure.Input(fmt.Errorf("--%s=%q: want a time as 30s, 2m or 1h", clientcmd.FlagTimeout, f.overrides.Timeout))
	}
	if err := checkProxy(f.overrides.ClusterInfo.ProxyURL); err != nil {
		return failure.Input(fmt.Errorf("--%s: %w", clientcmd.FlagProxyURL, err))
	}
	return nil
}

func (f *Flags) explainLoad(loader clientcmd.ClientConfig, err error) error {
	const name = "name a cluster with --kubeconfig FILE or --context NAME, or read manifests with -f"
	switch {
	case clientcmd.IsEmptyConfig(err) || errors.Is(err, clientcmd.ErrEmptyConfig):
		if err := f.withoutCurrent(loader); err != nil {
			return err
		}
		files := strings.Join(f.rules.GetLoadingPrecedence(), ", ")
		return failure.With(failure.BadInput, fmt.Errorf("no cluster: no kubeconfig with a context was found at %s", files), name)
	// clientcmd has no type for what --context names (client_config.go, v0.37).
	case clientcmd.IsContextNotFound(err) || strings.HasPrefix(err.Error(), "context ") && strings.HasSuffix(err.Error(), " does not exist"):
		return failure.With(failure.BadInput, fmt.Errorf("kubeconfig: %w", err), "kubectl config get-contexts lists what there is")
	default:
		return failure.With(failure.BadInput, fmt.Errorf("kubeconfig: %w", withoutContent(err)), "")
	}
}

// withoutContent returns the error of a kubeconfig that could not be loaded. Of
// one that cannot be parsed only the file and the line are kept: the parsers
// quote the content.
func withoutContent(err error) error {
	var path *fs.PathError
	file, _, parsing := strings.Cut(err.Error(), `": `)
	if parsing && strings.HasPrefix(file, "error loading config file ") && !errors.As(err, &path) {
		return fmt.Errorf(`%s": %w`, file, errParse(err))
	}
	return address.RedactError(err)
}
