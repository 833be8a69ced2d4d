package cluster

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// TestDatumEnds copies, as it were, from an organization to two projects, with a
// token that the API refuses at first.
func TestDatumEnds(t *testing.T) {
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none"))
	var mu sync.Mutex
	served := map[string]int{}
	api := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer refused-token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		served[r.URL.Path+" as "+r.Header.Get("Impersonate-User")]++
	}))
	t.Cleanup(api.Close)
	server := authtest.New(t)
	signedIn(t, server, api.URL, time.Now().Add(-2*time.Minute))

	e := ends(t, "--from-datum-organization=org", "--to-datum-project=one", "--to-datum-project=two", "--datum-session=s", "--to-as=bot")
	access := Access{UserAgent: "test", RequestTimeout: time.Minute, Notices: io.Discard}
	source, _, err := e.Source(access)
	if err != nil || source.Name != "datum-organization-org" {
		t.Fatalf("%+v, %v", source, err)
	}
	resolved, err := e.Targets(t.Context(), access, source, nil)
	if err != nil || names(resolved.Members) != "datum-project-one datum-project-two" {
		t.Fatalf("%+v, %v", resolved, err)
	}
	for _, member := range append(resolved.Members, source) {
		if member.Config.UserAgent != "test" || member.Config.Timeout != time.Minute {
			t.Errorf("%s: %+v", member.Name, member.Config)
		}
		// The session's certificates are the auth host's; the API has its own here.
		member.Config.TLSClientConfig = rest.TLSClientConfig{Insecure: true}
		client, err := HTTPClient(member.Config)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Get(member.Config.Host + "/x")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	const planes = "/apis/resourcemanager.miloapis.com/v1alpha1/"
	for _, want := range []string{planes + "organizations/org/control-plane/x as ", planes + "projects/one/control-plane/x as bot", planes + "projects/two/control-plane/x as bot"} {
		if served[want] != 1 {
			t.Errorf("%q: served %d times of %v", want, served[want], served)
		}
	}
	if n := server.Granted("refresh_token"); n != 1 {
		t.Errorf("%d renewals", n)
	}
}

// TestNoEmptySource: a variable that is not set does not mean the current context.
func TestNoEmptySource(t *testing.T) {
	for _, name := range []string{"from-context", "from-kubeconfig", "from-datum-project", "from-datum-organization"} {
		set := pflag.NewFlagSet("", pflag.ContinueOnError)
		(&Ends{}).AddFlags(set)
		if err := set.Parse([]string{"--" + name, ""}); err == nil || !strings.Contains(err.Error(), "not empty") {
			t.Errorf("--%s: %v", name, err)
		}
		if flag := set.Lookup(name); flag.DefValue != "" || flag.Value.Type() != "string" {
			t.Errorf("--%s: default %q of type %s", name, flag.DefValue, flag.Value.Type())
		}
	}
}

func TestDatumEndsRefuse(t *testing.T) {
	t.Setenv(store.Variable, filepath.Join(t.TempDir(), "none"))
	t.Setenv("KUBECONFIG", write(t, "a", entry("management", "c", "https://m.example.com", "u", "t")))
	for args, want := range map[string]string{
		"--from-datum-project=p --from-datum-organization=o":                   "each name a source",
		"--from-datum-project=p --from-context=c":                              "each name a source",
		"--from-datum-project=p --from-in-cluster":                             "each name a source",
		"--from-datum-project=p":                                               "not signed in",
		"--from-datum-project=../p":                                            "want letters",
		"--to-datum-project=p":                                                 "not signed in",
		"--to-datum-organization=a/b":                                          "want letters",
		"--to-context=management --datum-session=s":                            "--datum-session goes with",
		"--to-datum-project=p --datum-session=nobody":                          "there is no session nobody",
		"--from-datum-organization=o --to-context=management --datum-session=": "not signed in",
	} {
		e, set := &Ends{}, pflag.NewFlagSet("", pflag.ContinueOnError)
		e.AddFlags(set)
		if err := set.Parse(strings.Fields(args)); err != nil {
			t.Fatal(err)
		}
		source, _, err := e.Source(Access{})
		if err == nil {
			_, err = e.Targets(t.Context(), Access{}, source, nil)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}
