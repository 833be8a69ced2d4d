// Package planes serves Datum's control-plane paths in front of a Kubernetes
// API server.
package planes

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Proxy is a server of control planes.
type Proxy struct {
	// URL is the API server's, as Datum's would be https://api.datum.net.
	URL    string
	server *http.Server

	mu   sync.Mutex
	seen map[string]int
}

// Options says what to serve.
type Options struct {
	CertFile, KeyFile string
	// Upstream is the API server, UpstreamCA the PEM that vouches for it.
	Upstream   string
	UpstreamCA []byte
	// Prefixes are the control planes: paths before the API's own.
	Prefixes []string
}

// Serve serves control planes on loopback until Close.
func Serve(options Options) (*Proxy, error) {
	upstream, err := url.Parse(options.Upstream)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(options.UpstreamCA) {
		return nil, fmt.Errorf("no certificate of %s", options.Upstream)
	}
	p := &Proxy{seen: map[string]int{}}
	forward := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(upstream) },
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
	}
	p.server = &http.Server{Handler: p.route(options.Prefixes, forward), ReadHeaderTimeout: 10 * time.Second}
	socket, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it listens at once or not
	if err != nil {
		return nil, err
	}
	p.URL = "https://" + socket.Addr().String()
	go func() { _ = p.server.ServeTLS(socket, options.CertFile, options.KeyFile) }() // ends with Close
	return p, nil
}

// route takes the control plane's prefix off, and turns other paths away.
func (p *Proxy) route(prefixes []string, forward http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, prefix := range prefixes {
			if strings.HasPrefix(r.URL.Path, prefix+"/") {
				p.count(prefix)
				http.StripPrefix(prefix, forward).ServeHTTP(w, r)
				return
			}
		}
		http.Error(w, "no such control plane", http.StatusForbidden)
	})
}

func (p *Proxy) count(prefix string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[prefix]++
}

// Seen is how many requests a control plane had.
func (p *Proxy) Seen(prefix string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen[prefix]
}

// Close ends the server.
func (p *Proxy) Close() error { return p.server.Close() }
