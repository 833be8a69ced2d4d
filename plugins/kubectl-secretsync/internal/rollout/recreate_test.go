package rollout

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/api"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
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
