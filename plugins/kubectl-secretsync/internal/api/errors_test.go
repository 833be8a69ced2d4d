package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// TestClassify: each refusal, what it is taken for and what helps.
func TestClassify(t *testing.T) {
	create := func(c *Client) error {
		_, err := c.Remake(t.Context(), secret.NewFingerprinter(), plan.Place{Namespace: "n", Name: "s"}, &secret.Content{}, nil, false)
		return err
	}
	apply := func(c *Client) error {
		_, err := c.Create(t.Context(), secret.NewFingerprinter(), plan.Action{Item: plan.Item{Place: plan.Place{Namespace: "n", Name: "s"}, Content: &secret.Content{}}}, false)
		return err
	}
	get := func(c *Client) error {
		_, err := c.Secret(t.Context(), "n", "s")
		return err
	}
	for name, c := range map[string]struct {
		answer    http.HandlerFunc
		ask       func(*Client) error
		kind      string
		hint      string
		transient bool
	}{
		"401":                        {says(401, statusOf("Unauthorized", "Unauthorized", "")), get, plan.KindUnauthorized, "log in again", false},
		"403":                        {says(403, statusOf("Forbidden", `secrets "s" is forbidden: User "u" cannot get`, "")), get, plan.KindForbidden, `"get" on secrets`, false},
		"403 of a create":            {says(403, statusOf("Forbidden", `secrets is forbidden: User "u" cannot create`, "")), create, plan.KindForbidden, `"create" on secrets`, false},
		"quota":                      {says(403, statusOf("Forbidden", `secrets "s" is forbidden: exceeded quota: q`, "")), create, plan.KindQuota, "ResourceQuota", false},
		"terminating":                {says(403, statusOf("Forbidden", `secrets "s" is forbidden: unable to create new content in namespace n`, `"causes":[{"reason":"NamespaceTerminating"}]`)), create, plan.KindNamespaceEnd, "once it is gone", false},
		"webhook":                    {says(403, statusOf("", `admission webhook "w" denied the request: no`, "")), create, plan.KindDenied, "--show-server-messages", false},
		"policy":                     {says(422, statusOf("Invalid", `secrets "s" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`, "")), create, plan.KindDenied, "policy", false},
		"404":                        {says(404, statusOf("NotFound", `secrets "s" not found`, `"kind":"secrets"`)), get, plan.KindNotFound, "", false},
		"404 of a namespace":         {says(404, statusOf("NotFound", `namespaces "n" not found`, `"kind":"namespaces"`)), create, plan.KindNoNamespace, "--create-namespace", false},
		"404 of a web server":        {says(404, "nothing here"), get, plan.KindNoAPI, "", false},
		"409":                        {says(409, statusOf("AlreadyExists", `secrets "s" already exists`, "")), create, plan.KindConflict, "", false},
		"422":                        {says(422, statusOf("Invalid", `type: Invalid value: "x": field is immutable`, "")), create, plan.KindInvalid, "", false},
		"413":                        {says(413, statusOf("RequestEntityTooLarge", "limit is 3145728", "")), create, plan.KindInvalid, "", false},
		"429":                        {says(429, statusOf("TooManyRequests", "busy", ""), "Retry-After", "3"), create, plan.KindBusy, "", true},
		"500":                        {says(500, statusOf("InternalError", "etcd", "")), create, plan.KindServer, "", true},
		"500 of what is applied":     {says(500, statusOf("", `failed to create typed patch object (n/s; /v1, Kind=Secret): .data.k: expected string, got "x"`, "")), apply, plan.KindInvalid, "", false},
		"500 of too large an object": {says(500, statusOf("", "etcdserver: request is too large", "")), apply, plan.KindInvalid, "", false},
		"500 of the storage":         {says(500, statusOf("", "etcdserver: leader changed", "")), apply, plan.KindServer, "", true},
		"500 with a reason":          {says(500, statusOf("InternalError", "x", "")), apply, plan.KindServer, "", true},
		"404 of an apply":            {says(404, statusOf("NotFound", `namespaces "n" not found`, `"kind":"namespaces"`)), apply, plan.KindNoNamespace, "--create-namespace", false},
		"409 of an apply":            {says(409, statusOf("Conflict", `Apply failed with 1 conflict: conflict with "me": .data.k`, `"causes":[{"reason":"FieldManagerConflict","field":".data.k"}]`)), apply, plan.KindConflict, "", false},
		"503 without a status":       {says(503, "<html>"), create, plan.KindServer, "", true},
		"a login page":               {says(200, "<html>", "Content-Type", "text/html"), get, plan.KindNoAPI, "check the server", false},
		"a redirect":                 {says(307, "", "Location", "https://elsewhere.example.com/x"), get, plan.KindNoAPI, "name it as the server", false},
		"an answer that is cut off":  {says(200, `{"kind"`, "Content-Length", "99"), get, plan.KindUnreachable, "", true},
		"an answer that is none":     {says(200, `[]`), get, plan.KindNoAPI, "", false},
		"an endless answer":          {says(200, `{}`, "Content-Length", "99999999"), get, plan.KindNoAPI, "", false},
		"no answer":                  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, create, plan.KindUnreachable, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			c, want := c, c
			client, _ := client(t, c.answer)
			got := AsError(c.ask(client))
			if got.Problem().Kind != want.kind || !strings.Contains(got.Problem().Hint, want.hint) || got.Transient() != want.transient {
				t.Errorf("%+v, transient %v: %v", got.Problem(), got.Transient(), got)
			}
		})
	}
}

// TestARedirectKeepsTheToken: the other host is named, and not asked.
func TestARedirectKeepsTheToken(t *testing.T) {
	other := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the other host was asked") }))
	t.Cleanup(other.Close)
	c, _ := client(t, says(307, "", "Location", other.URL+"/api"))
	if _, err := c.Secret(t.Context(), "n", "s"); err == nil || !strings.Contains(err.Error(), "redirects to "+other.URL) {
		t.Error(err)
	}
}

// TestSessions: a session of Datum Cloud that gives no token is not waited for.
func TestSessions(t *testing.T) {
	for want, kind := range map[string]failure.Code{plan.KindUnauthorized: failure.LoginNeeded, plan.KindRefused: failure.Refused, plan.KindConfig: failure.Unable} {
		config := &rest.Config{Host: "https://127.0.0.1:1", WrapTransport: func(http.RoundTripper) http.RoundTripper {
			return failing{failure.New(kind, "a hint", "no token")}
		}}
		c, err := New(cluster.Member{Config: config}, &secret.Scrubber{}, Sleep)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Secret(t.Context(), "n", "s")
		if got := AsError(err); got.Problem().Kind != want || got.Transient() || got.Problem().Hint != "a hint" || got.Error() != "no token" {
			t.Errorf("%s: %+v", kind, got.Problem())
		}
	}
}

type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }
