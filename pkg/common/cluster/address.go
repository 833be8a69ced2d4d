package cluster

import (
	"errors"
	"fmt"
	"net/url"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
)

// Address returns what may be shown of the server's URL.
func (t Target) Address() address.Address { return addressOf(t.Config, t.named) }

// Address returns what may be shown of the server's URL; the zero Address where
// the member has no config.
func (m Member) Address() address.Address { return addressOf(m.Config, m.named) }

// addressOf returns the address of the server that client-go asks. named is that
// of the kubeconfig or flag, zero where it is not known: clientcmd drops queries,
// so that the config alone may not show that the URL is ambiguous.
func addressOf(config *rest.Config, named address.Address) address.Address {
	switch {
	case config == nil:
		return address.Address{}
	case named != address.Address{} && !named.Shown():
		return named
	}
	return address.Of(serverURL(config))
}

// serverURL returns the URL that client-go asks, user info and all; nil where
// there is none.
func serverURL(config *rest.Config) *url.URL {
	server, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil
	}
	return server
}

// WithoutURLs returns the error of a request without the secrets of URLs that
// libraries quote. The words of an API server stay as they are: a user of OpenID
// Connect may be called https://issuer#name.
func WithoutURLs(err error) error {
	if apierrors.ReasonForError(err) != metav1.StatusReasonUnknown {
		return err
	}
	return address.RedactError(err)
}

var errProxy = errors.New("want a URL that begins with http://, https:// or socks5://")

// checkProxy refuses what clientcmd refuses as a proxy (tools/clientcmd/helpers.go
// parseProxyURL, v0.37), whose errors quote it: it may hold a password.
func checkProxy(text string) error {
	if text == "" {
		return nil
	}
	proxy, err := url.Parse(text)
	if err != nil || !slices.Contains([]string{"http", "https", "socks5"}, proxy.Scheme) || proxy.Host == "" {
		return errProxy
	}
	return nil
}

// checkEntry refuses a cluster entry that client-go cannot use, without quoting
// its URLs; nil is left to clientcmd.
func checkEntry(entry *clientcmdapi.Cluster) error {
	if entry == nil {
		return nil
	}
	if err := checkProxy(entry.ProxyURL); err != nil {
		return fmt.Errorf("proxy-url of the cluster entry: %w", err)
	}
	return nil
}
