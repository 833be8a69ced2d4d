package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// floor does what no client can do without: for each target a handshake, a look
// and a write, so many at once.
func (f *fleet) floor(ctx context.Context, parallel int, body []byte) (time.Duration, error) {
	start := time.Now()
	slots, errs := make(chan struct{}, parallel), make(chan error, len(f.targets))
	var group sync.WaitGroup
	for _, t := range f.targets {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			errs <- t.lookAndWrite(ctx, body)
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}

func (t *target) lookAndWrite(ctx context.Context, body []byte) error {
	roots := x509.NewCertPool()
	roots.AddCert(t.Certificate())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	const path = "/api/v1/namespaces/team/secrets"
	if err := send(ctx, client, http.MethodGet, t.URL+path+"/app", nil, http.StatusNotFound); err != nil {
		return err
	}
	return send(ctx, client, http.MethodPost, t.URL+path, bytes.NewReader(body), http.StatusCreated)
}

func send(ctx context.Context, client *http.Client, method, url string, body io.Reader, want int) error {
	request, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != want {
		return fmt.Errorf("%s %s: %s", method, url, response.Status)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}
