package release_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
)

// internet is github.com on loopback, for programs that use its proxy and trust its
// certificate. So manifests are tested with the very addresses that they are released
// with, and no other host can be reached.
type internet struct{ proxy, caFile string }

// newInternet has a handler answer for github.com.
func newInternet(t *testing.T, github http.Handler) *internet {
	t.Helper()
	server := httptest.NewUnstartedServer(github)
	certificate, ca := certificateOf(t, "github.com")
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "github.com:443" {
			http.Error(w, "there is nothing but github.com", http.StatusBadGateway)
			return
		}
		tunnel(w, server.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)
	return &internet{proxy: proxy.URL, caFile: ca}
}

// env makes programs in Go use it.
func (i *internet) env() []string {
	return []string{"HTTPS_PROXY=" + i.proxy, "SSL_CERT_FILE=" + i.caFile, "SSL_CERT_DIR=" + filepath.Dir(i.caFile)}
}

// client uses it.
func (i *internet) client(t *testing.T) *http.Client {
	t.Helper()
	proxy, err := url.Parse(i.proxy)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM([]byte(read(t, i.caFile))) {
		t.Fatal("no certificate")
	}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// tunnel connects the client of a CONNECT request with an address, until one closes.
func tunnel(w http.ResponseWriter, address string) {
	var dialer net.Dialer
	server, err := dialer.Dial("tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer server.Close()
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			done <- struct{}{}
		}()
	}
	<-done
}

func certificateOf(t *testing.T, host string) (certificate tls.Certificate, caFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, caFile
}

// downloads is a release's address without host and tag.
const downloads = "/datum-cloud/kubectl-plugins/releases/download/"

// released serves releases, whose folders it gets by tag, and the catalog of Flux
// plugins as fluxcd/plugins would serve what the build has in dist/flux. change may
// replace what is served.
func released(d *dist.Dist, folders map[string]string, change func(file string, data []byte) []byte) http.Handler {
	mux := http.NewServeMux()
	serve := func(w http.ResponseWriter, r *http.Request, folders ...string) {
		for _, folder := range folders {
			data, err := os.ReadFile(filepath.Join(folder, r.PathValue("file")))
			if err == nil {
				_, _ = w.Write(change(r.PathValue("file"), data))
				return
			}
			if !errors.Is(err, os.ErrNotExist) {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		http.NotFound(w, r)
	}
	mux.HandleFunc("GET "+downloads+"{tag}/{file}", func(w http.ResponseWriter, r *http.Request) {
		folder := folders[r.PathValue("tag")]
		serve(w, r, folder, filepath.Join(folder, "flux")) // whose checksums the workflow attaches
	})
	mux.HandleFunc("GET /fluxcd/plugins/releases/latest/download/{file}", func(w http.ResponseWriter, r *http.Request) {
		serve(w, r, filepath.Join(d.Dir, "flux"), filepath.Join(d.Dir, "flux", "plugins"))
	})
	return mux
}

// asIs serves what there is, tampered archives that were changed on the way.
func asIs(_ string, data []byte) []byte { return data }

func tampered(file string, data []byte) []byte {
	if strings.HasSuffix(file, ".tar.gz") {
		return append(data, 0)
	}
	return data
}
