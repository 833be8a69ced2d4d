package cluster

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/authtest"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// signedIn makes a session whose API is the server.
func signedIn(t *testing.T, server *authtest.Server, api string, issued time.Time) {
	t.Helper()
	home := store.At(filepath.Join(t.TempDir(), "home"))
	t.Setenv(store.Variable, home.Dir())
	place := home.Session("s")
	trust, err := auth.TrustOf(api, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		place.SaveSession(session.Session{
			Name: "s", Type: session.User, Subject: server.Subject, Issuer: server.URL, ClientID: authtest.ClientID, TokenURL: server.URL + "/oauth/v2/token",
			CAFile: server.CAFile, Storage: session.File, API: api, Trust: trust,
		}),
		place.SaveSecret(secret.New(server.NewRefreshToken())),
		place.SaveToken(store.Token{Access: secret.New("refused-token"), Issued: issued, Expires: time.Now().Add(time.Hour)}),
		home.SetCurrent("s"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestDatumProject asks a control plane, which refuses the kept token.
func TestDatumProject(t *testing.T) {
	var asked []string
	api := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, r.Method+" "+r.URL.Path+" "+string(body))
		if r.Header.Get("Authorization") == "Bearer refused-token" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(api.Close)
	server := authtest.New(t)
	signedIn(t, server, api.URL, time.Now().Add(-2*time.Minute))

	flags, set := NewFlags(), pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.AddFlags(set)
	if err := set.Parse([]string{"--datum-project", "p1", "-n", "apps"}); err != nil {
		t.Fatal(err)
	}
	target, err := flags.Target("test")
	if err != nil {
		t.Fatal(err)
	}
	if target.Context != "datum-project-p1" || target.Namespace != "apps" || !target.NamespaceGiven {
		t.Errorf("target = %+v", target)
	}
	// The session's certificates are the auth host's; the API has its own here.
	target.Config.TLSClientConfig = rest.TLSClientConfig{Insecure: true}
	client, err := rest.HTTPClientFor(target.Config)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Post(target.Config.Host+"/api", "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
	want := "POST /apis/resourcemanager.miloapis.com/v1alpha1/projects/p1/control-plane/api hello"
	if len(asked) != 2 || asked[0] != want || asked[1] != want {
		t.Errorf("asked: %q", asked)
	}
	if n := server.Granted("refresh_token"); n != 1 {
		t.Errorf("%d renewals", n)
	}
}

func TestDatumFlagsRefuse(t *testing.T) {
	t.Setenv(store.Variable, filepath.Join(t.TempDir(), "none"))
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"both":       {[]string{"--datum-project", "p", "--datum-organization", "o"}, "give one of them"},
		"no plane":   {[]string{"--datum-session", "s"}, "--datum-session needs"},
		"context":    {[]string{"--datum-project", "p", "--context", "c"}, "--context does not go with"},
		"server":     {[]string{"--datum-project", "p", "--server", "https://evil.test"}, "--server does not go with"},
		"bad id":     {[]string{"--datum-project", "../p"}, "want letters"},
		"no session": {[]string{"--datum-project", "p"}, "not signed in"},
	} {
		t.Run(name, func(t *testing.T) {
			flags, set := NewFlags(), pflag.NewFlagSet("", pflag.ContinueOnError)
			flags.AddFlags(set)
			if err := set.Parse(c.args); err != nil {
				t.Fatal(err)
			}
			if _, err := flags.Target("test"); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Target = %v, want %q", err, c.want)
			}
		})
	}
}
