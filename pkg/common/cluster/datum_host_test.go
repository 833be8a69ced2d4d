package cluster

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
)

// TestTheTokenStaysWithItsServer sends the client elsewhere, as a control plane
// that is not what it seems could: a token of the session must not go along.
func TestTheTokenStaysWithItsServer(t *testing.T) {
	var leaked []string
	other := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		leaked = append(leaked, r.Header.Get("Authorization"))
	})
	secure, plain := httptest.NewTLSServer(other), httptest.NewServer(other)
	t.Cleanup(secure.Close)
	t.Cleanup(plain.Close)
	target := ""
	api := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(api.Close)
	signedIn(t, authtest.New(t), api.URL, time.Now())
	client := datumClient(t)
	// The last is the API's own address, without TLS.
	for _, target = range []string{secure.URL, plain.URL, "http" + strings.TrimPrefix(api.URL, "https")} {
		resp, err := client.Get(api.URL)
		if err == nil {
			_ = resp.Body.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "of the session") {
			t.Errorf("redirect to %s: %v, want a refusal", target, err)
		}
	}
	if len(leaked) > 0 {
		t.Errorf("other servers were asked with %q", leaked)
	}
}

// datumClient is the client of --datum-project that trusts test servers.
func datumClient(t *testing.T) *http.Client {
	t.Helper()
	flags, set := NewFlags(), pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.AddFlags(set)
	if err := set.Parse([]string{"--datum-project", "p1"}); err != nil {
		t.Fatal(err)
	}
	target, err := flags.Target("test")
	if err != nil {
		t.Fatal(err)
	}
	target.Config.TLSClientConfig = rest.TLSClientConfig{Insecure: true}
	client, err := rest.HTTPClientFor(target.Config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}
