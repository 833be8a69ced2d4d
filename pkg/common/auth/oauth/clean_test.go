package oauth

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestCleanShowsNoPieceOfASecret echoes what was sent in the forms that servers
// do.
func TestCleanShowsNoPieceOfASecret(t *testing.T) {
	const secret = "aB+/=cd&ef\"gh<ij kl-mnopqrstuvwxyz"
	quoted, _ := json.Marshal(secret)
	sent := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {secret}, "client_id": {"a-client-id"}}
	for name, text := range map[string]string{
		"plain":   secret,
		"escaped": url.QueryEscape(secret),
		"lower":   strings.ToLower(url.QueryEscape(secret)),
		"path":    url.PathEscape(secret),
		"JSON":    string(quoted),
		"form":    sent.Encode(),
		"start":   secret[:12],
		"middle":  secret[14:24],
		"end":     "…" + secret[len(secret)-8:],
		"cut":     url.QueryEscape(secret)[:20],
		"by all":  "%61%42%2B%2F%3D%63%64%26%65",
	} {
		t.Run(name, func(t *testing.T) {
			for _, got := range []string{clean("bad token "+text+" sent", sent), clean(strings.Repeat("x", maxReason-6)+text, sent)} {
				plain, err := url.QueryUnescape(got)
				if err != nil {
					plain = got
				}
				for i := 0; i+8 <= len(secret); i++ {
					if strings.Contains(strings.ToLower(plain), strings.ToLower(secret[i:i+8])) || strings.Contains(got, secret[i:i+8]) {
						t.Fatalf("clean = %q, which shows %q", got, secret[i:i+8])
					}
				}
			}
		})
	}
}

func TestCleanKeepsWhatIsNoSecret(t *testing.T) {
	sent := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"0123456789abcdef"}}
	const text = "the refresh_token is not known"
	if got := clean(text, sent); got != text {
		t.Errorf("clean = %q, want it as it was", got)
	}
	if got := clean("bad 0123456789abcdef here", sent); got != "bad [redacted] here" {
		t.Errorf("clean = %q", got)
	}
}

func TestARedirectNamesNoSecret(t *testing.T) {
	got := answer{status: 302, header: http.Header{"Location": {"https://0123456789abcdef.evil.test/"}}}
	if err := refusal(got, "h", url.Values{"code": {"0123456789abcdef"}}); strings.Contains(err.Error(), "0123456789") {
		t.Error(err)
	}
}

// TestNoHTTP2: with GODEBUG=http2debug=2 the library prints all headers and
// bodies of HTTP/2, tokens too, and a kubeconfig can set that variable.
func TestNoHTTP2(t *testing.T) {
	var protocol string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { protocol = r.Proto }))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	c, err := NewClient("", "test")
	if err != nil {
		t.Fatal(err)
	}
	c.http.Transport.(*http.Transport).TLSClientConfig.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.do(t.Context(), req); err != nil || protocol != "HTTP/1.1" {
		t.Errorf("protocol %s, %v; want HTTP/1.1", protocol, err)
	}
}
