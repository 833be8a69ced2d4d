package live

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// server is an API server that has all of Flux's kinds and is in good health
// to begin with. What real servers do is tested with real ones; this one is
// for what they will not do on demand.
type server struct {
	*httptest.Server
	// objects by the path of their collection in all namespaces.
	objects map[string][]map[string]any
	// groups maps a group to the versions that are served.
	groups map[string][]string
	// faults answer in the place of a path; with "?" behind it of its second
	// page.
	faults map[string]http.HandlerFunc
	// page is the most objects that it gives at once where it is asked for pages.
	page int

	mu       sync.Mutex
	requests []string
}

const (
	kustomizations  = "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations"
	helmReleases    = "/apis/helm.toolkit.fluxcd.io/v2/helmreleases"
	resourceSets    = "/apis/fluxcd.controlplane.io/v1/resourcesets"
	gitRepositories = "/apis/source.toolkit.fluxcd.io/v1/gitrepositories"
	deployments     = "/apis/apps/v1/deployments"
)

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{objects: map[string][]map[string]any{}, groups: map[string][]string{}, faults: map[string]http.HandlerFunc{}, page: 2}
	for _, kind := range flux.Kinds() {
		s.groups[string(kind.Group)] = kind.Versions
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// add adds an object to the collection; its changes go into the whole.
func (s *server) add(collection, namespace, name string, fields map[string]any) {
	object := map[string]any{"metadata": map[string]any{"namespace": namespace, "name": name, "generation": 1}}
	maps.Copy(object, fields)
	s.objects[collection] = append(s.objects[collection], object)
}

// dependsOn is the spec of a Kustomization of the source fleet.
func dependsOn(entries ...map[string]any) map[string]any {
	return map[string]any{"spec": map[string]any{
		"sourceRef": map[string]any{"kind": "GitRepository", "name": "fleet"}, "dependsOn": entries,
	}}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Path
	if r.URL.Query().Has("continue") {
		key += "?"
	}
	s.mu.Lock()
	s.requests = append(s.requests, key)
	s.mu.Unlock()
	if fault := s.faults[key]; fault != nil {
		fault(w, r)
		return
	}
	s.answer(w, r)
}

func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/apis/"), "/")
	if versions := s.groups[parts[0]]; len(parts) == 1 && versions != nil {
		s.group(w, parts[0], versions)
		return
	}
	namespace, name := "", ""
	if len(parts) > 4 && parts[2] == "namespaces" {
		namespace = parts[3]
		parts = slices.Delete(parts, 2, 4)
	}
	if len(parts) == 4 {
		name = parts[3]
		parts = parts[:3]
	}
	group := parts[0]
	if len(parts) != 3 || group != "apps" && !slices.Contains(s.groups[group], parts[1]) {
		fail(http.StatusNotFound, "NotFound")(w, r)
		return
	}
	objects := slices.DeleteFunc(slices.Clone(s.objects["/apis/"+strings.Join(parts, "/")]), func(o map[string]any) bool {
		meta := o["metadata"].(map[string]any)
		return namespace != "" && meta["namespace"] != namespace || name != "" && meta["name"] != name
	})
	switch {
	case name == "":
		s.list(w, r, objects)
	case len(objects) == 0:
		fail(http.StatusNotFound, "NotFound")(w, r)
	default:
		write(w, objects[0])
	}
}

func (s *server) group(w http.ResponseWriter, group string, versions []string) {
	var served []map[string]any
	for _, version := range versions {
		served = append(served, map[string]any{"groupVersion": group + "/" + version, "version": version})
	}
	write(w, map[string]any{"kind": "APIGroup", "apiVersion": "v1", "name": group, "versions": served, "preferredVersion": served[0]})
}

func (s *server) list(w http.ResponseWriter, r *http.Request, objects []map[string]any) {
	start, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	meta := map[string]any{}
	if r.URL.Query().Has("limit") && len(objects) > start+s.page {
		objects = objects[:start+s.page]
		meta["continue"] = strconv.Itoa(start + s.page)
	}
	write(w, map[string]any{"kind": "List", "apiVersion": "v1", "items": objects[start:], "metadata": meta})
}

func write(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

// fail answers with a Status, as every error of an API server comes.
func fail(code int, reason string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": %q, "code": %d, "message": "server says %s"}`, reason, code, reason)
	}
}

var (
	forbidden = fail(http.StatusForbidden, "Forbidden")
	notFound  = fail(http.StatusNotFound, "NotFound")
	expired   = fail(http.StatusGone, "Expired")
	broken    = fail(http.StatusInternalServerError, "InternalError")
)

// truncated ends the connection within the body.
func truncated(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	fmt.Fprint(w, `{"items": [{"metadata": {"name": "a"`)
}

// garbage is what a proxy with another idea of JSON answers.
func garbage(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>welcome</html>") }

// hang accepts and never answers.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// read reads with a timeout that only a server that hangs can reach.
func (s *server) read(t *testing.T, options Options) (*flux.Snapshot, []string, error) {
	t.Helper()
	return s.readWithin(t, 5*time.Minute, options)
}

// readWithin reads with a timeout for each request.
func (s *server) readWithin(t *testing.T, timeout time.Duration, options Options) (*flux.Snapshot, []string, error) {
	t.Helper()
	api, err := NewAPI(&rest.Config{Host: s.URL, QPS: -1, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	return Read(t.Context(), api, options)
}

// asked counts the requests of a path.
func (s *server) asked(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(s.requests), func(r string) bool { return r != path }))
}
