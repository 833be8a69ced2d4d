package api

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// issued is a self-signed certificate and its PEM.
type issued struct {
	tls.Certificate
	pem []byte
}

// issue makes a certificate for 127.0.0.1 with changes.
func issue(t *testing.T, change func(*x509.Certificate)) issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return issued{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// keyPEM returns the private key as a kubeconfig has it.
func (i issued) keyPEM(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(i.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// serve starts a server with the certificate, that may want one of its clients.
func serve(t *testing.T, with issued, clients tls.ClientAuthType, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewUnstartedServer(answer)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{with.Certificate}, ClientAuth: clients, MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

// ask reads a Secret of the server, and counts the waits before retries.
func ask(t *testing.T, config *rest.Config) (failed *Error, waits int) {
	t.Helper()
	c, err := New(cluster.Member{Name: "m", Config: config}, &secret.Scrubber{}, func(ctx context.Context, _ time.Duration) error {
		waits++
		return ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Secret(t.Context(), "n", "s")
	if err == nil {
		t.Fatal("it was read")
	}
	return AsError(err), waits
}

// TestCauses: each reason why a server cannot be used has its kind, words and hint,
// and is retried only where that may help. The servers are real.
func TestCauses(t *testing.T) {
	never := func(http.ResponseWriter, *http.Request) { t.Error("the request got through") }
	good := issue(t, func(*x509.Certificate) {})
	old := issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })
	other := issue(t, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example.com"} })
	closed := httptest.NewTLSServer(http.HandlerFunc(never))
	closed.Close()
	trusting := func(server string, ca issued) *rest.Config {
		return &rest.Config{Host: server, TLSClientConfig: rest.TLSClientConfig{CAData: ca.pem}}
	}
	for name, c := range map[string]struct {
		config     *rest.Config
		kind       string
		text, hint string
		waits      int
	}{
		"expired":     {trusting(serve(t, old, tls.NoClientCert, never), old), plan.KindCertificate, "has expired", "needs a new certificate", 0},
		"unknown CA":  {trusting(serve(t, good, tls.NoClientCert, never), other), plan.KindCertificate, "signed by unknown authority", "insecure-skip-tls-verify", 0},
		"wrong name":  {trusting(serve(t, other, tls.NoClientCert, never), other), plan.KindCertificate, "cannot validate certificate for 127.0.0.1", "tls-server-name", 0},
		"no client":   {trusting(serve(t, good, tls.RequireAnyClientCert, never), good), plan.KindCertificate, "rejects the client certificate", "client-certificate-data", 0},
		"refused":     {trusting(closed.URL, good), plan.KindUnreachable, "refuses connections", "nothing listens", readAttempts - 1},
		"NXDOMAIN":    {trusting("https://"+strings.Repeat("x", 64)+".invalid", good), plan.KindNoHost, "no such host", "check the server", 0},
		"NXDOMAIN of": {withProxy(trusting("https://10.1.2.3", good), "http://"+strings.Repeat("x", 64)+".invalid:3128"), plan.KindNoHost, "proxy before server https://10.1.2.3", "check the server", 0},
	} {
		failed, waits := ask(t, c.config)
		problem := failed.Problem()
		if problem.Kind != c.kind || !strings.Contains(problem.Text, c.text) || !strings.Contains(problem.Hint, c.hint) || waits != c.waits {
			t.Errorf("%s: %+v after %d waits", name, problem, waits)
		}
	}
}

// withProxy sends requests through a proxy.
func withProxy(config *rest.Config, proxy string) *rest.Config {
	config.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy) }
	return config
}

// TestBusyNamesTheWait: a server that is busy for longer than a target's time says
// how long, and is not asked again before.
func TestBusyNamesTheWait(t *testing.T) {
	c, w := client(t, says(429, statusOf("TooManyRequests", "too many requests", ""), "Retry-After", "90"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := c.Secret(ctx, "n", "s")
	problem := AsError(err).Problem()
	if problem.Kind != plan.KindBusy || !strings.Contains(problem.Text, "asks to wait 1m30s") || !strings.Contains(problem.Hint, "--timeout") || len(w.asked) != 1 {
		t.Errorf("%+v, asked %d times", problem, len(w.asked))
	}
}

// TestExpiredCredential: a 401 says until when the credential was valid, and
// nothing else of it.
func TestExpiredCredential(t *testing.T) {
	good := issue(t, func(*x509.Certificate) {})
	old := issue(t, func(c *x509.Certificate) { c.NotAfter = time.Date(2021, 5, 6, 7, 8, 9, 0, time.UTC) })
	server := serve(t, good, tls.RequestClientCert, says(401, statusOf("Unauthorized", "Unauthorized", "")))
	claims := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"exp":%d,"sub":"the-subject"}`, time.Date(2022, 5, 6, 7, 8, 9, 0, time.UTC).Unix()))
	for want, change := range map[string]func(*rest.Config){
		"client certificate is valid until 2021-05-06T07:08:09Z": func(c *rest.Config) { c.CertData, c.KeyData = old.pem, old.keyPEM(t) },
		"token is valid until 2022-05-06T07:08:09Z":              func(c *rest.Config) { c.BearerToken = "a." + claims + ".b" },
		"the credentials in the kubeconfig":                      func(c *rest.Config) { c.BearerToken = rand.Text() },
		"log in again":                                           func(c *rest.Config) { c.BearerToken = "a." + rand.Text() + ".b" },
	} {
		config := &rest.Config{Host: server, TLSClientConfig: rest.TLSClientConfig{CAData: good.pem}}
		change(config)
		failed, _ := ask(t, config)
		problem := failed.Problem()
		if problem.Kind != plan.KindUnauthorized || !strings.Contains(problem.Hint, want) || strings.Contains(problem.Hint+problem.Text, "the-subject") {
			t.Errorf("%s: %+v", want, problem)
		}
	}
}
