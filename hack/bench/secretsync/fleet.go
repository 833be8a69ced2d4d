package main

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"time"
)

// fleet is a source and many targets, each an API server of its own with TLS,
// that know just enough for kubectl and the plugin to work.
type fleet struct {
	source  *target
	targets []*target
}

// target keeps one Secret in memory.
type target struct {
	*httptest.Server
	latency time.Duration

	mu     sync.Mutex
	secret []byte
	writes int
}

func newFleet(n int, latency time.Duration) *fleet {
	f := &fleet{source: newTarget(0)}
	for range n {
		f.targets = append(f.targets, newTarget(latency))
	}
	return f
}

func newTarget(latency time.Duration) *target {
	t := &target{latency: latency}
	t.Server = httptest.NewUnstartedServer(t)
	t.Listener = far{t.Listener, latency}
	t.EnableHTTP2 = true
	t.StartTLS()
	return t
}

// far is a listener whose connections take one latency more to begin.
type far struct {
	net.Listener
	latency time.Duration
}

func (l far) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &late{Conn: conn, latency: l.latency}, nil
}

// late waits before what is read first, the client's hello.
type late struct {
	net.Conn
	once    sync.Once
	latency time.Duration
}

func (c *late) Read(b []byte) (int, error) {
	c.once.Do(func() { time.Sleep(c.latency) })
	return c.Conn.Read(b)
}

func (f *fleet) close() {
	for _, t := range append(f.targets, f.source) {
		t.CloseClientConnections()
		t.Close()
	}
}

// empty takes away all copies.
func (f *fleet) empty() {
	for _, t := range f.targets {
		t.mu.Lock()
		t.secret, t.writes = nil, 0
		t.mu.Unlock()
	}
}

// check returns an error unless each of the first n targets was written just once.
func (f *fleet) check(n int) error {
	for i, t := range f.targets[:n] {
		t.mu.Lock()
		writes := t.writes
		t.mu.Unlock()
		if writes != 1 {
			return fmt.Errorf("target %d was written %d times", i, writes)
		}
	}
	return nil
}

func (t *target) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(t.latency)
	w.Header().Set("Content-Type", "application/json")
	t.mu.Lock()
	defer t.mu.Unlock()
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "selfsubjectaccessreviews"):
		answer(w, http.StatusCreated, `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","status":{"allowed":true}}`)
	case path == "/api":
		answer(w, http.StatusOK, `{"kind":"APIVersions","versions":["v1"]}`)
	case path == "/apis":
		answer(w, http.StatusOK, `{"kind":"APIGroupList","apiVersion":"v1","groups":[]}`)
	case path == "/api/v1":
		answer(w, http.StatusOK, `{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"secrets","singularName":"secret","namespaced":true,"kind":"Secret","verbs":["create","get","list","patch"]}]}`)
	case strings.HasSuffix(path, "/secrets") && r.Method == http.MethodPost:
		t.create(w, r)
	case strings.Contains(path, "/secrets/") && r.Method == http.MethodPatch:
		t.apply(w, r)
	case strings.Contains(path, "/secrets/"):
		t.get(w)
	case strings.HasPrefix(path, "/api/v1/namespaces/"):
		answer(w, http.StatusOK, fmt.Sprintf(`{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"team","uid":%q}}`, t.URL))
	default:
		missing(w)
	}
}

func answer(w http.ResponseWriter, code int, body string) {
	w.WriteHeader(code)
	// The client may be gone.
	_, _ = io.WriteString(w, body)
}

func missing(w http.ResponseWriter) {
	answer(w, http.StatusNotFound, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","message":"not found","code":404}`)
}

func (t *target) get(w http.ResponseWriter) {
	if t.secret == nil {
		missing(w)
		return
	}
	_, _ = w.Write(t.secret)
}

func (t *target) create(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	t.writes++
	if t.secret, err = stored(body, t.URL); err != nil {
		answer(w, http.StatusBadRequest, `{"kind":"Status","apiVersion":"v1","status":"Failure","code":400}`)
		return
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(t.secret)
}

// stored is the object with what a server adds to it.
func stored(body []byte, uid string) ([]byte, error) {
	object, metadata, err := parse(body)
	if err != nil {
		return nil, err
	}
	metadata["uid"], metadata["resourceVersion"] = uid, "1"
	return json.Marshal(object)
}

// parse reads an object and its metadata, which is a part of it.
func parse(body []byte) (object, metadata map[string]any, err error) {
	if err := json.Unmarshal(body, &object); err != nil {
		return nil, nil, err
	}
	metadata, ok := object["metadata"].(map[string]any)
	if !ok {
		return nil, nil, errors.New("no metadata")
	}
	return object, metadata, nil
}

// kubeconfig writes a context for the source and each target.
func (f *fleet) kubeconfig(path string) error {
	var contexts, clusters strings.Builder
	add := func(name string, t *target) {
		ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: t.Certificate().Raw})
		encoded, _ := json.Marshal(ca)
		fmt.Fprintf(&contexts, "- {name: %s, context: {cluster: %s, user: u, namespace: team}}\n", name, name)
		fmt.Fprintf(&clusters, "- {name: %s, cluster: {server: %q, certificate-authority-data: %s}}\n", name, t.URL, encoded)
	}
	add("source", f.source)
	for i, t := range f.targets {
		add(fmt.Sprintf("target-%03d", i), t)
	}
	return os.WriteFile(path, []byte("apiVersion: v1\nkind: Config\ncurrent-context: source\ncontexts:\n"+contexts.String()+
		"clusters:\n"+clusters.String()+"users:\n- {name: u, user: {token: t}}\n"), 0o600)
}
