package cmd

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
)

// answer answers requests of a method whose path ends so with a body.
func answer(method, ends, body string) apitest.Fault {
	return func(_ *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		if r.Method != method || !strings.HasSuffix(r.URL.Path, ends) {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(body))
		return true
	}
}

func refuse(method, ends string, code int, reason string) apitest.Fault {
	return func(_ *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		if r.Method != method || !strings.HasSuffix(r.URL.Path, ends) {
			return false
		}
		apitest.Refuse(w, code, reason, "no")
		return true
	}
}

// breaksAfterOnePage gives a first page of the list, and no second.
func breaksAfterOnePage(_ *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
	switch {
	case !strings.HasSuffix(r.URL.Path, "/secrets"):
		return false
	case r.URL.Query().Get("continue") == "":
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"kind":"SecretList","metadata":{"continue":"more"},"items":[]}`)
	default:
		apitest.Refuse(w, http.StatusInternalServerError, "InternalError", "no")
	}
	return true
}

// TestAnUnreadSourceMakesNoOrphans: whatever keeps the source from being read in
// whole, its copies stay.
func TestAnUnreadSourceMakesNoOrphans(t *testing.T) {
	const selected, named = "delete --orphans -l fleet=all --plan p --to-context prod", "delete --orphans app --plan p --to-context prod"
	for name, c := range map[string]struct {
		line  string
		fault apitest.Fault
		code  failure.Code
		says  string
	}{
		"list forbidden":        {selected, refuse("GET", "/team/secrets", 403, "Forbidden"), failure.Unable, `grant the verb "list"`},
		"list fails":            {selected, refuse("GET", "/team/secrets", 500, "InternalError"), failure.Unable, "source management"},
		"list ends in between":  {selected, breaksAfterOnePage, failure.Unable, "source management"},
		"no list at all":        {selected, answer("GET", "/team/secrets", `{}`), failure.Unable, "not a Secret"},
		"list of nothing":       {selected, answer("GET", "/team/secrets", `{"kind":"SecretList","items":[]}`), failure.Refused, "--allow-empty"},
		"not asked for by name": {selected, refuse("GET", "/secrets/app", 403, "Forbidden"), failure.Unable, `grant the verb "get"`},
		"named: web server's":   {selected, refuse("GET", "/secrets/app", 404, ""), failure.Unable, "source team/app is there is not known"},
		"get forbidden":         {named, refuse("GET", "/secrets/app", 403, "Forbidden"), failure.Unable, `grant the verb "get"`},
		"404 of a web server":   {named, refuse("GET", "/secrets/app", 404, ""), failure.Unable, "source management"},
		"namespace going":       {named, answer("GET", "/namespaces/team", `{"metadata":{"name":"team","deletionTimestamp":"2026-01-01T00:00:00Z"}}`), failure.Refused, "is being deleted"},
		"namespace of no age":   {named, answer("GET", "/namespaces/team", `{"metadata":{"name":"team","creationTimestamp":"soon"}}`), failure.Refused, "does not say when it was made"},
		"namespace gone":        {named, refuse("GET", "/namespaces/team", 404, "NotFound"), failure.Refused, "there is no namespace"},
		"namespace unreadable":  {named, refuse("GET", "/namespaces/team", 403, "Forbidden"), failure.Refused, "may be going"},
		"cluster unknown":       {named, refuse("GET", "/kube-system", 403, "Forbidden"), failure.Refused, "kube-system"},
		"cluster needs login":   {named, refuse("GET", "/kube-system", 401, "Unauthorized"), failure.LoginNeeded, "log in again"},
		"cluster fails":         {named, refuse("GET", "/kube-system", 500, "InternalError"), failure.Unable, "source management"},
		"login needed":          {named, refuse("GET", "/secrets/app", 401, "Unauthorized"), failure.LoginNeeded, "log in again"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "prod")
			d.want(t, "copy app --plan p --to-context prod", failure.OK)
			d.secret("kept", "fleet", "all")
			d.servers["management"].Delete("team", "app")
			d.servers["management"].Break(c.fault)
			d.want(t, c.line, c.code, c.says)
			if d.servers["prod"].Get("team", "app") == nil {
				t.Error("the copy was deleted")
			}
			// Without the fault it is an orphan: the fault alone has saved it.
			d.servers["management"].Break(nil)
			d.want(t, named, failure.OK, "1 deleted")
		})
	}
}

// TestOrphansOfATargetThatFails: the others are done, and it is reported.
func TestOrphansOfATargetThatFails(t *testing.T) {
	d := newDesk(t, "prod-1", "prod-2")
	d.want(t, "copy app --to-context prod-*", failure.OK)
	d.servers["management"].Delete("team", "app")
	d.servers["prod-1"].Break(refuse("GET", "/team/secrets", 403, "Forbidden"))
	if _, stdout, _ := d.run(t, "delete --orphans app --to-context prod-* --dry-run -o name"); stdout != "secret/team/app prod-2\n" {
		t.Errorf("%q", stdout)
	}
	d.want(t, "delete --orphans app --to-context prod-*", failure.SomeFailed, "1 deleted, 1 forbidden", `grant the verb "list"`)
	if d.servers["prod-1"].Get("team", "app") == nil || d.servers["prod-2"].Get("team", "app") != nil {
		t.Error("the wrong one was deleted")
	}
}

// TestAnOrphanThatIsWritten: what happens between finding it and its deletion.
func TestAnOrphanThatIsWritten(t *testing.T) {
	t.Run("by another run", func(t *testing.T) {
		d := newDesk(t, "prod")
		d.want(t, "copy app --to-context prod", failure.OK)
		d.servers["management"].Delete("team", "app")
		d.servers["prod"].Break(func(s *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodDelete {
				s.Get("team", "app")["metadata"].(map[string]any)["resourceVersion"] = "written"
			}
			return false
		})
		d.want(t, "delete --orphans app --to-context prod", failure.Refused, "it was written since it was found")
		if d.servers["prod"].Get("team", "app") == nil {
			t.Error("the copy was deleted")
		}
	})
	t.Run("the answer is lost", func(t *testing.T) {
		d := newDesk(t, "prod")
		d.want(t, "copy app --to-context prod", failure.OK)
		d.servers["management"].Delete("team", "app")
		d.servers["prod"].Break(func(s *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodDelete {
				s.Delete("team", "app")
				panic(http.ErrAbortHandler)
			}
			return false
		})
		d.want(t, "delete --orphans app --to-context prod", failure.OK, "1 deleted")
	})
}

// TestOrphansAreSoughtBeforeSources: a copy that another run makes meanwhile has
// its source, although the run that looks for orphans began before.
func TestOrphansAreSoughtBeforeSources(t *testing.T) {
	d := newDesk(t, "prod")
	d.want(t, "copy --all --to-context prod", failure.OK)
	listed := false
	d.servers["prod"].Break(func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/team/secrets") {
			return false
		}
		listed = true
		s.Handle(w, r)
		return true
	})
	d.servers["management"].Break(func(_ *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/team/secrets") && !listed {
			t.Error("the sources were read before the targets were listed")
		}
		return false
	})
	d.want(t, "delete --orphans --all --to-context prod", failure.OK, "0 targets")
}

// TestEndlessSources: what never ends is given up after --timeout.
func TestEndlessSources(t *testing.T) {
	endless := answer("GET", "/secrets", `{"kind":"SecretList","metadata":{"continue":"more"},"items":[]}`)
	for _, line := range []string{
		"delete --orphans --all --to-context prod",
		"delete --all --to-context prod",
		"copy app --to-kubeconfig-secret-selector a=b",
	} {
		d := newDesk(t, "prod")
		d.servers["management"].Break(endless)
		d.want(t, line+" --timeout 300ms", failure.Unable, "does not answer in time")
	}
	d := newDesk(t, "prod")
	d.servers["management"].Break(func(_ *apitest.Server, _ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	})
	d.want(t, "delete --orphans app --to-context prod --timeout 300ms", failure.Unable, "source management", "does not answer in time")
}
