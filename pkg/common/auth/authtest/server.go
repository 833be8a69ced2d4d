// Package authtest is an OpenID provider in the test process, for tests that
// need faults, counts and clocks that a real one cannot give. It rotates
// refresh tokens, and revokes the whole family when an old one is used again.
package authtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// ClientID is the client that the provider knows.
const ClientID = "client-1"

// Fault answers in the place of the provider when it returns true. n counts
// the requests to the path from 1.
type Fault func(w http.ResponseWriter, r *http.Request, n int) bool

// Server is the provider.
type Server struct {
	// URL is the issuer, CAFile the certificate that vouches for it.
	URL    string
	CAFile string
	// Life is how long access tokens live, as told; 0: not told.
	Life time.Duration
	// Now is the provider's clock.
	Now func() time.Time
	// Subject is the user who signs in, or whose session is renewed.
	Subject string
	// AccountSubject is the subject of tokens for assertions; empty: the
	// assertion's own, which is the client id of the key.
	AccountSubject string
	// Opaque makes access tokens texts without claims.
	Opaque bool
	// NoRefreshID leaves the ID token out of answers to refresh tokens.
	NoRefreshID bool
	// NoUserInfo is a provider without a userinfo endpoint.
	NoUserInfo bool
	// Spoil changes the claims of ID tokens, SpoilAccess those of access tokens.
	Spoil, SpoilAccess func(claims map[string]any)
	// SpoilAnswer changes the token endpoint's answers to a grant.
	SpoilAnswer func(grantType string, answer map[string]any)
	// Endpoints changes what discovery says.
	Endpoints func(map[string]any)

	mu          sync.Mutex
	fault       Fault
	http        *httptest.Server
	signer      jose.Signer
	keys        jose.JSONWebKeySet
	requests    map[string]int
	connections int
	granted     map[string]int
	codes       map[string]login
	devices     map[string]*login
	families    map[string]*family
	accounts    map[string]any
	used        map[string]bool
	// subjects are whom access tokens are of.
	subjects map[string]string
	revoked  []string
}

// UserInfoPath is the path of the userinfo endpoint.
const UserInfoPath = "/oidc/v1/userinfo"

// New starts a provider for the length of a test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		Life: time.Hour, Now: time.Now, Subject: "user-1", subjects: map[string]string{}, requests: map[string]int{}, granted: map[string]int{}, codes: map[string]login{},
		devices: map[string]*login{}, families: map[string]*family{}, accounts: map[string]any{}, used: map[string]bool{},
	}
	s.makeKey(t)
	s.http = httptest.NewUnstartedServer(s.routes())
	s.http.Config.ConnState = s.count
	s.http.Config.ErrorLog = log.New(io.Discard, "", 0) // refused certificates are what some tests want
	s.http.StartTLS()
	t.Cleanup(s.http.Close)
	s.URL = s.http.URL
	s.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	bundle := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.http.Certificate().Raw})
	if err := os.WriteFile(s.CAFile, bundle, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Server) count(_ net.Conn, state http.ConnState) {
	if state != http.StateNew {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections++
}

func (s *Server) makeKey(t testing.TB) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private := jose.JSONWebKey{Key: key, KeyID: "k1", Algorithm: "ES256"}
	if s.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: private}, nil); err != nil {
		t.Fatal(err)
	}
	s.keys = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{private.Public()}}
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", s.discovery)
	mux.HandleFunc("/oauth/v2/keys", func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, s.keys) })
	mux.HandleFunc("/oauth/v2/authorize", s.authorize)
	mux.HandleFunc("/oauth/v2/token", s.token)
	mux.HandleFunc("/oauth/v2/device_authorization", s.device)
	mux.HandleFunc("/oauth/v2/revoke", s.revoke)
	mux.HandleFunc(UserInfoPath, s.userInfo)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests[r.URL.Path]++
		n, fault := s.requests[r.URL.Path], s.fault
		s.mu.Unlock()
		if fault == nil || !fault(w, r, n) {
			mux.ServeHTTP(w, r)
		}
	})
}

func (s *Server) discovery(w http.ResponseWriter, _ *http.Request) {
	endpoints := map[string]any{
		"issuer": s.URL, "authorization_endpoint": s.URL + "/oauth/v2/authorize", "token_endpoint": s.URL + "/oauth/v2/token",
		"device_authorization_endpoint": s.URL + "/oauth/v2/device_authorization",
		"revocation_endpoint":           s.URL + "/oauth/v2/revoke", "jwks_uri": s.URL + "/oauth/v2/keys",
	}
	if !s.NoUserInfo {
		endpoints["userinfo_endpoint"] = s.URL + UserInfoPath
	}
	if s.Endpoints != nil {
		s.Endpoints(endpoints)
	}
	reply(w, 200, endpoints)
}

// SetFault changes the fault, also while requests are under way; nil is none.
func (s *Server) SetFault(fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Requests returns how often a path was asked for, faults included.
func (s *Server) Requests(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[path]
}

// Connections returns how many connections were made to the provider.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// Granted returns how often a grant of the type succeeded.
func (s *Server) Granted(grantType string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.granted[grantType]
}

// Revoked returns the kinds of the tokens that were revoked.
func (s *Server) Revoked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.revoked...)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, code string) {
	reply(w, 400, map[string]string{"error": code, "error_description": "as the test wants"})
}
