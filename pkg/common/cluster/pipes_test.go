package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// TestOneSidedFlags: kubectl's --context fails with a hint to the flags of each side.
func TestOneSidedFlags(t *testing.T) {
	fleet(t)
	for _, flag := range []string{"context", "as", "as-group"} {
		e := ends(t, "--"+flag+"=prod-1", "--to-context=prod-1")
		_, _, err := e.Source(Access{})
		var known *failure.Error
		if !errors.As(err, &known) || known.Code != failure.BadInput || !strings.Contains(known.Hint, "--from-"+flag+" ") || !strings.Contains(known.Hint, "--to-"+flag+" ") {
			t.Errorf("--%s: %v", flag, err)
		}
		if _, err := e.Targets(t.Context(), Access{}, Member{}, nil); failure.CodeOf(err) != failure.BadInput {
			t.Errorf("--%s with -f: %v", flag, err)
		}
	}
}

// doubled is a kubeconfig with contexts in an order that is not theirs by name: two of
// one cluster, one of another at its address by another way, and one of its own.
const doubled = `apiVersion: v1
kind: Config
current-context: management
contexts:
- {name: management, context: {cluster: m, user: u}}
- {name: prod-z, context: {cluster: one, user: u}}
- {name: prod-a, context: {cluster: same, user: u}}
- {name: prod-tunnel, context: {cluster: tunnel, user: u}}
- {name: prod-b, context: {cluster: two, user: u}}
clusters:
- {name: m, cluster: {server: "https://m.example.com"}}
- {name: one, cluster: {server: "https://one.example.com"}}
- {name: same, cluster: {server: "https://one.example.com/"}}
- {name: tunnel, cluster: {server: "https://one.example.com", proxy-url: "http://proxy.example.com"}}
- {name: two, cluster: {server: "https://two.example.com"}}
users:
- {name: u, user: {token: t}}
`

// TestOneClusterUnderAPattern: the first context in kubeconfig order stands for its
// cluster, unless another one is named.
func TestOneClusterUnderAPattern(t *testing.T) {
	loadAll(t, write(t, "doubled", doubled))
	for args, want := range map[string]struct{ members, note string }{
		"--to-context=prod-*":                     {"prod-z prod-tunnel prod-b", `"prod-a" is the same cluster as context "prod-z"`},
		"--to-context=prod-a,--to-context=prod-*": {"prod-a prod-tunnel prod-b", `"prod-z" is the same cluster as context "prod-a"`},
		"--to-context=prod-*,--to-context=prod-a": {"prod-a prod-tunnel prod-b", `"prod-z" is the same cluster as context "prod-a"`},
		"--to-context=prod-a,--to-context=prod-z": {"prod-a prod-z", ""},
		"--to-context=prod-b":                     {"prod-b", ""},
	} {
		_, resolved, err := resolve(t, ends(t, strings.Split(args, ",")...), nil)
		notes := strings.Join(resolved.Warnings, "\n")
		if err != nil || names(resolved.Members) != want.members || !strings.Contains(notes, want.note) || (want.note == "") != (notes == "") {
			t.Errorf("%s: %q, %q, %v", args, names(resolved.Members), notes, err)
		}
	}
}

// TestListedContexts: a listed name is never a pattern, and is read as output shows it.
func TestListedContexts(t *testing.T) {
	odd := "arn:aws:eks:eu-west-1:123:cluster/prod *\x1b"
	loadAll(t, write(t, "odd", strings.ReplaceAll(doubled, "prod-b", fmt.Sprintf("%q", odd))))
	e := ends(t)
	e.To.Listed = []string{`arn:aws:eks:eu-west-1:123:cluster/prod *\x1b`, "prod-z"}
	_, resolved, err := resolve(t, e, nil)
	if err != nil || names(resolved.Members) != odd+" prod-z" || resolved.Members[1].Matched {
		t.Errorf("%q, %v", names(resolved.Members), err)
	}
	for _, name := range []string{"prod-*", "nope", ""} {
		e.To.Listed = []string{name}
		if _, _, err := resolve(t, e, nil); failure.CodeOf(err) != failure.BadInput {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestKubeconfigSecretsOfNamespaces: a name may say the namespace.
func TestKubeconfigSecretsOfNamespaces(t *testing.T) {
	fleet(t)
	var asked []string
	read := func(_ context.Context, q SecretQuery) ([]KubeconfigSecret, error) {
		asked = append(asked, fmt.Sprintf("%s %v %s", q.Namespace, q.Names, q.Selector))
		return []KubeconfigSecret{{"a", inSecret(https, "token: t")}}, nil
	}
	_, resolved, err := resolve(t, ends(t, "--to-kubeconfig-secret=capi/a", "--to-kubeconfig-secret=b", "--to-kubeconfig-secret=capi/c", "--to-kubeconfig-secret-selector=x=y", "--to-kubeconfig-secret-namespace=flux"), read)
	if want := []string{"capi [a c] ", "flux [b] ", "flux [] x=y"}; err != nil || !slices.Equal(asked, want) {
		t.Errorf("%q, %v", asked, err)
	}
	if names(resolved.Members) != "secret capi/a secret flux/a secret flux/a" || !resolved.Members[0].FromSecret {
		t.Errorf("%q", names(resolved.Members))
	}
	for _, name := range []string{"/a", "a/", "a/b/c"} {
		if _, _, err := resolve(t, ends(t, "--to-kubeconfig-secret="+name), read); failure.CodeOf(err) != failure.BadInput {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestAllowServer: what does not match is refused before it is asked. A pattern never
// reaches into the path, the user or the port.
func TestAllowServer(t *testing.T) {
	fleet(t)
	for _, c := range []struct {
		server, pattern string
		allowed         bool
	}{
		{"https://a.example.com:6443", "*.example.com", true},
		{"https://A.Example.COM", "a.example.com", true},
		{"https://a.example.com", "a.example.com:443", true},
		{"https://a.example.com:6443", "*.example.com:6443", true},
		{"https://[fd00::1]:6443", "fd00::*", true},
		{"https://[fd00::1]:6443", "[fd00::1]:6443", true},
		{"https://a.example.com", "*", true},
		{"https://evil.test", "*.example.com", false},
		{"https://evil.test/.example.com", "*.example.com", false},
		{"https://a.example.com.evil.test", "a.example.com", false},
		{"https://a.example.com.evil.test", "*.example.com", false},
		{"https://a.example.com@evil.test", "a.example.com*", false},
		{"https://a.example.com:8443", "a.example.com:443", false},
		{"https://a.example.com", "", false},
		{"https://a.example.com", "https://*", false},
	} {
		read := func(context.Context, SecretQuery) ([]KubeconfigSecret, error) {
			return []KubeconfigSecret{{"s", inSecret("server: "+fmt.Sprintf("%q", c.server), "token: t")}}, nil
		}
		_, resolved, err := resolve(t, ends(t, "--to-kubeconfig-secret=s", "--allow-server="+c.pattern), read)
		if err != nil || len(resolved.Members) == 1 != c.allowed || len(resolved.Refused) == 1 == c.allowed {
			t.Errorf("%s with %q: %+v, %v", c.server, c.pattern, resolved, err)
		}
		var refused *ServerError
		if !c.allowed && (!errors.As(resolved.Refused[0].Err, &refused) || !strings.Contains(refused.Hint(), "--allow-server")) {
			t.Errorf("%s with %q: %v", c.server, c.pattern, resolved.Refused[0].Err)
		}
	}
	if _, _, err := resolve(t, ends(t, "--to-context=prod-1", "--allow-server=x"), nil); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("a limit of nothing: %v", err)
	}
}
