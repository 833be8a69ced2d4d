// Package cluster turns the flags that name a cluster into a checked
// rest.Config.
package cluster

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"github.com/spf13/pflag"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // auth providers that kubeconfigs name
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cli"
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
	// NamespaceGiven tells that -n was given.
	NamespaceGiven bool
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
	config, err := loader.ClientConfig()
	if err != nil {
		return Target{}, explainLoad(err, f.rules)
	}
	if _, _, err := rest.DefaultServerUrlFor(config); err != nil {
		return Target{}, cli.Use(fmt.Errorf("server %q is no address: want https://HOST:PORT", withoutPassword(config.Host)))
	}
	if err := applyKuberc(config); err != nil {
		return Target{}, err
	}
	namespace, _, err := loader.Namespace()
	if err != nil {
		return Target{}, explainLoad(err, f.rules)
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
		NamespaceGiven: f.GivenNamespace() != "",
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
			return cli.Use(fmt.Errorf("--as-user-extra=%q: want KEY=VALUE", text))
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

// check refuses what clientcmd would refuse too, but without naming the flag. A
// proxy's address may hold a password, so it is not repeated.
func (f *Flags) check() error {
	if _, err := clientcmd.ParseTimeout(f.overrides.Timeout); f.overrides.Timeout != "" && err != nil {
		return cli.Use(fmt.Errorf("--%s=%q: want a time as 30s, 2m or 1h", clientcmd.FlagTimeout, f.overrides.Timeout))
	}
	proxy, err := url.Parse(f.overrides.ClusterInfo.ProxyURL)
	if f.overrides.ClusterInfo.ProxyURL == "" {
		return nil
	}
	if err != nil || !slices.Contains([]string{"http", "https", "socks5"}, proxy.Scheme) || proxy.Host == "" {
		return cli.Use(fmt.Errorf("--%s: want an address that begins with http://, https:// or socks5://", clientcmd.FlagProxyURL))
	}
	return nil
}

func explainLoad(err error, rules *clientcmd.ClientConfigLoadingRules) error {
	const name = "name a cluster with --kubeconfig FILE or --context NAME, or read manifests with -f"
	switch {
	case clientcmd.IsEmptyConfig(err) || errors.Is(err, clientcmd.ErrEmptyConfig):
		files := strings.Join(rules.GetLoadingPrecedence(), ", ")
		return cli.Fail(cli.BadUse, fmt.Errorf("no cluster: no kubeconfig with a context was found at %s", files), name)
	// clientcmd has no type for what --context names (client_config.go, v0.37).
	case clientcmd.IsContextNotFound(err) || strings.HasPrefix(err.Error(), "context ") && strings.HasSuffix(err.Error(), " does not exist"):
		return cli.Fail(cli.BadUse, fmt.Errorf("kubeconfig: %w", err), "kubectl config get-contexts lists what there is")
	default:
		return cli.Fail(cli.BadUse, withoutPasswords(fmt.Errorf("kubeconfig: %w", err)), "")
	}
}
