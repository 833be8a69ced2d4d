package live

import (
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"testing"

	"k8s.io/client-go/rest"
)

// compressing answers as the API server does where the answer is large.
func (s *server) compressing(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Accept-Encoding") != "gzip" {
		s.answer(w, r)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	packer := gzip.NewWriter(w)
	defer packer.Close()
	plain := httptest.NewRecorder()
	s.answer(plain, r)
	_, _ = packer.Write(plain.Body.Bytes())
}

// TestCompressed reads lists as they come, whole objects for a readyExpr too.
func TestCompressed(t *testing.T) {
	for name, off := range map[string]bool{"compressed": false, "turned off": true} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.add(kustomizations, "n", "a", nil)
			s.add(kustomizations, "n", "b", dependsOn(map[string]any{"name": "a", "readyExpr": "true"}))
			s.faults[kustomizations] = s.compressing
			api, err := NewAPI(&rest.Config{Host: s.URL, DisableCompression: off})
			if err != nil {
				t.Fatal(err)
			}
			snapshot, _, err := Read(t.Context(), api, Options{})
			if err != nil || len(snapshot.Objects) != 2 {
				t.Fatalf("read %+v, %v", snapshot, err)
			}
			for _, object := range snapshot.Objects {
				if object.Raw == nil {
					t.Errorf("%s was not kept whole", object.ID)
				}
			}
		})
	}
}

func TestBadlyCompressed(t *testing.T) {
	for name, body := range map[string]string{"header": "\x1f\x8b\x00", "cut": "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.faults[kustomizations] = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
			if snapshot, _, err := s.read(t, Options{}); err == nil {
				t.Errorf("read %+v", snapshot)
			}
		})
	}
}
