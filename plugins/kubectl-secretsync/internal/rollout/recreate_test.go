package rollout

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
)

// TestRecreateFaults: however a recreation fails, the target is not left
// without a Secret.
func TestRecreateFaults(t *testing.T) {
	stores := func(r *http.Request) bool { return r.URL.Query().Get("dryRun") == "" }
	for _, c := range []struct {
		name  string
		fault func() apitest.Fault
		// kind is the type that the target has in the end.
		outcome Outcome
		kind    string
		says    string
	}{
		{"none", func() apitest.Fault { return nil }, Done, "Opaque", ""},
		{"refused beforehand", func() apitest.Fault { return times(9, http.MethodPost, refuse(422, "Invalid", "no")) }, Failed, "old/type", "no"},
		{"refused for good, after all", func() apitest.Fault {
			denied := false
			return func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost && stores(r) && strings.Contains(r.URL.Path, "secrets") && !denied {
					denied = true
					return refuse(403, "Forbidden", "denied the request: no")(s, w, r)
				}
				return false
			}
		}, Failed, "old/type", "the new Secret was refused, the old one is back"},
		{"no answer, for long", func() apitest.Fault {
			n := 0
			return func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost && stores(r) && strings.Contains(r.URL.Path, "secrets") && n < api.Attempts {
					n++
					return refuse(504, "Timeout", "timed out")(s, w, r)
				}
				return false
			}
		}, Failed, "old/type", "the new Secret could not be created, the old one is back: timed out"},
		{"503 in between", func() apitest.Fault {
			n := 0
			return func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost && stores(r) && strings.Contains(r.URL.Path, "secrets") && n < 3 {
					n++
					return refuse(503, "", "")(s, w, r)
				}
				return false
			}
		}, Done, "Opaque", ""},
		{"a reset after it was created", func() apitest.Fault {
			done := false
			return func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost && stores(r) && strings.Contains(r.URL.Path, "secrets") && !done {
					done = true
					return reset(true)(s, w, r)
				}
				return false
			}
		}, Done, "Opaque", ""},
		{"it is changed before it is deleted", func() apitest.Fault {
			return times(1, http.MethodDelete, refuse(409, "Conflict", "the ResourceVersion in the precondition does not match"))
		}, Done, "Opaque", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 1)
			r.options.Recreate = true
			server := r.servers[0]
			r.value = "old-value"
			r.run(t.Context(), nil)
			server.Get("n", "s")["type"] = "old/type"
			r.value = "the-value"
			result := r.run(t.Context(), func() { server.Break(c.fault()) })[0]
			stored := server.Get("n", "s")
			if result.Outcome != c.outcome || stored == nil || stored["type"] != c.kind {
				t.Fatalf("%s %+v, stored %v", result.Outcome, result.Problem, stored["type"])
			}
			if c.says != "" && !strings.Contains(result.Problem.Text, c.says) {
				t.Errorf("%q", result.Problem.Text)
			}
			if c.kind == "old/type" && stored["data"].(map[string]any)["k"] != base64.StdEncoding.EncodeToString([]byte("old-value")) {
				t.Error("it is not the old one")
			}
		})
	}
}

// TestRecreateWithoutAnIdentity: a manifest without an ID is recognised by what it
// holds, and nothing else is taken for it.
func TestRecreateWithoutAnIdentity(t *testing.T) {
	for name, c := range map[string]struct {
		// meanwhile is what happens in the place of the creation.
		meanwhile func(*apitest.Server, http.ResponseWriter, *http.Request)
		outcome   Outcome
		value     string
	}{
		"the answer is lost": {func(s *apitest.Server, _ http.ResponseWriter, r *http.Request) { s.Handle(nowhere{}, r) }, Done, "the-value"},
		"somebody is faster": {func(s *apitest.Server, _ http.ResponseWriter, _ *http.Request) { foreign(s) }, Failed, "x"},
		"somebody is faster, with the same value": {func(s *apitest.Server, _ http.ResponseWriter, _ *http.Request) {
			s.Put("n", "s", map[string]any{"data": map[string]any{"k": base64.StdEncoding.EncodeToString([]byte("the-value"))}})
		}, Failed, "the-value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 1)
			r.manifest, r.options = true, plan.Options{Recreate: true, OnConflict: plan.Overwrite}
			r.servers[0].Put("n", "s", map[string]any{"type": "old/type", "data": map[string]any{"k": "eA=="}})
			done := false
			result := r.run(t.Context(), func() {
				r.servers[0].Break(func(s *apitest.Server, w http.ResponseWriter, req *http.Request) bool {
					if req.Method != http.MethodPost || !strings.HasSuffix(req.URL.Path, "/secrets") || req.URL.Query().Get("dryRun") != "" || done {
						return false
					}
					done = true
					c.meanwhile(s, w, req)
					panic(http.ErrAbortHandler)
				})
			})[0]
			stored := r.servers[0].Get("n", "s")["data"].(map[string]any)["k"]
			if result.Outcome != c.outcome || stored != base64.StdEncoding.EncodeToString([]byte(c.value)) {
				t.Errorf("%s %+v, stored %v", result.Outcome, result.Problem, stored)
			}
		})
	}
}
