package main

import (
	"bytes"
	"crypto/tls"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"sync"
	"testing"
)

// answering is a user who reads what is said, and opens the first address.
type answering struct {
	browse func(address string)

	mu     sync.Mutex
	said   bytes.Buffer
	opened bool
}

var address = regexp.MustCompile(`(?m)^ {2}(https://\S+)$`)

// Write reads some more.
func (a *answering) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.said.Write(p)
	if found := address.FindSubmatch(a.said.Bytes()); found != nil && !a.opened {
		a.opened = true
		go a.browse(string(found[1]))
	}
	return len(p), nil
}

func (a *answering) text() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.said.String()
}

// follow is a browser that trusts everybody, follows redirects and keeps
// cookies.
func follow(t *testing.T, address string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Error(err)
		return
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	resp, err := client.Get(address)
	if err != nil {
		t.Error(err)
		return
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the browser ends at %s", resp.Status)
	}
}
