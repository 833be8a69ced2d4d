package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address/addresstest"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/apitest"
)

// hostileFleet is a kubeconfig whose servers' URLs hold a password, one context
// for each.
type hostileFleet struct {
	*fleet
	password addresstest.Password
	// servers are by context, and so are those that were asked with user info.
	servers map[string]string
	mu      sync.Mutex
	asked   map[string]string
}

func newHostileFleet(t *testing.T) *hostileFleet {
	t.Helper()
	f := &hostileFleet{fleet: newFleet(t, 0), password: addresstest.NewPassword(), servers: map[string]string{}, asked: map[string]string{}}
	for name := range f.password.Valid("") {
		f.servers["valid-"+name] = f.password.Valid(f.server(t, "valid-"+name, nil))[name]
	}
	for name, server := range f.password.Unreachable() {
		f.servers["unreachable-"+name] = server
	}
	for name, server := range f.password.Malformed() {
		f.servers["malformed-"+name] = server
	}
	for name, fault := range faults(f.password) {
		f.servers["fault-"+name] = f.password.Valid(f.server(t, "fault-"+name, fault))["both"]
	}
	f.servers["untrusted"] = f.password.Valid(f.server(t, "untrusted", nil))["both"]
	f.servers["source"] = f.password.Valid(strings.TrimPrefix(f.source.URL, "https://"))["both"]
	f.kubeconfig(t, "kubeconfig", "source", "")
	return f
}

// server starts a target and returns its HOST:PORT.
func (f *hostileFleet) server(t *testing.T, name string, fault apitest.Fault) string {
	t.Helper()
	server := apitest.New(t)
	server.Server.Config.ErrorLog = log.New(io.Discard, "", 0) // of clients that do not trust it, or take it for a proxy
	server.Break(func(s *apitest.Server, w http.ResponseWriter, r *http.Request) bool {
		if user, password, ok := r.BasicAuth(); ok {
			f.mu.Lock()
			f.asked[name] = user + ":" + password
			f.mu.Unlock()
		}
		return fault != nil && fault(s, w, r)
	})
	return strings.TrimPrefix(server.URL, "https://")
}

// faults are answers other than an API server's.
func faults(password addresstest.Password) map[string]apitest.Fault {
	redirect := func(to string) apitest.Fault {
		return func(_ *apitest.Server, w http.ResponseWriter, _ *http.Request) bool {
			w.Header()["Location"] = []string{to}
			w.WriteHeader(http.StatusFound)
			return true
		}
	}
	return map[string]apitest.Fault{
		"unauthorized": func(_ *apitest.Server, w http.ResponseWriter, _ *http.Request) bool {
			apitest.Refuse(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized")
			return true
		},
		"login-page": func(_ *apitest.Server, w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte("<html>"))
			return true
		},
		"redirect":           redirect("https://user:" + string(password) + "@127.0.0.1:1/x?" + string(password)),
		"redirect-malformed": redirect("https://user:" + string(password) + "/@127.0.0.1:1"),
		"hangs-up":           func(*apitest.Server, http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) },
	}
}

// kubeconfig writes one with all servers.
func (f *hostileFleet) kubeconfig(t *testing.T, file, current, extra string) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: v1\nkind: Config\ncurrent-context: %s\nusers:\n- {name: u, user: {token: t}}\ncontexts:\n", current)
	for _, name := range slices.Sorted(maps.Keys(f.servers)) {
		fmt.Fprintf(&b, "- {name: %s, context: {cluster: %s, user: u, namespace: team}}\n", name, name)
	}
	b.WriteString("clusters:\n")
	for _, name := range slices.Sorted(maps.Keys(f.servers)) {
		fmt.Fprintf(&b, "- {name: %s, cluster: {server: %q, insecure-skip-tls-verify: %v%s}}\n", name, f.servers[name], name != "untrusted", extra)
	}
	if err := os.WriteFile(filepath.Join(f.dir, file), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// check runs the program and looks for the password in all that it writes.
func (f *hostileFleet) check(t *testing.T, env []string, args ...string) (output string) {
	t.Helper()
	cmd, stdout, stderr := f.command(t, "kubectl-secretsync", args...)
	cmd.Env = append(cmd.Env, env...)
	_ = cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal("the program was not run")
	}
	for stream, text := range map[string]string{"stdout": stdout.String(), "stderr": stderr.String()} {
		if form := f.password.In(text); form != "" {
			t.Errorf("%s: %s holds the password as %s\n%s", strings.Join(args, " "), stream, form, text)
		}
	}
	return stdout.String() + stderr.String()
}

// TestNoPasswordOfATargetIsShown: in whatever form, and whatever fails.
func TestNoPasswordOfATargetIsShown(t *testing.T) {
	f := newHostileFleet(t)
	targets := []string{"--to-context", "valid-*", "--to-context", "unreachable-*", "--to-context", "malformed-*", "--to-context", "fault-*", "--to-context", "untrusted", "--parallel", "50"}
	seen := map[string]string{}
	whole := []string{"copy app --audit-log audit", "copy app -o json --audit-log audit", "status app -o wide"}
	for _, args := range [][]string{
		{"copy", "app", "--audit-log", "audit"},
		{"copy", "app", "--audit-log", "audit", "--dry-run=server", "-o", "wide"},
		{"copy", "app", "-o", "json", "--audit-log", "audit"},
		{"copy", "app", "--dry-run", "-o", "yaml", "-v=9"},
		{"copy", "app", "--dry-run", "-o", "yaml"},
		{"copy", "app", "-o", "manifest"},
		{"copy", "app", "-o", "name"},
		{"copy", "app", "-o", "jsonpath={}"},
		{"copy", "app", "-o", "wide", "--show-server-messages"},
		{"diff", "app"},
		{"diff", "app", "-o", "json"},
		{"status", "app", "-o", "wide"},
		{"status", "app", "--orphans", "-o", "json"},
		{"delete", "app", "--orphans", "--dry-run", "-o", "wide"},
		{"delete", "app", "--audit-log", "audit", "-o", "wide"},
	} {
		line, timeout := strings.Join(args, " "), "500ms" // enough to fail
		if slices.Contains(whole, line) {
			timeout = "30s" // and then attempts end earlier
		}
		seen[line] = f.check(t, nil, append(append(args, "--timeout", timeout), targets...)...)
	}
	log, err := os.ReadFile(filepath.Join(f.dir, "audit"))
	if form := f.password.In(string(log)); err != nil || form != "" {
		t.Errorf("the audit log holds the password as %s, %v\n%s", form, err, log)
	}
	shown := address.Parse(f.servers["valid-both"]).String()
	for where, text := range map[string]string{"the audit log": string(log), "-o wide": seen["status app -o wide"], "-o json": seen["copy app -o json --audit-log audit"]} {
		if !strings.Contains(text, shown) {
			t.Errorf("%s does not show server %s\n%s", where, shown, text)
		}
	}
	for _, want := range []string{address.Malformed, address.Ambiguous} {
		if !strings.Contains(seen["status app -o wide"], want) {
			t.Errorf("nothing shows as %s\n%s", want, seen["status app -o wide"])
		}
	}
	t.Log(seen["copy app -o json --audit-log audit"])
	f.checkAsked(t)
}

// checkAsked: servers are asked with the user info, as kubectl does.
func (f *hostileFleet) checkAsked(t *testing.T) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for name, want := range map[string]string{
		"valid-both": "user:" + string(f.password), "valid-user": string(f.password) + ":", "valid-odd": "user:/?#@" + string(f.password),
		"valid-escaped": "user:" + string(f.password), "valid-upper-case": "user:" + string(f.password), "valid-query": "",
	} {
		if f.asked[name] != want {
			t.Errorf("%s was asked as %q", name, f.asked[name])
		}
	}
}

// TestNoPasswordOfTheSourceIsShown: each server is copied from.
func TestNoPasswordOfTheSourceIsShown(t *testing.T) {
	f := newHostileFleet(t)
	for name := range f.servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if said := f.check(t, nil, "copy", "app", "--from-context", name, "--to-context", "valid-both", "--timeout", "500ms", "--audit-log", name, "-o", "wide"); said == "" {
				t.Error("nothing is said")
			}
			text, _ := os.ReadFile(filepath.Join(f.dir, name)) // one that was not begun
			if form := f.password.In(string(text)); form != "" {
				t.Errorf("the audit log holds the password as %s\n%s", form, text)
			}
		})
	}
}

// TestNoPasswordOfAProxyIsShown: of the kubeconfig's, and of the environment's.
func TestNoPasswordOfAProxyIsShown(t *testing.T) {
	f := newHostileFleet(t)
	all := maps.Clone(f.password.Unreachable())
	maps.Copy(all, f.password.Malformed())
	all["http"] = "http://user:" + string(f.password) + "@127.0.0.1:1"
	all["socks"] = "socks5://user:" + string(f.password) + "@127.0.0.1:1"
	all["no-scheme"] = "user:" + string(f.password) + "@127.0.0.1:1"
	all["password-first"] = string(f.password) + ":@127.0.0.1:1"
	for name, proxy := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := "proxy-" + name
			f.kubeconfig(t, file, "source", fmt.Sprintf(", proxy-url: %q", proxy))
			direct := filepath.Join(f.dir, "kubeconfig")
			for _, args := range [][]string{
				{"copy", "app", "--from-kubeconfig", filepath.Join(f.dir, file), "--to-context", "valid-both"},
				{"copy", "app", "--kubeconfig", direct, "--to-kubeconfig", filepath.Join(f.dir, file), "-o", "json"},
			} {
				if said := f.check(t, nil, append(args, "--timeout", "30s")...); !strings.Contains(said, "proxy") {
					t.Errorf("%s does not name the proxy:\n%s", strings.Join(args, " "), said)
				}
			}
			// Proxies are not asked for servers on loopback.
			away := filepath.Join(f.dir, "away-"+name)
			text := "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: https://server.invalid}}]\n"
			if err := os.WriteFile(away, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			f.check(t, []string{"HTTPS_PROXY=" + proxy}, "copy", "app", "--from-kubeconfig", away, "--to-context", "valid-both", "--timeout", "300ms")
		})
	}
}

// TestNoPasswordInAKubeconfigSecretIsShown: the URL comes out of a Secret.
func TestNoPasswordInAKubeconfigSecretIsShown(t *testing.T) {
	f := newHostileFleet(t)
	for name, server := range f.servers {
		kubeconfig := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {token: t}}]\nclusters: [{name: c, cluster: {server: %q, insecure-skip-tls-verify: true, proxy-url: %q}}]\n", server, server)
		f.source.Put("team", "kc-"+name, map[string]any{"data": map[string]any{"kubeconfig": base64.StdEncoding.EncodeToString([]byte(kubeconfig))}, "metadata": map[string]any{"labels": map[string]any{"kc": "yes"}}})
	}
	allowed := []string{"--allow-in-kubeconfig-secret", "insecure-tls,http,proxy"}
	for _, args := range [][]string{nil, allowed, append([]string{"-o", "json"}, allowed...), append([]string{"-o", "wide", "--dry-run"}, allowed...)} {
		f.check(t, nil, append([]string{"copy", "app", "--to-kubeconfig-secret-selector", "kc=yes", "--timeout", "500ms"}, args...)...)
	}
}
