package cluster

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/spf13/pflag"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
)

// twoContexts has contexts of the names that clouds give theirs.
const twoContexts = `apiVersion: v1
kind: Config
current-context: group/project:agent
contexts:
- {name: "group/project:agent", context: {cluster: one, user: me}}
- {name: "arn:aws:eks:eu-west-1:1:cluster/prod", context: {cluster: two, user: me}}
clusters:
- {name: one, cluster: {server: "https://127.0.0.1:1"}}
- {name: two, cluster: {server: "https://127.0.0.1:1"}}
users:
- {name: me, user: {token: t}}
`

func kubeconfigFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var bothContexts = []string{"arn:aws:eks:eu-west-1:1:cluster/prod", "group/project:agent"}

func TestFlagsComplete(t *testing.T) {
	t.Setenv("KUBECONFIG", "")
	t.Setenv("HOME", t.TempDir())
	flags, set := NewFlags(), pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.AddFlags(set)
	completions := flags.Completions("test")
	for flag, values := range completions {
		if set.Lookup(flag) == nil {
			t.Errorf("there is no --%s", flag)
		}
		if got := values(t.Context()); len(got) > 0 {
			t.Errorf("--%s without a kubeconfig: %v", flag, got)
		}
	}
	if err := set.Parse([]string{"--kubeconfig", kubeconfigFile(t, twoContexts)}); err != nil {
		t.Fatal(err)
	}
	for flag, want := range map[string][]string{"context": bothContexts, "cluster": {"one", "two"}, "user": {"me"}, "namespace": {}} {
		if got := completions[flag](t.Context()); !slices.Equal(got, want) {
			t.Errorf("--%s: %v", flag, got)
		}
	}
}

// TestSessionsComplete: --datum-session is one of kubectl datum-creds.
func TestSessionsComplete(t *testing.T) {
	home := store.At(filepath.Join(t.TempDir(), "home"))
	t.Setenv(store.Variable, home.Dir())
	for _, name := range []string{"robot", "jane@example.com@api.datum.test"} {
		s := session.Session{Name: name, Type: session.User, Issuer: "https://auth.datum.test", ClientID: "cli", TokenURL: "https://auth.datum.test/token", Storage: session.File, API: "https://api.datum.test"}
		if err := home.Session(name).SaveSession(s); err != nil {
			t.Fatal(err)
		}
	}
	flags := NewFlags()
	flags.AddFlags(pflag.NewFlagSet("", pflag.ContinueOnError))
	if got := flags.Completions("test")["datum-session"](t.Context()); !slices.Equal(got, []string{"jane@example.com@api.datum.test", "robot"}) {
		t.Errorf("%v", got)
	}
}

func TestEndsComplete(t *testing.T) {
	t.Setenv("KUBECONFIG", kubeconfigFile(t, twoContexts))
	var ends Ends
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.String("namespace", "", "")
	set.String("to-namespace", "", "")
	ends.AddFlags(set)
	completions := ends.Completions("test")
	for flag := range completions {
		if set.Lookup(flag) == nil {
			t.Errorf("there is no --%s", flag)
		}
	}
	edge := "apiVersion: v1\nkind: Config\ncontexts:\n- {name: edge, context: {}}\n"
	if err := set.Parse([]string{"--from-kubeconfig", kubeconfigFile(t, edge), "--to-kubeconfig", kubeconfigFile(t, edge)}); err != nil {
		t.Fatal(err)
	}
	for flag, want := range map[string][]string{
		"from-context": {"edge"}, "to-context": bothContexts, "to-kubeconfig-secret-context": bothContexts,
		"to-kubeconfig-context": {"edge"}, "namespace": {}, AllowFlag: texts(Allowances()),
	} {
		if got := completions[flag](t.Context()); !slices.Equal(got, want) {
			t.Errorf("--%s: %v", flag, got)
		}
	}
}
