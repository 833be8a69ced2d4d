package cluster

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// ends parses flags.
func ends(t *testing.T, args ...string) *Ends {
	t.Helper()
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	e, set := &Ends{}, pflag.NewFlagSet("", pflag.ContinueOnError)
	e.AddFlags(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return e
}

func fleet(t *testing.T) {
	t.Helper()
	loadAll(t,
		write(t, "a", entry("management", "c", "https://m.example.com", "u", "t")),
		write(t, "b", entry("prod-1", "c1", "https://1.example.com", "u1", "t")),
		write(t, "c", entry("prod-2", "c2", "https://2.example.com", "u2", "t")))
}

func resolve(t *testing.T, e *Ends, read SecretReader) (Member, Resolved, error) {
	t.Helper()
	source, _, err := e.Source(Access{})
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := e.Targets(t.Context(), Access{}, source, read)
	return source, resolved, err
}

func names(members []Member) string {
	var all []string
	for _, member := range members {
		all = append(all, member.Name)
	}
	return strings.Join(all, " ")
}

func TestTargetContexts(t *testing.T) {
	fleet(t)
	for args, want := range map[string]string{
		"--to-context=prod-1":                           "prod-1",
		"--to-context=prod-*":                           "prod-1 prod-2",
		"--to-context=*":                                "prod-1 prod-2",
		"--to-context=prod-2,--to-context=prod-*":       "prod-2 prod-1",
		"--to-context=management":                       "management",
		"--to-context=*,--from-context=prod-1":          "management prod-2",
		"--to-context=management,--to-context=*":        "management prod-1 prod-2",
		"--to-context=prod-1,--to-as=bot":               "prod-1",
		"--to-context=prod-1,--to-as-group=g,--to-as=b": "prod-1",
	} {
		_, resolved, err := resolve(t, ends(t, strings.Split(args, ",")...), nil)
		if got := names(resolved.Members); err != nil || got != want {
			t.Errorf("%s: %q, %v", args, got, err)
		}
	}
}

// TestSides: each side impersonates on its own.
func TestSides(t *testing.T) {
	fleet(t)
	source, resolved, err := resolve(t, ends(t, "--from-as=reader", "--to-as=writer", "--to-context=prod-1"), nil)
	if err != nil || source.Config.Impersonate.UserName != "reader" || resolved.Members[0].Config.Impersonate.UserName != "writer" {
		t.Errorf("%v, %v", source.Config.Impersonate, err)
	}
}

func TestTargetFiles(t *testing.T) {
	fleet(t)
	edge := write(t, "edge", entry("default", "c", "https://edge.example.com", "u", "t"))
	_, resolved, err := resolve(t, ends(t, "--to-kubeconfig", edge, "--to-kubeconfig-context", "default"), nil)
	if err != nil || names(resolved.Members) != edge || resolved.Members[0].Config.Host != "https://edge.example.com" {
		t.Errorf("%v, %v", resolved, err)
	}
}

// TestTargetSecrets: a kubeconfig that is refused leaves the others.
func TestTargetSecrets(t *testing.T) {
	fleet(t)
	asked := []SecretQuery{}
	read := func(_ context.Context, q SecretQuery) ([]KubeconfigSecret, error) {
		asked = append(asked, q)
		return []KubeconfigSecret{
			{"good", inSecret(https, "token: t")}, {"bad", inSecret(https, "tokenFile: /etc/hostname")},
		}, nil
	}
	_, resolved, err := resolve(t, ends(t, "--to-kubeconfig-secret-selector=fleet=all", "--to-kubeconfig-secret=good", "--to-kubeconfig-secret-context=prod-1"), read)
	if err != nil || len(resolved.Members) != 2 || len(resolved.Refused) != 2 || resolved.Refused[0].Name != "secret team/bad" {
		t.Errorf("%+v, %v", resolved, err)
	}
	if len(asked) != 2 || asked[0].Cluster.Name != "prod-1" || asked[0].Namespace != "team" || asked[1].Selector != "fleet=all" || len(asked[1].Names) > 0 {
		t.Errorf("asked for %+v", asked)
	}
}

func TestEndsBadUse(t *testing.T) {
	fleet(t)
	for args, want := range map[string]string{
		"--to-context=nope*":                  `--to-context="nope*" matches no context`,
		"--to-context=prod-1,--to-as-group=g": "--to-as-group goes with --to-as",
		"--to-context=nope":                   `--to-context="nope" matches no context`,
		"":                                    "no target cluster",
		"--to-kubeconfig=/nowhere":            "/nowhere",
		"--to-kubeconfig-secret=x,--" + AllowFlag + "=all": "want one of",
	} {
		_, _, err := resolve(t, ends(t, words(args)...), nil)
		var known *failure.Error
		if !errors.As(err, &known) || known.Code != failure.BadInput || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
	for _, args := range []string{"--from-context=nope", "--from-kubeconfig=/nowhere", "--kubeconfig=/nowhere", "--from-in-cluster", "--from-as-group=g", "--from-in-cluster,--from-context=prod-1"} {
		_, _, err := ends(t, words(args)...).Source(Access{})
		var known *failure.Error
		if !errors.As(err, &known) || known.Code != failure.BadInput {
			t.Errorf("%s: %v", args, err)
		}
	}
}

func words(args string) []string {
	if args == "" {
		return nil
	}
	return strings.Split(args, ",")
}

// TestNoRedirect: the credentials of one server never reach another.
func TestNoRedirect(t *testing.T) {
	reached := false
	other := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(other.Close)
	server := httptest.NewTLSServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	t.Cleanup(server.Close)
	config := &rest.Config{Host: server.URL, BearerToken: "t", TLSClientConfig: rest.TLSClientConfig{Insecure: true}}
	client, err := HTTPClient(config)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusTemporaryRedirect || reached {
		t.Errorf("status %d, other server reached: %v", response.StatusCode, reached)
	}
}
