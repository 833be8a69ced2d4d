package cluster

import (
	"context"
	"net"
	"net/http"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/transport"
)

const (
	dialTimeout      = 30 * time.Second
	handshakeTimeout = 10 * time.Second
	idleTimeout      = 90 * time.Second
	// pingInterval and pingTimeout find connections that died without a word.
	pingInterval = 30 * time.Second
	pingTimeout  = 15 * time.Second
	// streamBuffer is what arrives of an answer before anybody reads it: less
	// than the 4 MiB of net/http, of which each of a hundred targets would have
	// its own.
	streamBuffer = 256 << 10
)

// HTTPClient returns a client that follows no redirect, as Go's would send the
// credentials along, to whichever host the answer names; and that has one
// connection to its server: without that limit, each of the first requests
// side by side makes one, and a handshake costs more than they do.
func HTTPClient(config *rest.Config) (*http.Client, error) {
	settings, err := config.TransportConfig()
	if err != nil {
		return nil, err
	}
	base, err := newTransport(settings)
	if err != nil {
		return nil, err
	}
	wrapped, err := transport.HTTPWrappersForConfig(settings, base)
	if err != nil {
		return nil, err
	}
	return &http.Client{
		Transport: wrapped, Timeout: config.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

func newTransport(settings *transport.Config) (*http.Transport, error) {
	tlsConfig, err := transport.TLSConfigFor(settings)
	if err != nil {
		return nil, err
	}
	proxy := http.ProxyFromEnvironment
	if settings.Proxy != nil {
		proxy = settings.Proxy
	}
	return &http.Transport{
		Proxy: proxy, TLSClientConfig: tlsConfig, DialContext: dialer(settings),
		DisableCompression:  settings.DisableCompression,
		TLSHandshakeTimeout: handshakeTimeout, IdleConnTimeout: idleTimeout,
		MaxConnsPerHost: 1, ForceAttemptHTTP2: true,
		HTTP2: &http.HTTP2Config{MaxReceiveBufferPerStream: streamBuffer, SendPingTimeout: pingInterval, PingTimeout: pingTimeout},
	}, nil
}

// dialer is the one that credential programs bring along, which closes
// connections when they give another certificate.
func dialer(settings *transport.Config) func(context.Context, string, string) (net.Conn, error) {
	if settings.DialHolder != nil {
		return settings.DialHolder.Dial
	}
	return (&net.Dialer{Timeout: dialTimeout, KeepAlive: dialTimeout}).DialContext
}
