package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address/addresstest"
)

// hostileServer is an API server with one Kustomization, whose readyExpr has the
// controllers' Deployments asked for: that fails, and gives a warning.
type hostileServer struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

const (
	groups = `{"kind":"APIGroup","versions":[{"groupVersion":"x/v1","version":"v1"},{"groupVersion":"x/v2","version":"v2"}]}`
	list   = `{"kind":"List","metadata":{},"items":[{"apiVersion":"kustomize.toolkit.fluxcd.io/v1","kind":"Kustomization","metadata":{"name":"apps","namespace":"flux-system"},` +
		`"spec":{"dependsOn":[{"name":"apps","readyExpr":"dep.status.ready"}]}}]}`
)

func newHostileServer(t *testing.T, fault http.HandlerFunc) *hostileServer {
	t.Helper()
	c := &hostileServer{}
	c.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		c.mu.Lock()
		c.asked = append(c.asked, user+":"+password)
		c.mu.Unlock()
		if fault != nil {
			fault(w, r)
			return
		}
		c.answer(w, r)
	}))
	c.Config.ErrorLog = log.New(io.Discard, "", 0)
	c.StartTLS()
	t.Cleanup(c.Close)
	return c
}

func (c *hostileServer) answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case strings.HasSuffix(r.URL.Path, "/deployments"):
		http.Redirect(w, r, "https://user:secret@127.0.0.1:1", http.StatusFound)
	case strings.HasSuffix(r.URL.Path, "/kustomizations"):
		_, _ = io.WriteString(w, list)
	case strings.Count(r.URL.Path, "/") == 2:
		_, _ = io.WriteString(w, groups)
	default:
		_, _ = io.WriteString(w, `{"kind":"List","metadata":{},"items":[]}`)
	}
}

func (c *hostileServer) host() string { return strings.TrimPrefix(c.URL, "https://") }

// faults are answers other than an API server's.
func faults(password addresstest.Password) map[string]http.HandlerFunc {
	hostile := "https://user:" + string(password) + "@127.0.0.1:1/x?" + string(password)
	return map[string]http.HandlerFunc{
		"unauthorized": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"forbidden":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"broken":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"not-modified": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
		"login-page":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"redirect": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", hostile)
			w.WriteHeader(http.StatusFound)
		},
		"redirect-malformed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", strings.Replace(hostile, "@", "/@", 1))
			w.WriteHeader(http.StatusFound)
		},
		"redirect-again": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", r.URL.Path+"?"+string(password))
			w.WriteHeader(http.StatusFound)
		},
		"hangs-up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
}

// runner runs the program and looks for the password in all that it prints.
type runner struct {
	password addresstest.Password
	dir      string
}

func (r runner) run(t *testing.T, env []string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "kubectl-fluxdeps", args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = append([]string{"HOME=" + r.dir}, env...), &stdout, &stderr
	_ = cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal("the program was not run")
	}
	for stream, text := range map[string]string{"stdout": stdout.String(), "stderr": stderr.String()} {
		if form := r.password.In(text); form != "" {
			t.Errorf("%s: %s holds the password as %s\n%s", strings.Join(args, " "), stream, form, text)
		}
	}
	return stdout.String() + stderr.String()
}

// kubeconfig writes one of a server and a proxy.
func (r runner) kubeconfig(t *testing.T, server, proxy string, insecure bool) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {token: t}}]\n"+
		"clusters: [{name: c, cluster: {server: %q, insecure-skip-tls-verify: %v, proxy-url: %q}}]\n", server, insecure, proxy)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestNoPasswordOfAServerIsShown: in whatever form, and whatever fails.
func TestNoPasswordOfAServerIsShown(t *testing.T) {
	r := runner{addresstest.NewPassword(), t.TempDir()}
	all := map[string]string{}
	for name, server := range r.password.Valid(newHostileServer(t, nil).host()) {
		all["valid-"+name] = server
	}
	for name, fault := range faults(r.password) {
		for form, server := range r.password.Valid(newHostileServer(t, fault).host()) {
			if form == "both" || form == "query" {
				all[name+"-"+form] = server
			}
		}
	}
	maps.Copy(all, r.password.Unreachable())
	maps.Copy(all, r.password.Malformed())
	for name, server := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, insecure := range []bool{true, false} {
				config := r.kubeconfig(t, server, "", insecure)
				if said := r.run(t, nil, "graph", "--kubeconfig", config, "--request-timeout", "2s"); !strings.Contains(said, "error: ") && !strings.HasPrefix(name, "valid-") {
					t.Errorf("nothing is wrong:\n%s", said)
				}
			}
			r.run(t, nil, "graph", "--request-timeout", "2s", "--insecure-skip-tls-verify", "-s", server)
		})
	}
}

// TestNoOutputShowsThePassword: of a server that answers, in each format.
func TestNoOutputShowsThePassword(t *testing.T) {
	r, c := runner{addresstest.NewPassword(), t.TempDir()}, newHostileServer(t, nil)
	config := r.kubeconfig(t, r.password.Valid(c.host())["both"], "", true)
	for _, args := range [][]string{
		{"graph"},
		{"graph", "-o", "wide"},
		{"graph", "-o", "json"},
		{"graph", "-o", "yaml"},
		{"graph", "-o", "name"},
		{"graph", "-o", "dot"},
		{"graph", "-o", "mermaid"},
		{"graph", "-o", "jsonpath={}"},
		{"graph", "--exit-code"},
		{"graph", "-v=9"},
		{"__complete", "graph", "kustomization/"},
		{"__complete", "graph", "--context", ""},
		{"__complete", "graph", "--cluster", ""},
	} {
		said := r.run(t, nil, append([]string{args[0], "--kubeconfig", config}, args[1:]...)...)
		if args[0] == "graph" && args[len(args)-1] != "-v=9" && !strings.Contains(said, `feature gates could not be read (Get "https://127.0.0.1:1"`) {
			t.Errorf("%v: no warning\n%s", args, said)
		}
	}
	if want := "user:" + string(r.password); len(c.asked) == 0 || slices.ContainsFunc(c.asked, func(as string) bool { return as != want }) {
		t.Errorf("the server was asked as %q", c.asked)
	}
}

// TestNoPasswordOfAProxyIsShown: of the kubeconfig's, a flag's, and the
// environment's.
func TestNoPasswordOfAProxyIsShown(t *testing.T) {
	r := runner{addresstest.NewPassword(), t.TempDir()}
	all := maps.Clone(r.password.Unreachable())
	maps.Copy(all, r.password.Malformed())
	all["http"] = "http://user:" + string(r.password) + "@127.0.0.1:1"
	all["socks"] = "socks5://user:" + string(r.password) + "@127.0.0.1:1"
	all["no-scheme"] = "user:" + string(r.password) + "@127.0.0.1:1"
	all["password-first"] = string(r.password) + ":@127.0.0.1:1"
	for name, proxy := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const server = "https://server.invalid"
			config := r.kubeconfig(t, server, proxy, true)
			for _, args := range [][]string{{"--kubeconfig", config}, {"-s", server, "--proxy-url", proxy}} {
				if said := r.run(t, nil, append([]string{"graph", "--request-timeout", "30s"}, args...)...); !strings.Contains(said, "prox") && !strings.Contains(said, "socks") {
					t.Errorf("the proxy is not named:\n%s", said)
				}
			}
			r.run(t, []string{"HTTPS_PROXY=" + proxy}, "graph", "--request-timeout", "2s", "-s", server)
		})
	}
}
