// Package apitest is an API server for tests of what real ones do not do on
// demand: faults. It keeps Secrets in memory and knows just enough of the API;
// what real servers do is tested with real ones, in hack/e2e.
package apitest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
)

// Server is an API server that allows everything.
type Server struct {
	*httptest.Server

	mu       sync.Mutex
	objects  map[string]map[string]any
	version  int
	requests []string
	created  int
	fault    Fault
}

// Fault answers in the place of the server; it returns false to let the server
// answer itself.
type Fault func(s *Server, w http.ResponseWriter, r *http.Request) bool

// New starts a server, over TLS and on loopback.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{objects: map[string]map[string]any{}}
	s.Server = httptest.NewUnstartedServer(s)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

// Config is how to reach it.
func (s *Server) Config() *rest.Config {
	return &rest.Config{Host: s.URL, BearerToken: "t", TLSClientConfig: rest.TLSClientConfig{Insecure: true}}
}

// Break makes the server answer through the fault from now on.
func (s *Server) Break(fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Requests are the requests so far, as METHOD PATH, without those that only ask
// for permissions.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

// Count counts the requests of a method for Secrets so far.
func (s *Server) Count(method string) int {
	count := 0
	for _, request := range s.Requests() {
		if strings.HasPrefix(request, method+" ") && strings.Contains(request, "/secrets") {
			count++
		}
	}
	return count
}

// Created counts the Secrets that requests have created so far.
func (s *Server) Created() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.created
}

// Put stores a Secret as somebody else would.
func (s *Server) Put(namespace, name string, fields map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	object := map[string]any{"type": "Opaque"}
	for key, value := range fields {
		object[key] = value
	}
	s.store(namespace, name, object)
}

// Get returns a Secret, nil where there is none.
func (s *Server) Get(namespace, name string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.objects[namespace+"/"+name]
}

// Delete removes a Secret as somebody else would.
func (s *Server) Delete(namespace, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.objects, namespace+"/"+name)
}

// Handle answers as the server would without its fault.
func (s *Server) Handle(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handle(w, r)
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	fault := s.fault
	if !strings.HasSuffix(r.URL.Path, "reviews") {
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	}
	s.mu.Unlock()
	if fault != nil && fault(s, w, r) {
		return
	}
	s.Handle(w, r)
}

// Refuse answers with a Status.
func Refuse(w http.ResponseWriter, code int, reason, message string) {
	write(w, code, map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": message, "code": code})
}

func write(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	// The client may be gone.
	_ = json.NewEncoder(w).Encode(body)
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case strings.HasSuffix(r.URL.Path, "selfsubjectaccessreviews"):
		write(w, http.StatusCreated, map[string]any{"kind": "SelfSubjectAccessReview", "status": map[string]any{"allowed": true}})
	case len(parts) == 4 && parts[2] == "namespaces":
		write(w, http.StatusOK, map[string]any{"kind": "Namespace", "metadata": map[string]any{"name": parts[3], "uid": s.URL + parts[3], "creationTimestamp": "2026-01-01T00:00:00Z"}})
	case len(parts) == 5 && r.Method == http.MethodPost:
		s.create(w, r, parts[3])
	case len(parts) == 5:
		s.list(w, r, parts[3])
	case len(parts) == 3 && parts[2] == "secrets":
		s.list(w, r, "")
	case len(parts) == 6:
		s.object(w, r, parts[3], parts[5])
	default:
		Refuse(w, http.StatusNotFound, "NotFound", "no such path")
	}
}
