package clients_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// loginHost is where kubelogin asks for tokens of Azure's public cloud.
const loginHost = "login.microsoftonline.com"

// entra stands for Entra ID: a token endpoint behind a proxy that connects everybody to it.
type entra struct {
	tenant, clientID, secret, scope string
	// token is what it issues.
	token string
	// issued counts tokens.
	issued atomic.Int64

	proxy string
	// ca is the PEM that vouches for it.
	ca []byte
}

// serve serves until the test ends. A client comes to it with HTTPS_PROXY.
func (e *entra) serve(t *testing.T) {
	t.Helper()
	backend := httptest.NewUnstartedServer(e)
	certificate, ca := certificateFor(t, loginHost)
	backend.TLS, e.ca = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, ca
	backend.StartTLS()
	t.Cleanup(backend.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { tunnel(w, r, backend.Listener.Addr().String()) }))
	t.Cleanup(proxy.Close)
	e.proxy = proxy.URL
}

// tunnel answers CONNECT for Entra's host alone.
func tunnel(w http.ResponseWriter, r *http.Request, to string) {
	if r.Method != http.MethodConnect || r.Host != loginHost+":443" {
		http.Error(w, "no way to "+r.Host, http.StatusForbidden)
		return
	}
	upstream, err := net.Dial("tcp", to)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = upstream.Close()
		return
	}
	_, _ = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() { _, _ = io.Copy(upstream, client); _ = upstream.Close() }()
	go func() { _, _ = io.Copy(client, upstream); _ = client.Close() }()
}

// ServeHTTP answers what MSAL asks: which hosts there are, the tenant's endpoints, a token.
func (e *entra) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	base := "https://" + loginHost
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/common/discovery/instance":
		fmt.Fprintf(w, `{"tenant_discovery_endpoint":"%[1]s/%[2]s/v2.0/.well-known/openid-configuration","metadata":[{"preferred_network":%[3]q,"preferred_cache":%[3]q,"aliases":[%[3]q]}]}`, base, e.tenant, loginHost)
	case "/" + e.tenant + "/v2.0/.well-known/openid-configuration":
		fmt.Fprintf(w, `{"issuer":"%[1]s/%[2]s/v2.0","authorization_endpoint":"%[1]s/%[2]s/oauth2/v2.0/authorize","token_endpoint":"%[1]s/%[2]s/oauth2/v2.0/token"}`, base, e.tenant)
	case "/" + e.tenant + "/oauth2/v2.0/token":
		e.issue(w, r)
	default:
		asked, _ := httputil.DumpRequest(r, false)
		http.Error(w, string(asked), http.StatusNotFound)
	}
}

func (e *entra) issue(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	form := r.PostForm
	if form.Get("grant_type") != "client_credentials" || form.Get("client_id") != e.clientID || form.Get("client_secret") != e.secret || !strings.Contains(" "+form.Get("scope")+" ", " "+e.scope+" ") {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"invalid_client","error_description":"AADSTS7000215: not this client"}`)
		return
	}
	e.issued.Add(1)
	fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":%q}`, e.token)
}

// certificateFor makes a certificate of a host that vouches for itself.
func certificateFor(t *testing.T, host string) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA: true, BasicConstraintsValid: true, DNSNames: []string{host},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
