package cluster

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// asked asks a server, which answers as told.
func asked(t *testing.T, answer http.HandlerFunc, c Collection) ([]Named, error) {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return Names(t.Context(), &rest.Config{Host: server.URL}, c)
}

func TestNames(t *testing.T) {
	got, err := asked(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Accept") != acceptNames:
			t.Errorf("content is asked for: %q", r.Header.Get("Accept"))
		case r.URL.Path == "/apis/things.test/v2/namespaces/team/things":
			_, _ = w.Write([]byte(`{"items":[{"metadata":{"name":"a","namespace":"team"}},{"metadata":{"name":"b","namespace":"team"}}]}`))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}, Collection{Group: "things.test", Versions: []string{"v3", "v2", "v1"}, Plural: "things", Namespace: "team"})
	if want := []Named{{"team", "a"}, {"team", "b"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestNamesThatCannotBeHad(t *testing.T) {
	core := Collection{Versions: []string{"v1"}, Plural: "secrets"}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"forbidden":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, ErrForbidden},
		"no such kind": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, errNoVersion},
		"no JSON":      {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, nil},
		"login wanted": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, nil},
		"led elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.test", http.StatusFound)
		}, nil},
	} {
		got, err := asked(t, c.answer, core)
		if len(got) > 0 || err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// TestNamesOfAServerThatHangs end with the context.
func TestNamesOfAServerThatHangs(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got := Namespaces(ctx, &rest.Config{Host: server.URL}); len(got) > 0 || ctx.Err() == nil {
		t.Errorf("%v, %v", got, ctx.Err())
	}
}

// TestNamesRunNoStranger: a credential program is not run for completion, as
// it might ask something; ours is, and told that nobody is there.
func TestNamesRunNoStranger(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer from-the-program" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`{"items":[{"metadata":{"name":"default"}}]}`))
	}))
	t.Cleanup(server.Close)
	for program, want := range map[string]int{"oidc-login": 0, ownHelper: 1} {
		dir := t.TempDir()
		path, info := filepath.Join(dir, program), filepath.Join(dir, "info")
		script := "#!/bin/sh\nprintf '%s' \"$KUBERNETES_EXEC_INFO\" >" + info + `
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"from-the-program"}}'`
		if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		config := &rest.Config{Host: server.URL, TLSClientConfig: rest.TLSClientConfig{Insecure: true}, ExecProvider: &clientcmdapi.ExecConfig{
			Command: path, APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: clientcmdapi.AlwaysExecInteractiveMode,
		}}
		if got := Namespaces(t.Context(), config); len(got) != want {
			t.Errorf("%s: %v", program, got)
		}
		if told, err := os.ReadFile(info); (err == nil) != (want > 0) || err == nil && !strings.Contains(string(told), `"interactive":false`) {
			t.Errorf("%s: run: %v, told %s", program, err == nil, told)
		}
	}
	if _, err := Names(t.Context(), &rest.Config{Host: server.URL, AuthProvider: &clientcmdapi.AuthProviderConfig{Name: "oidc"}}, Collection{}); !errors.Is(err, errAttended) {
		t.Errorf("an auth provider: %v", err)
	}
}
