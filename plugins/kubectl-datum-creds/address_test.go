package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	serveraddress "github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address/addresstest"
)

// hostile is a kubeconfig of datumctl's whose server and proxy have a password.
func hostile(server, proxy string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
- name: datum-project-p
  cluster: {server: %[1]q, proxy-url: %[2]q}
- {name: c, cluster: {server: %[3]q}}
contexts:
- {name: datum-project-p, context: {cluster: datum-project-p, user: datum-user}}
- {name: c, context: {cluster: c, user: datum-user}}
- {name: old, context: {cluster: datum-project-p, user: datum-creds:s}}
users:
- name: datum-user
  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: datumctl, args: [auth, get-token, --session=s, --url, %[1]q]}}
- name: datum-creds:s
  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: kubectl-datum_creds, args: [get-token, --session, s]}}
`, server, proxy, apiHost+"/apis/resourcemanager.miloapis.com/v1alpha1/projects/c/control-plane")
}

// TestNoPasswordOfAServerIsShown: in whatever form, by any command.
func TestNoPasswordOfAServerIsShown(t *testing.T) {
	password := addresstest.NewPassword()
	all := password.Valid("api.datum.test")
	maps.Copy(all, password.Unreachable())
	maps.Copy(all, password.Malformed())
	for name, server := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			b.session("s", fresh())
			path := filepath.Join(t.TempDir(), "config")
			if err := os.WriteFile(path, []byte(hostile(server, server)), 0o600); err != nil {
				t.Fatal(err)
			}
			ask := execcred.Variable + "=" + fmt.Sprintf(`{"kind":"ExecCredential","apiVersion":%q,"spec":{"interactive":false,"cluster":{"server":%s}}}`, execcred.V1, quoted(server))
			said := b.passwordless(t, password, []string{"KUBECONFIG=" + path}, [][]string{
				{"convert-kubeconfig", "--dry-run"},
				{"update-kubeconfig", "--project", "p", "--session", "s"},
				{"update-kubeconfig", "--project", "p", "--session", "s", "--dry-run"},
				{"update-kubeconfig", "--remove", "--name", "old"},
				{"doctor", "-o", "json"},
				{"doctor", "-v=9"},
				{"convert-kubeconfig"},
				{"trust", server},
				{"trust", server, "--remove"},
				{"sessions", "-o", "json"},
				{"login", "--device", "--hostname", server, "--client-id", "c"},
				{"login", "--device", "--hostname", b.server.URL, "--api-hostname", server, "--client-id", "c"},
				{"login", "--device", "--hostname", b.server.URL, "--api-hostname", "https://" + server, "--client-id", "c"},
			})
			if shown := serveraddress.Parse(server).String(); !strings.Contains(said, "its server "+shown+" is not a control plane") || !strings.Contains(said, "datum-project-p already, for "+shown) {
				t.Errorf("the server is not shown as %s:\n%s", shown, said)
			}
			b.passwordless(t, password, []string{ask}, [][]string{{"get-token"}, {"get-token", "--session", "s"}})
		})
	}
}

// quoted is a JSON string.
func quoted(text string) string { return strings.ReplaceAll(fmt.Sprintf("%q", text), `\x7f`, `\u007f`) }

// passwordless runs commands, looks for the password in all that they print, and
// returns that.
func (b *bed) passwordless(t *testing.T, password addresstest.Password, env []string, commands [][]string) string {
	t.Helper()
	var all strings.Builder
	for _, args := range commands {
		r := b.run(env, args...)
		if form := password.In(r.out + r.said); form != "" {
			t.Errorf("%s prints the password as %s\n%s%s", strings.Join(args[:1], " "), form, r.out, r.said)
		}
		all.WriteString(r.out + r.said)
	}
	return all.String()
}

// TestNoPasswordOfAProxyOrRedirectIsShown: auth hosts are asked through the
// environment's proxy, and may redirect.
func TestNoPasswordOfAProxyOrRedirectIsShown(t *testing.T) {
	password := addresstest.NewPassword()
	all := password.Unreachable()
	maps.Copy(all, password.Malformed())
	all["http"] = "http://user:" + string(password) + "@127.0.0.1:1"
	for name, proxy := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			b.session("s", fresh())
			b.server.SetFault(func(w http.ResponseWriter, _ *http.Request, _ int) bool {
				w.Header()["Location"] = []string{proxy}
				w.WriteHeader(http.StatusFound)
				return true
			})
			if strings.ContainsAny(proxy, "\n\x7f") {
				b.server.SetFault(nil) // which no header holds
			}
			b.passwordless(t, password, []string{"HTTPS_PROXY=" + proxy}, [][]string{{"doctor"}, {"login", "--device", "--hostname", "auth.invalid", "--client-id", "c"}})
		})
	}
}
