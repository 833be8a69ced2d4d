package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// odd is a context name that no mini-language survives.
const odd = "arn:aws:eks:eu-west-1:123:cluster/prod"

const kubeconfig = `
apiVersion: v1
kind: Config
current-context: dev
clusters:
- {name: dev, cluster: {server: "https://dev.example.com"}}
- {name: prod, cluster: {server: "https://prod.example.com"}}
users:
- {name: me, user: {token: secret}}
contexts:
- {name: dev, context: {cluster: dev, user: me, namespace: team}}
- {name: "` + odd + `", context: {cluster: prod, user: me}}
`

// target parses args as a command would, with a kubeconfig that starts valid.
func target(t *testing.T, config string, args ...string) (Target, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBECONFIG", file)
	// A Pod's environment would be the last resort.
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	flags, set := NewFlags(), pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.AddFlags(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags.Target("kubectl-x/v1")
}

func TestTarget(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want Target
		host string
	}{
		{"current context", nil, Target{Context: "dev", Namespace: "team"}, "https://dev.example.com"},
		{"another", []string{"--context", odd}, Target{Context: odd, Namespace: "default"}, "https://prod.example.com"},
		{"namespace", []string{"-n", "web"}, Target{Context: "dev", Namespace: "web", NamespaceGiven: true}, "https://dev.example.com"},
		{"server", []string{"-s", "https://other.example.com"}, Target{Context: "dev", Namespace: "team"}, "https://other.example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := target(t, kubeconfig, c.args...)
			if err != nil {
				t.Fatal(err)
			}
			if got.Context != c.want.Context || got.Namespace != c.want.Namespace || got.NamespaceGiven != c.want.NamespaceGiven || got.Config.Host != c.host {
				t.Errorf("got %q %q %v %s", got.Context, got.Namespace, got.NamespaceGiven, got.Config.Host)
			}
			if got.Config.UserAgent != "kubectl-x/v1" || got.Config.QPS >= 0 || got.Config.BearerToken != "secret" {
				t.Errorf("user agent %q, QPS %v", got.Config.UserAgent, got.Config.QPS)
			}
		})
	}
}

// TestTimeout: no request may hang for ever unless one asks for it.
func TestTimeout(t *testing.T) {
	for arg, want := range map[string]time.Duration{
		"--context=dev": time.Minute, "--request-timeout=5s": 5 * time.Second, "--request-timeout=3": 3 * time.Second, "--request-timeout=0": 0,
	} {
		got, err := target(t, kubeconfig, arg)
		if err != nil || got.Config.Timeout != want {
			t.Errorf("%s: %v, %v", arg, got.Config, err)
		}
	}
}

func TestImpersonation(t *testing.T) {
	got, err := target(t, kubeconfig, "--as", "bot", "--as-group", "ops", "--as-uid", "1", "--as-user-extra", "scopes=a=b", "--as-user-extra", "scopes=c")
	if err != nil {
		t.Fatal(err)
	}
	as := got.Config.Impersonate
	if as.UserName != "bot" || as.UID != "1" || strings.Join(as.Groups, " ") != "ops" || strings.Join(as.Extra["scopes"], " ") != "a=b c" {
		t.Errorf("%+v", as)
	}
}

func TestBadUse(t *testing.T) {
	for _, c := range []struct {
		name, config string
		args         []string
		want, hint   string
	}{
		{"no kubeconfig", "", nil, "no cluster: no kubeconfig with a context was found at /", "name a cluster with --kubeconfig"},
		{"no current context", strings.Replace(kubeconfig, "current-context: dev\n", "", 1), nil, "no current context: /", "name one with --context NAME"},
		{"an empty current context", strings.Replace(kubeconfig, "current-context: dev", `current-context: ""`, 1), nil, "has 2 contexts but no current-context", "name one with --context NAME"},
		{"no such current context", strings.Replace(kubeconfig, "current-context: dev", "current-context: gone", 1), nil, `context was not found for specified context: gone`, "kubectl config get-contexts"},
		{"no such context", kubeconfig, []string{"--context", "gone"}, `context "gone" does not exist`, "kubectl config get-contexts"},
		{"no such file", kubeconfig, []string{"--kubeconfig", "/gone"}, "stat /gone", ""},
		{"not YAML", "x: [", nil, "kubeconfig: ", ""},
		{"not an extra", kubeconfig, []string{"--as-user-extra", "x"}, `--as-user-extra="x": want KEY=VALUE`, ""},
		{"not a time", kubeconfig, []string{"--request-timeout", "soon"}, `--request-timeout="soon": want a time as 30s, 2m or 1h`, ""},
		{"not a proxy", kubeconfig, []string{"--proxy-url", "ftp://joe:hunter2@x"}, "--proxy-url: want a URL that begins with", ""},
		{"not an address", kubeconfig, []string{"--proxy-url", "http://joe:hunter2@%zz"}, "--proxy-url: want a URL that begins with", ""},
		{"not a server", kubeconfig, []string{"-s", "https://joe:hunter2@%zz"}, "server (malformed server URL): want https://HOST:PORT", ""},
		{"not a proxy in the file", strings.Replace(kubeconfig, `.com"`, `.com", proxy-url: "http://joe:hunter2@%zz"`, 1), nil, "kubeconfig: proxy-url of the cluster entry: want a URL", ""},
		{"a parser that quotes", "clusters: [{name: c, cluster: {server: [https://joe:hunter2@x]}}]", nil, "kubeconfig: ", ""},
		{"a parser that quotes a map", "clusters: {[https://joe:hunter2@x]: {? [https://joe:hunter2@x] : y}}", nil, "kubeconfig: ", ""},
		{"a parser that quotes a number", "clusters: {1: https://joe:hunter2@x, 1: https://joe:hunter2@x}", nil, "kubeconfig: ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := target(t, c.config, c.args...)
			var known *failure.Error
			if !errors.As(err, &known) || known.Code != failure.BadInput || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v", err)
			}
			if known != nil && (!strings.HasPrefix(known.Hint, c.hint) || (c.hint == "") != (known.Hint == "")) {
				t.Errorf("hint %q", known.Hint)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("a password in %v", err)
			}
		})
	}
}

// TestManyFiles: those that were looked at are listed for people.
func TestManyFiles(t *testing.T) {
	t.Setenv("KUBECONFIG", "/nope"+string(os.PathListSeparator)+"/nope2")
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	flags, set := NewFlags(), pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.AddFlags(set)
	if _, err := flags.Target("x"); err == nil || !strings.HasSuffix(err.Error(), "was found at /nope, /nope2") {
		t.Errorf("error %v", err)
	}
}

// TestHeadings: connection flags stand apart in help, but for -n.
func TestHeadings(t *testing.T) {
	flags, set := NewFlags(), pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.AddFlags(set)
	for name, apart := range map[string]bool{"kubeconfig": true, "context": true, "as": true, "request-timeout": true, "namespace": false} {
		flag := set.Lookup(name)
		if flag == nil || (len(flag.Annotations) > 0) != apart {
			t.Errorf("--%s: %+v", name, flag)
		}
	}
}
